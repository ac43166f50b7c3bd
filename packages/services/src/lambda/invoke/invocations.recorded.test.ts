import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  DeleteAliasCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  GetProvisionedConcurrencyConfigCommand,
  InvokeCommand,
  type InvokeCommandInput,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  PutProvisionedConcurrencyConfigCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { client, fetchFromCloud } from '@cloud-orrery/cloud'
import { describe, test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { EndsAs, type TestContext, type TestHandler, zipOf } from '../functions.test-support.ts'
import {
  functionInput,
  plainInput,
  type Replay,
  recordedAccount,
  replay,
} from '../recorded.test-support.ts'

const FunctionName = 'fn'
const file = 'test_lambda'

function calls({ lambda, cloud }: Replay) {
  return {
    settle: () => cloud.advance({ seconds: 1 }),
    create: async (more: Record<string, unknown> = {}) =>
      await lambda.send(new CreateFunctionCommand(await functionInput(FunctionName, more))),
    invoke: (more: Partial<InvokeCommandInput> = {}) =>
      lambda.send(new InvokeCommand({ FunctionName, Payload: '{}', ...more })),
    update: async (code: string, more: object = {}) =>
      await lambda.send(
        new UpdateFunctionCodeCommand({
          FunctionName,
          ZipFile: await zipOf({ 'h.py': code }),
          ...more,
        }),
      ),
    publish: (Description?: string) =>
      lambda.send(new PublishVersionCommand({ FunctionName, Description })),
  }
}

/** The recorded fixture's answer, without what it wraps it in. */
function unwrap({ recorded }: Replay, name: string): void {
  const { CreateFunctionResponse } = recorded[name] as { CreateFunctionResponse: object }
  recorded[name] = CreateFunctionResponse
}

describe.skipIf(!recordingsPresent)('invocations as recorded', () => {
  for (const [id, type, name] of [
    ['test_invocation_type_request_response[python3.9]', 'RequestResponse', 'invoke-result'],
    ['test_invocation_type_event[python3.9]', 'Event', 'invoke-result'],
    ['test_invocation_type_event[python3.10]', 'Event', 'invoke-result'],
    ['test_invocation_type_dry_run[python3.9]', 'DryRun', 'invoke-result'],
    ['test_invocation_type_dry_run[python3.10]', 'DryRun', 'invoke-result'],
    ['test_invocation_type_dry_run[nodejs16.x]', 'DryRun', 'invoke-result'],
    [
      'test_invocation_type_no_return_payload[nodejs-RequestResponse]',
      'RequestResponse',
      'invoke-result',
    ],
    ['test_invocation_type_no_return_payload[nodejs-Event]', 'Event', 'invoke-result'],
  ] as const) {
    test(id, async () => {
      const silent = id.includes('no_return')
      const handler: TestHandler = (event: unknown) => (silent ? undefined : event)
      const it = replay(file, `TestLambdaFeatures::${id}`, { 'handler.handler': handler })
      const { create, settle, invoke } = calls(it)
      await create()
      await settle()
      // The SDK gives nothing for an empty body, where botocore gives an empty text.
      const ignore = type === 'RequestResponse' ? [] : ['Payload']
      await it.expect(name, invoke({ InvocationType: type }), ignore)
    })
  }

  test('two functions and an invocation', async () => {
    const it = replay(file, 'TestLambdaFeatures::test_basic_invoke', {
      'index.handler': (e: unknown) => e,
    })
    const { settle, invoke } = calls(it)
    // What answers show since the recording of 2022.
    const newer = ['LoggingConfig', 'RuntimeVersionConfig', 'SnapStart']
    const create = async (name: string) =>
      await it.lambda.send(
        new CreateFunctionCommand(await plainInput(name, { Runtime: 'python3.9' })),
      )
    await it.expect('lambda_create_fn', create(FunctionName), newer)
    await it.expect('lambda_create_fn_2', create('fn-2'), newer)
    await settle()
    const get = (name: string) => it.lambda.send(new GetFunctionCommand({ FunctionName: name }))
    const inside = newer.map((name) => `Configuration.${name}`)
    await it.expect('lambda_get_fn', get(FunctionName), inside)
    await it.expect('lambda_get_fn_2', get('fn-2'), inside)
    await it.expect('lambda_invoke_result', invoke())
  })

  test('the state of a function', async () => {
    const it = replay(file, 'TestLambdaBaseFeatures::test_function_state')
    const input = await plainInput(FunctionName, { Handler: 'handler.handler' })
    await it.expect('create-fn-response', it.lambda.send(new CreateFunctionCommand(input)))
    await it.cloud.advance({ seconds: 1 })
    await it.expect('get-fn-response', it.lambda.send(new GetFunctionCommand({ FunctionName })))
  })

  test('what an environment remembers', async () => {
    const handler: TestHandler = (_event: unknown, { memory }) => {
      const counter = Number(memory.get('counter') ?? -1) + 1
      memory.set('counter', counter)
      return { counter }
    }
    const it = replay(file, 'TestLambdaBehavior::test_lambda_cache_local[nodejs]', {
      'handler.handler': handler,
    })
    const { create, settle, invoke } = calls(it)
    await create()
    await settle()
    await it.expect('first_invoke_result', invoke())
    await it.expect('second_invoke_result', invoke())
  })

  for (const [id, seconds] of [
    ['test_lambda_invoke_with_timeout', 1],
    ['test_lambda_invoke_no_timeout', 2],
  ] as const) {
    test(id, async () => {
      const handler: TestHandler = async (_event: unknown, { sleep }) => await sleep(1500)
      const it = replay(file, `TestLambdaBehavior::${id}`, { 'handler.handler': handler })
      const { create, settle, invoke } = calls(it)
      unwrap(it, 'create-result')
      await it.expect('create-result', create({ Timeout: seconds }))
      await settle()
      await it.expect('invoke-result', invoke())
    })
  }

  test('a runtime that exits, and a handler that fails', async () => {
    const stackTrace = [
      '  File "/var/task/lambda_handler_error.py", line 2, in handler\n    raise Exception("Handler fails")\n',
    ]
    const handler: TestHandler = ({ how }: { how: string }, { invocation: { requestId } }) => {
      if (how === 'exit') {
        throw new EndsAs({
          kind: 'exited',
          phase: 'invoke',
          reason: 'exit status 0',
          outOfMemory: false,
        })
      }
      const error = { errorMessage: 'Handler fails', errorType: 'Exception' }
      // As Python's runtime words it.
      throw new EndsAs({
        kind: 'failed',
        error,
        payload: JSON.stringify({ ...error, requestId, stackTrace }),
      })
    }
    const exit = replay(file, 'TestLambdaErrors::test_lambda_handler_exit', {
      'handler.handler': handler,
    })
    const { create, settle, invoke } = calls(exit)
    await create()
    await settle()
    await exit.expect('invocation_error', invoke({ Payload: '{"how":"exit"}' }))
    const error = replay(file, 'TestLambdaErrors::test_lambda_handler_error')
    await error.expect('invocation_error', invoke({ Payload: '{"how":"fail"}' }))
  })

  test('a function that moves to another architecture', async () => {
    const it = replay(file, 'TestLambdaBehavior::test_mixed_architecture')
    const { create, settle, update } = calls(it)
    unwrap(it, 'create_function_response')
    await it.expect('create_function_response', create())
    await settle()
    const updated = update('import platform', { Architectures: ['arm64'] })
    await it.expect('update_function_code_response', updated)
  })

  test('the log of an invocation', async () => {
    const handler: TestHandler = (event: unknown, { log }) => {
      log(JSON.stringify(event))
      return event
    }
    const it = replay(file, 'TestLambdaFeatures::test_invocation_with_logs[python3.10]', {
      'handler.handler': handler,
    })
    const { create, settle, invoke } = calls(it)
    await create()
    await settle()
    const answer = await it.expect('invoke', invoke({ LogType: 'Tail' }))
    const lines = Buffer.from(String(answer['LogResult']), 'base64')
      .toString()
      .split(/(?<=\n)/)
    // The placeholders of figures stand for another one each.
    const { logs } = it.recorded['logs'] as { logs: string[] }
    const figures = logs.map((line, i) =>
      line
        .split(/<(?:duration|memory)>/)
        .reduce((text, rest, at) => `${text}<figure:${i}-${at}>${rest}`),
    )
    it.recorded['logs'] = { logs: figures }
    it.expectValue('logs', { logs: lines })
  })

  const told = ({ environment, invocation }: TestContext) => ({
    version_id: environment.code.sizeBytes > 0 ? environment.variables['VERSION_ID'] : '',
    invoked_arn: invocation.invokedFunctionArn,
    version_from_ctx: environment.variables['AWS_LAMBDA_FUNCTION_VERSION'],
  })

  /** Which code runs is known by its package: the recorded functions tell it by a constant. */
  function versioned() {
    const ids = new Map<string, string>()
    const handler: TestHandler = (_event: unknown, context) => {
      const { sha256 } = context.environment.code
      const known = ids.get(sha256)
      return { ...told(context), version_id: known }
    }
    return { ids, handler }
  }

  test('versions keep their code', async () => {
    const { ids, handler } = versioned()
    const it = replay(file, 'TestLambdaVersions::test_lambda_versions_with_code_changes', {
      'handler.handler': handler,
    })
    const { settle, invoke, update, publish } = calls(it)
    const note = async (id: string) => {
      const zip = await zipOf({ 'h.py': id })
      ids.set((await import('node:crypto')).createHash('sha256').update(zip).digest('hex'), id)
      return zip
    }
    const Description = 'No version :('
    const input = await plainInput(FunctionName, {
      Handler: 'handler.handler',
      Description,
      Code: { ZipFile: await note('version1') },
    })
    await it.expect('create_response', it.lambda.send(new CreateFunctionCommand(input)))
    await settle()
    await it.expect('first_publish_response', publish('First version description :)'))
    await note('version2')
    await it.expect('update_lambda_response', update('version2'))
    await settle()
    await it.expect('invocation_result_latest', invoke())
    await it.expect('invocation_result_v1', invoke({ Qualifier: '1' }))
    await it.expect('second_publish_response', publish('Second version description :)'))
    await it.expect('invocation_result_v2', invoke({ Qualifier: '2' }))
    await note('version3')
    await it.expect('update_lambda_response_with_publish', update('version3', { Publish: true }))
    await settle()
    await it.expect('invocation_result_v3', invoke({ Qualifier: '3' }))
    await it.expect('invocation_result_latest_end', invoke())
    await it.expect('invocation_result_v2_end', invoke({ Qualifier: '2' }))
    await it.expect('invocation_result_v1_end', invoke({ Qualifier: '1' }))
  })

  test('an alias that moves', async () => {
    const { ids, handler } = versioned()
    const it = replay(file, 'TestLambdaAliases::test_lambda_alias_moving', {
      'handler.handler': handler,
    })
    const { settle, invoke, update, publish } = calls(it)
    const { createHash } = await import('node:crypto')
    const note = async (id: string) => {
      const zip = await zipOf({ 'h.py': id })
      ids.set(createHash('sha256').update(zip).digest('hex'), id)
      return zip
    }
    const input = await plainInput(FunctionName, {
      Handler: 'handler.handler',
      Description: 'No version :(',
      Code: { ZipFile: await note('version1') },
    })
    await it.expect('create_response', it.lambda.send(new CreateFunctionCommand(input)))
    await settle()
    await publish('First version description :)')
    const Name = 'alias1'
    const alias = it.lambda.send(
      new CreateAliasCommand({ FunctionName, Name, FunctionVersion: '1' }),
    )
    await it.expect('create_alias_response', alias)
    const viaAlias = () => invoke({ Qualifier: Name })
    await it.expect('invocation_result_qualifier_v1', viaAlias())
    const arn = `arn:aws:lambda:us-east-1:${recordedAccount}:function:${FunctionName}:${Name}`
    await it.expect('invocation_result_qualifier_v1_arn', invoke({ FunctionName: arn }))
    await note('version2')
    await it.expect('update_lambda_response', update('version2'))
    await settle()
    await it.expect('invocation_result_qualifier_v1_after_update', viaAlias())
    await it.expect('second_publish_response', publish('Second version description :)'))
    await it.expect('invocation_result_qualifier_v1_after_publish', viaAlias())
    const moved = it.lambda.send(
      new UpdateAliasCommand({ FunctionName, Name, FunctionVersion: '2' }),
    )
    await it.expect('update_alias_response', moved)
    await it.expect('invocation_result_qualifier_v2', viaAlias())
    await it.expect('invocation_exc_not_existent', invoke({ Qualifier: 'non-existent-alias' }))
  })

  test('another handler', async () => {
    const it = replay(file, 'TestLambdaVersions::test_lambda_handler_update', {
      'handler.handler': () => ({ handler: 'handler' }),
      'handler.handler_two': () => ({ handler: 'handler_two' }),
    })
    const { create, settle, invoke, publish } = calls(it)
    await create()
    await settle()
    await it.expect('invoke_result_handler_one', invoke())
    const changed = new UpdateFunctionConfigurationCommand({
      FunctionName,
      Handler: 'handler.handler_two',
    })
    await it.expect('update_function_configuration_result', it.lambda.send(changed))
    await settle()
    await it.expect('get_function_result', it.lambda.send(new GetFunctionCommand({ FunctionName })))
    await it.expect('invoke_result_handler_two', invoke())
    await publish()
    await it.expect('invoke_result_handler_two_postpublish', invoke())
  })

  test('a reservation that is used up by provisioned environments', async () => {
    const it = replay(file, 'TestLambdaConcurrency::test_lambda_concurrency_block', {
      'handler.handler': (e: unknown) => e,
    })
    const { create, settle, invoke, publish } = calls(it)
    await create()
    await settle()
    await it.expect('v1_result', publish())
    const reserve = new PutFunctionConcurrencyCommand({
      FunctionName,
      ReservedConcurrentExecutions: 1,
    })
    await it.expect('reserved_concurrency_result', it.lambda.send(reserve))
    const Payload = '{"hello":"world"}'
    await it.expect('invoke_latest_before_block', invoke({ Payload }))
    const ahead = { FunctionName, Qualifier: '1', ProvisionedConcurrentExecutions: 1 }
    const provision = it.lambda.send(new PutProvisionedConcurrencyConfigCommand(ahead))
    await it.expect('provisioned_concurrency_result', provision)
    await it.cloud.advance({ seconds: 5 })
    await it.expect('invoke_latest_first_exc', invoke({ Payload }))
    await it.expect('invoke_v1_after_block', invoke({ Payload, Qualifier: '1' }))
    await it.expect('invoke_latest_second_exc', invoke({ Payload }))
  })

  test('provisioned environments move with their alias', async () => {
    const id = 'TestLambdaConcurrency::test_lambda_provisioned_concurrency_moves_with_alias'
    const it = replay(file, id, { 'handler.handler': (e: unknown) => e })
    const { create, settle, publish } = calls(it)
    unwrap(it, 'create-result')
    const newer = ['LoggingConfig'] // The recording is of 2023.
    await it.expect('create-result', create({ Runtime: 'python3.8', Timeout: 2 }), newer)
    await settle()
    const config = (Qualifier?: string) =>
      it.lambda.send(new GetFunctionConfigurationCommand({ FunctionName, Qualifier }))
    await it.expect('get-function-configuration', config('$LATEST'), newer)
    await it.expect('publish_version_1', publish('my-first-version'), newer)
    await it.expect('get_function_configuration_version_1', config('1'), newer)
    const Name = 'live'
    const alias = it.lambda.send(
      new CreateAliasCommand({ FunctionName, Name, FunctionVersion: '1' }),
    )
    await it.expect('create_alias', alias)
    const put = { FunctionName, Qualifier: Name, ProvisionedConcurrentExecutions: 1 }
    await it.lambda.send(new PutProvisionedConcurrencyConfigCommand(put))
    await it.cloud.advance({ seconds: 2 })
    const Timeout = 10
    await it.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout }))
    await settle()
    await it.expect('get_function_after_update', config(), newer)
    await it.expect('publish_version_2', publish(), newer)
    const moved = it.lambda.send(
      new UpdateAliasCommand({ FunctionName, Name, FunctionVersion: '2' }),
    )
    await it.expect('update_alias', moved)
    const provisioned = (Qualifier: string) =>
      it.lambda.send(new GetProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier }))
    await it.expect('get_provisioned_config_after_alias_move', provisioned(Name))
    await it.expect('provisioned_concurrency_notfound', provisioned('1'))
  })
})

