import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  CreateFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { client } from '@cloud-orrery/cloud'
import { describe, test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { EndsAs, type TestContext, zipOf } from '../functions.test-support.ts'
import { functionInput, type Replay, recordedAccount, replay } from '../recorded.test-support.ts'

const FunctionName = 'fn'

async function create({ lambda, cloud }: Replay, more: Record<string, unknown> = {}) {
  await lambda.send(new CreateFunctionCommand(await functionInput(FunctionName, more)))
  await cloud.advance({ seconds: 1 })
}

const invokeLater = ({ lambda }: Replay, event: object = {}) =>
  lambda.send(
    new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: JSON.stringify(event) }),
  )

describe.skipIf(!recordingsPresent)('asynchronous events as recorded', () => {
  test('an attempt and its retry have one id', async () => {
    const name = 'TestRequestIdHandling::test_request_id_async_invoke_with_retry'
    const it = replay('test_lambda', name, {
      'handler.handler': () => {
        throw new Error('no')
      },
    })
    await create(it)
    const config = { FunctionName, MaximumRetryAttempts: 1 }
    await it.lambda.send(new PutFunctionEventInvokeConfigCommand(config))
    // The SDK gives nothing for an empty body, where botocore gives an empty text.
    await it.expect('invoke_result', invokeLater(it), ['Payload'])
    await it.cloud.advance({ minutes: 3 })
    const logs = client(it.cloud, CloudWatchLogsClient)
    const group = { logGroupName: `/aws/lambda/${FunctionName}`, filterPattern: 'END' }
    const { events = [] } = await logs.send(new FilterLogEventsCommand(group))
    it.expectValue(
      'end_messages',
      events.map(({ message }) => message?.trimEnd()),
    )
  })

  test('a function that is not there', async () => {
    const name =
      'tests/aws/services/lambda_/test_lambda.py::TestLambdaFeatures::test_invoke_exceptions'
    const it = replay('test_lambda', name)
    const call = it.lambda.send(new InvokeCommand({ FunctionName: 'doesnotexist' }))
    await it.expect('invoke_function_doesnotexist', call)
  })

  test('a code that is changed during a run is there for the next', async () => {
    const name = 'TestLambdaVersions::test_function_update_during_invoke'
    const variants = new Map<string, string>()
    const it = replay('test_lambda', name, {
      'handler.handler': async (event: { request_prefix: string }, context) => {
        await context.sleep(5000)
        return {
          function_version: context.environment.variables['AWS_LAMBDA_FUNCTION_VERSION'],
          request_id: context.invocation.requestId,
          request_prefix: event.request_prefix,
          function_variant: variants.get(context.environment.code.sha256),
        }
      },
    })
    await create(it)
    const { lambda } = it
    const { CodeSha256 } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
    variants.set(Buffer.from(CodeSha256 ?? '', 'base64').toString('hex'), 'variant-1')
    const Payload = JSON.stringify({ request_prefix: '1-sleep' })
    const running = lambda.send(new InvokeCommand({ FunctionName, Payload }))
    const ZipFile = await zipOf({ 'handler.py': 'variant 2' })
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }))
    await it.cloud.advance({ seconds: 10 })
    await it.expect('invoke_response_before', running)
  })

  test('a reservation of one, with a run under way', async () => {
    const name = 'TestLambdaConcurrency::test_reserved_concurrency_async_queue'
    const it = replay('test_lambda', name, {
      'handler.handler': async (_event: unknown, { sleep }: TestContext) => await sleep(20_000),
    })
    await create(it)
    const { lambda } = it
    const latest = { FunctionName, Qualifier: '$LATEST' }
    await it.expect('fn', lambda.send(new GetFunctionConfigurationCommand(latest)))
    const reserved = { FunctionName, ReservedConcurrentExecutions: 1 }
    await it.expect('put_fn_concurrency', lambda.send(new PutFunctionConcurrencyCommand(reserved)))
    await invokeLater(it)
    await it.cloud.advance({ seconds: 1 })
    await it.expect('too_many_requests_exc', lambda.send(new InvokeCommand({ FunctionName })))
  })

  test('a dead-letter queue', async () => {
    const name = 'test_sqs_queue_as_lambda_dead_letter_queue'
    const it = replay('lambda_/event_source_mapping/test_lambda_integration_sqs', name, {
      'handler.handler': () => {
        const errorMessage = 'Test exception (this is intentional)'
        const error = { errorType: 'Exception', errorMessage }
        throw new EndsAs({ kind: 'failed', error, payload: JSON.stringify(error) })
      },
    })
    const sqs = client(it.cloud, SQSClient)
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'dead' }))
    await create(it)
    const TargetArn = `arn:aws:sqs:us-east-1:${recordedAccount}:dead`
    const update = { FunctionName, DeadLetterConfig: { TargetArn } }
    const { DeadLetterConfig } = await it.lambda.send(
      new UpdateFunctionConfigurationCommand(update),
    )
    it.expectValue('lambda-response-dlq-config', DeadLetterConfig)
    await it.cloud.advance({ seconds: 1 })
    await invokeLater(it, { raise_error: 1 })
    await it.cloud.advance({ minutes: 5 })
    const receive = { QueueUrl, MessageAttributeNames: ['All'] }
    await it.expect('messages', sqs.send(new ReceiveMessageCommand(receive)))
  })
})
