import { scheduleActivity } from '../activities/schedule.ts'
import type { Integration, TaskResource } from '../executions/contract.ts'
import { putItemsIntegration } from './dynamodb.ts'
import { functionIntegration, invokeIntegration } from './lambda.ts'
import { publishIntegration, putEventsIntegration, sendMessageIntegration } from './messages.ts'
import { notModelledIntegration, sdkIntegration } from './sdk.ts'
import { startExecutionIntegration } from './start-execution.ts'

type ServiceResource = Extract<TaskResource, { kind: 'service' }>

const activityIntegration: Integration = { start: scheduleActivity }

/** What does the work of a resource; undefined where AWS has no such integration. */
export function integrationOf(resource: TaskResource): Integration | undefined {
  if (resource.kind === 'lambda') return functionIntegration
  if (resource.kind === 'activity') return activityIntegration
  if (resource.service.startsWith('aws-sdk:')) return sdkIntegration(resource)
  return optimised(resource)
}

function optimised(resource: ServiceResource): Integration | undefined {
  const { service, action } = resource
  if (service === 'lambda' && action === 'invoke') return invokeIntegration
  if (service === 'sqs' && action === 'sendMessage') return sendMessageIntegration
  if (service === 'sns' && action === 'publish') return publishIntegration
  if (service === 'events' && action === 'putEvents') return putEventsIntegration
  if (service === 'dynamodb') return putItemsIntegration(action)
  if (service === 'states' && action === 'startExecution') return startExecutionIntegration
  return others[service]?.includes(action) === true ? notModelledIntegration(resource) : undefined
}

/**
 * Integrations that AWS has and Orrery has not: a definition may name them, a state that reaches one fails.
 * Source: Step Functions Developer Guide, "Integrating optimized services".
 */
const others: Readonly<Record<string, readonly string[]>> = {
  apigateway: ['invoke'],
  athena: ['startQueryExecution', 'stopQueryExecution', 'getQueryExecution', 'getQueryResults'],
  batch: ['submitJob'],
  bedrock: ['invokeModel', 'createModelCustomizationJob'],
  codebuild: ['startBuild', 'stopBuild', 'batchDeleteBuilds', 'batchGetReports', 'startBuildBatch'],
  databrew: ['startJobRun'],
  ecs: ['runTask'],
  eks: [
    'createCluster',
    'deleteCluster',
    'createNodegroup',
    'deleteNodegroup',
    'createFargateProfile',
    'deleteFargateProfile',
    'call',
    'runJob',
  ],
  elasticmapreduce: [
    'createCluster',
    'setClusterTerminationProtection',
    'terminateCluster',
    'addStep',
    'cancelStep',
    'modifyInstanceFleetByName',
    'modifyInstanceGroupByName',
  ],
  'emr-containers': ['createVirtualCluster', 'deleteVirtualCluster', 'startJobRun'],
  'emr-serverless': [
    'createApplication',
    'startApplication',
    'stopApplication',
    'deleteApplication',
    'startJobRun',
    'cancelJobRun',
  ],
  glue: ['startJobRun'],
  http: ['invoke'],
  mediaconvert: ['createJob'],
  sagemaker: [
    'createEndpoint',
    'createEndpointConfig',
    'createHyperParameterTuningJob',
    'createLabelingJob',
    'createModel',
    'createProcessingJob',
    'createTrainingJob',
    'createTransformJob',
    'updateEndpoint',
  ],
}