describe.skipIf(!recordingsPresent)('asynchronous results as recorded', () => {
  const queueArn = `arn:aws:sqs:us-east-1:${recordedAccount}:results`

  /** A failure as Python's runtime words it. */
  function failure(errorMessage: string, requestId: string, line: string): EndsAs {
    const error = { errorMessage, errorType: 'Exception' }
    const stackTrace = [line]
    return new EndsAs({
      kind: 'failed',
      error,
      payload: JSON.stringify({ ...error, requestId, stackTrace }),
    })
  }

  async function withResults(id: string, line: string, errorMessage: string) {
    const handler: TestHandler = (_event: unknown, { invocation }) => {
      throw failure(errorMessage, invocation.requestId, line)
    }
    const it = replay('test_lambda_destinations', id, { 'handler.handler': handler })
    const sqs = client(it.cloud, SQSClient)
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'results' }))
    const { create, settle, invoke } = calls(it)
    await create()
    await settle()
    const receive = (more: object = {}) =>
      sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 0, ...more }))
    const remove = (ReceiptHandle: string | undefined) =>
      sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
    return { ...it, invoke, receive, remove }
  }

  test('a failure at its destination', async () => {
    const line =
      '  File "/var/task/handler.py", line 55, in handler\n    raise Exception("Test exception (this is intentional)")\n'
    const it = await withResults(
      'TestLambdaDestinationSqs::test_assess_lambda_destination_invocation[payload1]',
      line,
      'Test exception (this is intentional)',
    )
    const Destination = queueArn
    const put = new PutFunctionEventInvokeConfigCommand({
      FunctionName,
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnSuccess: { Destination }, OnFailure: { Destination } },
    })
    await it.expect('put_function_event_invoke_config', it.lambda.send(put))
    await it.invoke({ InvocationType: 'Event', Payload: '{"raise_error":1}' })
    await it.cloud.settle()
    await it.expect('receive_message_result', it.receive())
  })

  test('events that become too old', async () => {
    const line =
      '  File "/var/task/handler.py", line 7, in handler\n    raise Exception("intentional failure")\n'
    const it = await withResults(
      'TestLambdaDestinationSqs::test_maxeventage',
      line,
      'intentional failure',
    )
    const configure = (MaximumEventAgeInSeconds: number) =>
      it.lambda.send(
        new PutFunctionEventInvokeConfigCommand({
          FunctionName,
          MaximumEventAgeInSeconds,
          MaximumRetryAttempts: 2,
          DestinationConfig: { OnFailure: { Destination: queueArn } },
        }),
      )
    // There are no traces yet. The placeholders of bodies stand for others.
    const ignore = ['Attributes.AWSTraceHeader', 'MD5OfBody', 'Attributes.SenderId']
    const compare = async (name: string) => {
      await it.invoke({ InvocationType: 'Event', Payload: '{"message":"some-id"}' })
      await it.cloud.advance({ minutes: 5 })
      const { Messages = [] } = await it.receive({ AttributeNames: ['All'] })
      it.expectValue(name, Messages[0], ignore)
      await it.remove(Messages[0]?.ReceiptHandle)
    }
    await configure(60)
    await compare('no_retry_failure_message')
    await configure(120)
    await compare('single_retry_failure_message')
  })
})

