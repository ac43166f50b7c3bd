import { notModelled } from '../../shared/not-modelled.ts'
import { isObject, type Json, type JsonObject } from '../engine/json.ts'
import { eventInvokeConfig } from './event-invoke-config.ts'
import { type EventTarget, functionEvent } from './events.ts'
import type { Expansion } from './expansion.ts'
import { functionCode, publishedVersion } from './function-code.ts'
import { functionRules } from './function-rules.ts'
import { functionUrl } from './function-url.ts'
import { EventProblem, invalidResource } from './problems.ts'
import { type Given, given, type Made, made, passed } from './resources.ts'
import {
  awsPolicyArn,
  draftRole,
  type RoleDraft,
  roleOf,
  serviceTrust,
  withoutPolicyTemplates,
  xrayPolicy,
} from './role.ts'
import {
  branchesOf,
  conditional,
  getAtt,
  isGiven,
  isNoValue,
  mapOf,
  pythonText,
  ref,
  resolved,
  tagList,
  textOf,
  workedOut,
} from './values.ts'

/** What Lambda takes as it is written. */
const sameNames = [
  'PackageType',
  'Description',
  'Handler',
  'MemorySize',
  'Runtime',
  'Timeout',
  'VpcConfig',
  'Environment',
  'KmsKeyArn',
  'Layers',
  'ReservedConcurrentExecutions',
  'FileSystemConfigs',
  'CodeSigningConfigArn',
  'ImageConfig',
  'Architectures',
  'SnapStart',
  'EphemeralStorage',
  'RuntimeManagementConfig',
  'LoggingConfig',
  'RecursiveLoop',
  'TenancyConfig',
  'DurableConfig',
  'PublishToLatestPublished',
]

/** Types to which `PropagateTags` gives the tags of whatever they are made for. */
const tagged = new Set([
  'AWS::IAM::Role',
  'AWS::Lambda::Function',
  'AWS::S3::Bucket',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::StepFunctions::StateMachine',
])

/** A function with its role, version and alias, URL, destinations and events. */
export function expandFunction(x: Expansion, logicalId: string, definition: JsonObject): Made[] {
  const it = given(logicalId, 'AWS::Serverless::Function', definition, functionRules, (written) =>
    withoutPolicyTemplates(logicalId, written),
  )
  const { properties } = it
  refuseUnmodelled(properties)
  const events = eventsOf(x, it)
  checkFunction(it)
  const lambda = lambdaFunction(x, it)
  const published = publishedVersion(x, it, lambda)
  const url = functionUrl(it, published?.alias)
  const invocation = eventInvokeConfig(x, it, published)
  const role = executionRole(x, it, invocation.policies)
  const roles = attachRole(x, it, lambda, role)
  const target: EventTarget = {
    expansion: x,
    functionId: logicalId,
    attributes: passed(it.attributes),
    arn: published === undefined ? getAtt(logicalId, 'Arn') : ref(published.alias.logicalId),
    nameOrArn: ref(published?.alias.logicalId ?? logicalId),
    role,
  }
  const sources = events.flatMap(({ kind, event }) =>
    asResource(logicalId, () => kind.expand(target, event)),
  )
  const all = [
    lambda,
    ...(published === undefined ? [] : [published.version, published.alias]),
    ...url,
    ...invocation.resources,
    ...(roles ? [roleOf(role)] : []),
    ...sources,
  ]
  return propagated(all, properties)
}

function refuseUnmodelled({ DeploymentPreference, CapacityProviderConfig }: JsonObject): void {
  const enabled = mapOf(DeploymentPreference)['Enabled']
  const off = enabled === false || enabled === 'false' || enabled === 'False'
  if (isGiven(DeploymentPreference) && !off) {
    throw notModelled('the property DeploymentPreference of AWS::Serverless::Function')
  }
  if (isGiven(CapacityProviderConfig)) {
    throw notModelled('the property CapacityProviderConfig of AWS::Serverless::Function')
  }
}

/** Events in the order in which the transform makes them: by path, so that the default route comes first, or name. */
function eventsOf(x: Expansion, { logicalId, properties }: Given) {
  const keyOf = ([name, event]: [string, Json]) =>
    textOf(mapOf(mapOf(event)['Properties'])['Path']) ?? name
  const written = Object.entries(mapOf(properties['Events'])).sort((a, b) =>
    keyOf(a) < keyOf(b) ? -1 : 1,
  )
  return written.map(([relativeId, definition]) =>
    asResource(logicalId, () => {
      const found = functionEvent(logicalId, relativeId, definition)
      found.kind.link?.(x, found.event)
      return found
    }),
  )
}

