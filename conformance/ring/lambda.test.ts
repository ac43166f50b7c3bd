import * as sdk from '@aws-sdk/client-lambda'
import { cloudOf } from '../../packages/services/src/lambda/functions.test-support.ts'
import { arrangeLambda } from './arrangements/lambda.ts'
import { ring } from './ring.test-support.ts'

const handlers = { 'index.handler': (event: unknown) => event }

await ring('lambda', {
  sdk,
  client: 'LambdaClient',
  arrange: arrangeLambda,
  cloud: () => cloudOf(handlers),
  unsent: [
    'CreateFunction.RuntimeConfig',
    'CreateFunction.AcceleratorConfig',
    'UpdateFunctionConfiguration.RuntimeConfig',
    'UpdateFunctionConfiguration.AcceleratorConfig',
    'CreateEventSourceMapping.SelfManagedKafkaEventSourceConfig.ConsumptionMode',
    'UpdateEventSourceMapping.SelfManagedKafkaEventSourceConfig.ConsumptionMode',
  ],
})