describe.skipIf(!recordingsPresent)('function URLs that answer, as recorded', () => {
  for (const [id, value] of [
    ['http-response', { statusCode: 200, body: 'body123' }],
    ['http-response-json', { statusCode: 200, body: '{"hello": "world"}' }],
    ['string', 'hello'],
    ['float', 3.1],
  ] as const) {
    test(`an answer: ${id}`, async () => {
      const name = `TestLambdaURL::test_lambda_url_invocation[${id}]`
      const it = replay(file, name, { 'handler.handler': () => value })
      const { create, settle } = calls(it)
      await create()
      await settle()
      const made = it.lambda.send(
        new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: 'NONE' }),
      )
      const { FunctionUrl } = await it.expect('create_lambda_url_config', made)
      const permit = (StatementId: string, more: object) =>
        it.lambda.send(
          new AddPermissionCommand({
            FunctionName,
            StatementId,
            Action: 'lambda:InvokeFunctionUrl',
            Principal: '*',
            ...more,
          }),
        )
      await it.expect('add_permission', permit('urlPermission', { FunctionUrlAuthType: 'NONE' }))
      // Accounts that had URLs before October 2025, as the recorded one, need this one later only.
      await permit('invoke', { Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true })
      const response = await fetchFromCloud(it.cloud, String(FunctionUrl))
      const content = await response.text()
      const headers = {
        'Content-Length': String(Buffer.byteLength(content)),
        'Content-Type': response.headers.get('content-type'),
      }
      it.expectValue('lambda_url_invocation', { content, headers, statuscode: response.status })
    })
  }

  test('a URL outlives its alias, and leads nowhere', async () => {
    const id = 'TestLambdaURL::test_lambda_url_persists_after_alias_delete'
    const it = replay(file, id, { 'handler.handler': () => 'hi' })
    const { create, settle, publish } = calls(it)
    await create()
    await settle()
    await publish()
    await it.lambda.send(
      new CreateAliasCommand({ FunctionName, Name: 'live', FunctionVersion: '1' }),
    )
    const made = it.lambda.send(
      new CreateFunctionUrlConfigCommand({
        FunctionName,
        Qualifier: 'live',
        AuthType: 'NONE',
        InvokeMode: 'BUFFERED',
      }),
    )
    // The recorded test's placeholder stands for name and alias.
    const { FunctionUrl } = await it.expect('create_lambda_url_config', made)
    for (const [StatementId, more] of [
      ['url', { Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' }],
      ['invoke', { Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true }],
    ] as const) {
      const Qualifier = 'live'
      await it.lambda.send(
        new AddPermissionCommand({ FunctionName, Qualifier, StatementId, Principal: '*', ...more }),
      )
    }
    const fetched = () => fetchFromCloud(it.cloud, String(FunctionUrl))
    it.expectValue('invoke_aliased_url_response', { status_code: (await fetched()).status })
    const gone = it.lambda.send(new DeleteAliasCommand({ FunctionName, Name: 'live' }))
    await it.expect('delete_alias_resp', gone)
    const response = await fetched()
    it.expectValue('invoke_deleted_alias_url_response_delayed', {
      content: await response.json(),
      headers: { 'x-amzn-ErrorType': response.headers.get('x-amzn-errortype') },
      status_code: response.status,
    })
  })
})