/** What is wrong with an event is wrong with its function. */
function asResource<T>(logicalId: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof EventProblem) throw invalidResource(logicalId, error.message)
    throw error
  }
}

const deadLetterActions: Readonly<Record<string, string>> = {
  SQS: 'sqs:SendMessage',
  SNS: 'sns:Publish',
}

function checkFunction({ logicalId, properties }: Given): void {
  const problems: string[] = []
  if (properties['FunctionScalingConfig'] !== undefined) {
    problems.push("'FunctionScalingConfig' requires 'CapacityProviderConfig'.")
  }
  if (
    properties['VersionDeletionPolicy'] !== undefined &&
    properties['AutoPublishAlias'] === undefined
  ) {
    problems.push("'VersionDeletionPolicy' requires 'AutoPublishAlias'.")
  }
  if (problems.length > 0) throw invalidResource(logicalId, problems.join('\n'))
  checkDeadLetterQueue(logicalId, properties['DeadLetterQueue'])
  if (isGiven(properties['TenancyConfig'])) checkTenancy(logicalId, properties)
}

function checkDeadLetterQueue(logicalId: string, queue: Json | undefined): void {
  if (!isGiven(queue)) return
  const { Type, TargetArn } = mapOf(queue)
  if (!isGiven(Type) || !isGiven(TargetArn)) {
    throw invalidResource(
      logicalId,
      "'DeadLetterQueue' requires Type and TargetArn properties to be specified.",
    )
  }
  if (typeof Type !== 'string') {
    throw invalidResource(logicalId, "Property 'DeadLetterQueue.Type' should be a string.")
  }
  if (!Object.hasOwn(deadLetterActions, Type)) {
    throw invalidResource(
      logicalId,
      `'DeadLetterQueue' requires Type of ${pythonText(Object.keys(deadLetterActions))}`,
    )
  }
}

function checkTenancy(logicalId: string, properties: JsonObject): void {
  const refused = [
    ['ProvisionedConcurrencyConfig', 'Provisioned concurrency'],
    ['FunctionUrlConfig', 'Function URL'],
    ['SnapStart', 'SnapStart'],
  ] as const
  for (const [property, words] of refused) {
    if (isGiven(properties[property])) {
      throw invalidResource(
        logicalId,
        `${words} is not supported for functions enabled with tenancy configuration.`,
      )
    }
  }
  for (const event of Object.values(mapOf(properties['Events']))) {
    if (['Api', 'HttpApi'].includes(String(mapOf(event)['Type']))) continue
    throw invalidResource(
      logicalId,
      `Event source '${String(mapOf(event)['Type'])}' is not supported for functions enabled with tenancy configuration. Only Api and HttpApi event sources are supported.`,
    )
  }
}

function lambdaFunction(x: Expansion, it: Given): Made {
  const { logicalId, properties } = it
  const { FunctionName, DeadLetterQueue, Tracing, Role } = properties
  const lambda = made(
    logicalId,
    'AWS::Lambda::Function',
    {
      Code: functionCode(it),
      ...Object.fromEntries(sameNames.map((name) => [name, properties[name]])),
      FunctionName: isGiven(FunctionName) ? FunctionName : undefined,
      Role,
      Tags: functionTags(it),
      TracingConfig: traces(x, Tracing)
        ? { Mode: workedOut(Tracing ?? null, x.parameters) }
        : undefined,
      DeadLetterConfig: isGiven(DeadLetterQueue)
        ? { TargetArn: mapOf(DeadLetterQueue)['TargetArn'] ?? null }
        : undefined,
    },
    { dependsOn: it.dependsOn, attributes: it.attributes },
  )
  checkPackageType(lambda)
  return lambda
}

function traces({ parameters }: Expansion, tracing: Json | undefined): boolean {
  return isGiven(tracing) && resolved(tracing, parameters) !== 'Disabled'
}

const reservedTags = [
  'lambda:createdBy',
  'serverlessrepo:applicationId',
  'serverlessrepo:semanticVersion',
]

export function functionTags({ logicalId, properties }: Given): JsonObject[] {
  const tags = mapOf(properties['Tags'])
  const reserved = reservedTags.find((key) => Object.hasOwn(tags, key))
  if (reserved !== undefined) {
    throw invalidResource(
      logicalId,
      `${reserved} is a reserved Tag key name and cannot be set on your resource. Please change the tag key in the input.`,
    )
  }
  return [{ Key: 'lambda:createdBy', Value: 'SAM' }, ...tagList(tags)]
}

