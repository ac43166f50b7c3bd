import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCodeSigningConfigCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  GetFunctionRecursionConfigCommand,
  InvokeCommand,
  PutFunctionRecursionConfigCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { client } from '@cloud-orrery/cloud'
import { describe, test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { zipOf } from '../functions.test-support.ts'
import { functionInput, plainInput, recordedAccount, replay } from '../recorded.test-support.ts'

const file = 'test_lambda_api'

describe.skipIf(!recordingsPresent)('functions as recorded', () => {
  const reads = {
    delete_function: DeleteFunctionCommand,
    get_function: GetFunctionCommand,
    get_function_configuration: GetFunctionConfigurationCommand,
    get_function_code_signing_config: GetFunctionCodeSigningConfigCommand,
    get_function_concurrency: GetFunctionConcurrencyCommand,
    get_function_event_invoke_config: GetFunctionEventInvokeConfigCommand,
    invoke: InvokeCommand,
  } as const

  /** Each of these commands takes a function's name and gives an object. */
  function read(
    lambda: { send(command: never): Promise<object> },
    name: keyof typeof reads,
    input: object,
  ) {
    const Command = reads[name] as unknown as new (input: object) => never
    return lambda.send(new Command(input))
  }

  for (const name of [
    'delete_function',
    'get_function',
    'get_function_configuration',
    'get_function_code_signing_config',
    'get_function_concurrency',
  ] as const) {
    test(`${name} of a function that is not there`, async () => {
      const it = replay(file, `TestLambdaFunction::test_ops_on_nonexisting_fn[${name}]`)
      await it.expect('not_found_exception', read(it.lambda, name, { FunctionName: 'nobody' }))
    })
  }

  for (const name of [
    'get_function_configuration',
    'get_function_code_signing_config',
    'get_function_event_invoke_config',
    'get_function_concurrency',
    'delete_function',
    'invoke',
  ] as const) {
    test(`${name} by an ARN of another region`, async () => {
      const it = replay(file, `TestLambdaFunction::test_get_function_wrong_region[${name}]`)
      const FunctionName = `arn:aws:lambda:eu-west-2:${recordedAccount}:function:f`
      await it.expect('wrong_region_exception', read(it.lambda, name, { FunctionName }))
    })
  }

  for (const name of ['get_function', 'get_function_configuration'] as const) {
    test(`${name} by an ARN with a qualifier and another one`, async () => {
      const it = replay(file, `TestLambdaFunction::test_ops_with_arn_qualifier_mismatch[${name}]`)
      const FunctionName = `arn:aws:lambda:us-east-1:${recordedAccount}:function:some-function:$LATEST`
      const call = (Qualifier: string) => read(it.lambda, name, { FunctionName, Qualifier })
      await it.expect('not_match_exception', call('1'))
      await it.expect('match_exception', call('$LATEST'))
    })
  }

  test('code of a zip file', async () => {
    const it = replay(file, 'TestLambdaFunction::test_lambda_code_location_zipfile')
    await it.expect(
      'create-response-zip-file',
      it.lambda.send(new CreateFunctionCommand(await plainInput('fn'))),
    )
    await it.cloud.advance({ seconds: 1 })
    const get = () => it.lambda.send(new GetFunctionCommand({ FunctionName: 'fn' }))
    await it.expect('get-function-response', get())
    const ZipFile = await zipOf({ 'handler.py': 'def handler(event, context): return 2' })
    await it.expect(
      'update-function-response',
      it.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'fn', ZipFile })),
    )
    await it.expect('get-function-response-updated', get())
  })

  test('code of S3', async () => {
    const it = replay(file, 'TestLambdaFunction::test_lambda_code_location_s3')
    const s3 = client(it.cloud, S3Client)
    await s3.send(new CreateBucketCommand({ Bucket: 'code' }))
    const put = async (text: string) =>
      await s3.send(
        new PutObjectCommand({
          Bucket: 'code',
          Key: 'k',
          Body: await zipOf({ 'handler.py': text }),
        }),
      )
    await put('one')
    const Code = { S3Bucket: 'code', S3Key: 'k' }
    const input = await plainInput('fn', { Code })
    await it.expect('create_response_s3', it.lambda.send(new CreateFunctionCommand(input)))
    await it.cloud.advance({ seconds: 1 })
    const get = () => it.lambda.send(new GetFunctionCommand({ FunctionName: 'fn' }))
    await it.expect('get-function-response', get())
    await put('two')
    await it.expect(
      'update-function-response',
      it.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'fn', ...Code })),
    )
    await it.expect('get-function-response-updated', get())
  })

  test('code that S3 does not have', async () => {
    const it = replay(file, 'TestLambdaFunction::test_lambda_code_location_s3_errors')
    const s3 = client(it.cloud, S3Client)
    await s3.send(new CreateBucketCommand({ Bucket: 'code' }))
    await it.lambda.send(new CreateFunctionCommand(await plainInput('fn')))
    await it.cloud.advance({ seconds: 1 })
    const create = async (Code: object) =>
      await it.lambda.send(new CreateFunctionCommand(await plainInput('other', { Code })))
    const update = (Code: object) =>
      it.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'fn', ...Code }))
    const noBucket = { S3Bucket: 'no-such-bucket-1', S3Key: 'k' }
    const noKey = { S3Bucket: 'code', S3Key: 'nothing' }
    await it.expect('create-error-wrong-bucket', create(noBucket))
    await it.expect('create-error-wrong-key', create(noKey))
    await it.expect('update-error-wrong-bucket', update(noBucket))
    await it.expect('update-error-wrong-key', update(noKey))
  })

  test('what CreateFunction refuses', async () => {
    const it = replay(file, 'TestLambdaFunction::test_create_lambda_exceptions')
    const create = async (more: object) =>
      await it.lambda.send(new CreateFunctionCommand({ ...(await functionInput('fn')), ...more }))
    await it.expect('invalid_role_arn_exc', create({ Role: 'r1' }))
    await it.expect('invalid_runtime_exc', create({ Runtime: 'non-existent-runtime' }))
    await it.expect('uppercase_runtime_exc', create({ Runtime: 'PYTHON3.9' }))
    await it.expect('multiple_architectures', create({ Architectures: ['x86_64', 'arm64'] }))
    await it.expect('uppercase_architecture', create({ Architectures: ['X86_64'] }))
    const ZipFile = Buffer.from('this is not a zipfile, just a random string')
    await it.expect('invalid_zip_exc', create({ Code: { ZipFile } }))
  })

  test('what UpdateFunctionConfiguration refuses', async () => {
    const it = replay(file, 'TestLambdaFunction::test_update_lambda_exceptions')
    await it.lambda.send(new CreateFunctionCommand(await functionInput('fn')))
    const update = (more: object) =>
      it.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'fn', ...more }))
    await it.expect('invalid_role_arn_exc', update({ Role: 'r1' }))
    await it.expect('invalid_runtime_exc', update({ Runtime: 'non-existent-runtime' as never }))
    await it.expect('uppercase_runtime_exc', update({ Runtime: 'PYTHON3.9' as never }))
  })

  test('names and ARNs that CreateFunction takes and refuses', async () => {
    const it = replay(file, 'TestLambdaFunction::test_function_arns')
    const create = async (name: string, code = 'one') =>
      await it.lambda.send(
        new CreateFunctionCommand(
          await functionInput(name, { Code: { ZipFile: await zipOf({ 'handler.py': code }) } }),
        ),
      )
    const arn = `arn:aws:lambda:us-east-1:${recordedAccount}:function`
    // The recorded test keeps what its fixture made, the function's answer among it.
    const inFixture = async (name: string, call: Promise<object>) => {
      const recorded = it.recorded[name] as { CreateFunctionResponse: object }
      it.recorded[name] = recorded.CreateFunctionResponse
      await it.expect(name, call)
      it.recorded[name] = recorded
    }
    await inFixture('create-function-arn-response', create(`${arn}:one`))
    await inFixture(
      'create-function-partial-arn-response',
      create(`${recordedAccount}:function:two`, 'two'),
    )
    await it.expect('invalid_function_name_exc', create('invalid:function:name'))
    await it.expect('long_function_name_exc', create('a'.repeat(65)))
    await it.expect(
      'function_arn_other_region_exc',
      create(`${arn.replace('us-east-1', 'ap-southeast-1')}:f`),
    )
    // The recording shows `null` for the message that is not there, the SDK a word of its own.
    await it.expect(
      'function_arn_other_account_exc',
      create(`${arn.replace(recordedAccount, '222222222222')}:f`),
      ['Error.Message'],
    )
  })

  test('a name that Invoke cannot read', async () => {
    const it = replay(file, 'TestLambdaFunction::test_invalid_invoke')
    const FunctionName = 'arn:aws:lambda:us-east-1:123400000000@function:myfn'
    await it.expect(
      'invoke_function_name_pattern_exc',
      it.lambda.send(new InvokeCommand({ FunctionName })),
    )
  })

  test('an update during an update', async () => {
    const it = replay(file, 'TestLambdaFunction::test_lambda_concurrent_code_updates')
    const made = it.lambda.send(
      new CreateFunctionCommand(await plainInput('fn', { Handler: 'handler.handler' })),
    )
    await it.expect('create-function-response', made)
    await it.cloud.advance({ seconds: 1 })
    const update = async (code: string) =>
      await it.lambda.send(
        new UpdateFunctionCodeCommand({
          FunctionName: 'fn',
          ZipFile: await zipOf({ 'handler.py': code }),
        }),
      )
    await update('one')
    await it.expect('update-during-in-progress-update-exc', update('two'))
  })

  for (const runtime of ['dotnetcore3.1', 'provided', 'ruby2.7', 'nodejs14.x', 'nodejs12.x']) {
    test(`the runtime ${runtime} is no longer supported`, async () => {
      const it = replay(
        file,
        `TestRuntimeValidation::test_create_deprecated_function_runtime_with_validation_enabled[${runtime}]`,
      )
      const input = await functionInput('fn', { Runtime: runtime as never })
      await it.expect('deprecation_error', it.lambda.send(new CreateFunctionCommand(input)))
    })
  }

  test('SnapStart takes two values', async () => {
    const it = replay(file, 'TestLambdaSnapStart::test_snapstart_exceptions')
    const SnapStart = { ApplyOn: 'invalidOption' as never }
    const made = it.lambda.send(new CreateFunctionCommand(await functionInput('fn', { SnapStart })))
    await it.expect('create_function_invalid_snapstart_apply', made)
  })

  test('the recursion configuration', async () => {
    const allow = replay(file, 'TestLambdaRecursion::test_put_function_recursion_config_allow')
    await allow.lambda.send(new CreateFunctionCommand(await functionInput('fn')))
    const put = (RecursiveLoop: string) =>
      allow.lambda.send(
        new PutFunctionRecursionConfigCommand({
          FunctionName: 'fn',
          RecursiveLoop: RecursiveLoop as never,
        }),
      )
    const get = () =>
      allow.lambda.send(new GetFunctionRecursionConfigCommand({ FunctionName: 'fn' }))
    const usual = replay(
      file,
      'TestLambdaRecursion::test_put_function_recursion_config_default_terminate',
    )
    await usual.expect('get_recursion_default_terminate_response', get())
    await allow.expect('put_recursion_config_response', put('Allow'))
    await allow.expect('get_recursion_config_response', get())
    const other = replay(
      file,
      'TestLambdaRecursion::test_put_function_recursion_config_invalid_value',
    )
    await other.expect('put_recursion_invalid_value_error', put('InvalidValue'))
  })
})

describe.skipIf(!recordingsPresent)('sizes as recorded', () => {
  test('environment variables beyond four kilobytes', async () => {
    const one = replay(file, 'TestLambdaSizeLimits::test_large_environment_variables_fails')
    const create = async (it: typeof one, Variables: Record<string, string>) =>
      await it.lambda.send(
        new CreateFunctionCommand(await functionInput('fn', { Environment: { Variables } })),
      )
    const measured = (it: typeof one, name: string): Record<string, string> => {
      const { Error: error } = it.recorded[name] as { Error: { Message: string } }
      return JSON.parse(error.Message.split('String measured: ')[1] ?? '{}') as Record<
        string,
        string
      >
    }
    await one.expect(
      'failed_create_fn_result',
      create(one, measured(one, 'failed_create_fn_result')),
    )
    const more = replay(file, 'TestLambdaSizeLimits::test_large_environment_fails_multiple_keys')
    const name = 'failured_create_fn_result_multi_key'
    await more.expect(name, create(more, measured(more, name)))
  })

  test('environment variables of nearly four kilobytes', async () => {
    const it = replay(file, 'TestLambdaSizeLimits::test_lambda_envvars_near_limit_succeeds')
    const { CreateFunctionResponse: recorded } = it.recorded['successful_create_fn_result'] as {
      CreateFunctionResponse: { Environment: { Variables: Record<string, string> } }
    }
    it.recorded['successful_create_fn_result'] = recorded
    const { Environment } = recorded
    const made = it.lambda.send(
      new CreateFunctionCommand(await functionInput('fn', { Environment })),
    )
    await it.expect('successful_create_fn_result', made)
  })

  test('packages that are too large', async () => {
    const request = replay(file, 'TestLambdaSizeLimits::test_oversized_request_create_lambda')
    const create = async (it: typeof request, ZipFile: Uint8Array) =>
      await it.lambda.send(
        new CreateFunctionCommand(await functionInput('fn', { Code: { ZipFile } })),
      )
    await request.expect('invalid_param_exc', create(request, new Uint8Array(53_000_000)))
    const unzipped = replay(file, 'TestLambdaSizeLimits::test_oversized_unzipped_lambda')
    await unzipped.expect(
      'invalid_param_exc',
      create(unzipped, await zipOf({ 'big.txt': 'a'.repeat(262_144_001) })),
    )
  }, 30_000)
})