function checkPackageType({ logicalId, properties }: Made): void {
  const image = properties['PackageType'] === 'Image'
  const { Handler, Runtime, Layers, ImageConfig, Code } = properties
  const imageUri = mapOf(Code)['ImageUri']
  if (image) {
    if ([Handler, Runtime, Layers].some(isGiven)) {
      throw invalidResource(
        logicalId,
        'Runtime, Handler, Layers cannot be present when PackageType is of type `Image`',
      )
    }
    return
  }
  if (!isGiven(Runtime) || !isGiven(Handler)) {
    throw invalidResource(
      logicalId,
      'Runtime and Handler needs to be present when PackageType is of type `Zip`',
    )
  }
  if (isGiven(imageUri) || isGiven(ImageConfig)) {
    throw invalidResource(
      logicalId,
      'ImageUri or ImageConfig cannot be present when PackageType is of type `Zip`',
    )
  }
}

function executionRole(x: Expansion, it: Given, invocation: readonly JsonObject[]): RoleDraft {
  const { logicalId, properties, attributes } = it
  const { DeadLetterQueue, DurableConfig, Tracing, VpcConfig } = properties
  const basic = isGiven(DurableConfig)
    ? 'service-role/AWSLambdaBasicDurableExecutionRolePolicy'
    : 'service-role/AWSLambdaBasicExecutionRole'
  const names = [
    basic,
    ...(traces(x, Tracing) ? [xrayPolicy(x)] : []),
    ...(isGiven(VpcConfig) ? ['service-role/AWSLambdaVPCAccessExecutionRole'] : []),
  ]
  const queue = isGiven(DeadLetterQueue) ? mapOf(DeadLetterQueue) : undefined
  return draftRole(x, logicalId, {
    attributes: passed(attributes),
    trust: properties['AssumeRolePolicyDocument'] ?? serviceTrust('lambda.amazonaws.com'),
    policies: properties['Policies'],
    managedPolicyArns: names.map((name) => awsPolicyArn(x, name)),
    inlinePolicies: [...(queue === undefined ? [] : [deadLetterPolicy(queue)]), ...invocation],
    path: properties['RolePath'],
    permissionsBoundary: properties['PermissionsBoundary'],
    tags: functionTags(it),
  })
}

function deadLetterPolicy({ Type, TargetArn = null }: JsonObject): JsonObject {
  const Action = deadLetterActions[textOf(Type) ?? ''] ?? ''
  return {
    PolicyName: 'DeadLetterQueuePolicy',
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action, Resource: TargetArn, Effect: 'Allow' }],
    },
  }
}

/** Gives the function its new role, where it has none or may have none. True: the role is to be made. */
function attachRole(x: Expansion, it: Given, lambda: Made, role: RoleDraft): boolean {
  const { Role } = it.properties
  const arn = getAtt(role.logicalId, 'Arn')
  const set = (value: Json) => {
    lambda.properties = { ...lambda.properties, Role: value }
  }
  if (Role === undefined) {
    set(arn)
    return true
  }
  if (branchesOf(Role) === undefined) return false
  const branches = branchesOf(resolved(Role, x.parameters)) ?? []
  const [condition, then, otherwise] = branches
  if (branches.length !== 3 || then === undefined || otherwise === undefined) {
    throw invalidResource(it.logicalId, "Malformed 'Role' property: Fn::If requires 3 arguments.")
  }
  const name = textOf(condition) ?? ''
  set({ 'Fn::If': branches })
  if (isNoValue(then) && isNoValue(otherwise)) {
    set(arn)
    return true
  }
  if (isNoValue(then)) {
    set(conditional(name, arn, otherwise))
    role.attributes = { ...role.attributes, Condition: name }
    return true
  }
  if (!isNoValue(otherwise)) return false
  set(conditional(name, then, arn))
  role.attributes = { ...role.attributes, Condition: `NOT${name}` }
  x.conditions[`NOT${name}`] = { 'Fn::Not': [{ Condition: name }] }
  return true
}

/** `PropagateTags`: what is made for the function gets its tags instead of its own. */
export function propagated(all: Made[], { Tags, PropagateTags }: JsonObject): Made[] {
  if (!isGiven(PropagateTags) || !isObject(Tags) || !isGiven(Tags)) return all
  for (const it of all) {
    if (tagged.has(it.type)) it.properties = { ...it.properties, Tags: tagList(Tags) }
  }
  return all
}