describe.skipIf(!recordingsPresent)('logging as recorded', () => {
  const logging = async (name: string, LoggingConfig: object | undefined, change: object) => {
    const it = replay(file, `TestLoggingConfig::${name}`)
    const created = it.recorded['create_response'] as { CreateFunctionResponse: object }
    it.recorded['create_response'] = created.CreateFunctionResponse
    const input = await functionInput('fn', {
      Timeout: 5,
      MemorySize: 256,
      ...(LoggingConfig === undefined ? {} : { LoggingConfig }),
    })
    await it.expect('create_response', it.lambda.send(new CreateFunctionCommand(input)))
    await it.cloud.advance({ seconds: 1 })
    const FunctionName = 'fn'
    await it.expect(
      'get_function_response',
      it.lambda.send(new GetFunctionCommand({ FunctionName })),
    )
    const config = () => it.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
    await it.expect('function_config', config())
    await it.expect(
      'updated_config',
      it.lambda.send(
        new UpdateFunctionConfigurationCommand({ FunctionName, LoggingConfig: change }),
      ),
    )
    await it.cloud.advance({ seconds: 1 })
    await it.expect('received_config', config())
  }

  test('a function that logs in JSON', async () => {
    await logging(
      'test_function_advanced_logging_configuration',
      { LogFormat: 'JSON' },
      { LogGroup: 'cool_lambda' },
    )
  })

  const partial = 'test_function_partial_advanced_logging_configuration_update'
  for (const [name, change] of [
    ['partial_config0', { LogFormat: 'JSON' }],
    ['partial_config1', { LogFormat: 'JSON', ApplicationLogLevel: 'DEBUG' }],
    ['partial_config3', { LogGroup: 'cool_lambda' }],
  ] as const) {
    test(`a change of some of the settings: ${name}`, async () => {
      await logging(`${partial}[${name}]`, undefined, change)
    })
  }
})
