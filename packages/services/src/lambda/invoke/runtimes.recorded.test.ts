import { spawnSync } from 'node:child_process'
import { CreateFunctionCommand, InvokeCommand, type Runtime } from '@aws-sdk/client-lambda'
import { describe, test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { type TestContext, zipOf } from '../functions.test-support.ts'
import { functionInput, type Replay, replay } from '../recorded.test-support.ts'

const file = 'test_lambda_common'
const FunctionName = 'fn'
const hasPython = spawnSync('python3', ['--version']).status === 0

/** What the recorded tests' packages name, by the family of the runtime. */
function handlerOf(runtime: string): string {
  const family = runtime.replace(/[\d.].*$/, '')
  const handlers: Record<string, string> = {
    python: 'handler.handler',
    nodejs: 'index.handler',
    java: 'echo.Handler',
    dotnet: 'dotnet::Dotnet.Function::FunctionHandler',
  }
  return handlers[family] ?? 'function.handler'
}

async function create({ lambda, cloud, expect }: Replay, runtime: string, more: object = {}) {
  const { Environment, Timeout, ...input } = await functionInput(FunctionName)
  void [Environment, Timeout]
  const made = new CreateFunctionCommand({
    ...input,
    Runtime: runtime as Runtime,
    Handler: handlerOf(runtime),
    MemorySize: 1024,
    ...more,
  })
  await expect('create_function_result', lambda.send(made))
  await cloud.advance({ seconds: 1 })
}

const invoke = ({ lambda }: Replay, more: object = {}) =>
  lambda.send(new InvokeCommand({ FunctionName, Payload: '{}', ...more }))

/** Variables that the runtime's own start gives, not the service: paths of its image and of its language. */
const ofTheImage = new Set([
  'AWS_ACCESS_KEY', // Java 11 repeats the two halves of the key.
  'AWS_SECRET_KEY',
  'AWS_LAMBDA_RUNTIME_API',
  'DOTNET_ROOT',
  'GEM_HOME',
  'GEM_PATH',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_RUNTIME_NAME',
  'LAMBDA_TASK_ROOT',
  'LC_CTYPE',
  'LD_LIBRARY_PATH',
  'NODE_EXTRA_CA_CERTS',
  'NODE_PATH',
  'PATH',
  'PWD',
  'PYTHONPATH',
  'RUBYLIB',
  'SHLVL',
  'SSL_CERT_FILE',
  '_LAMBDA_TELEMETRY_LOG_FD',
  '_X_AMZN_TRACE_ID',
])

describe.skipIf(!recordingsPresent)('what the service hands to each runtime, as recorded', () => {
  for (const runtime of [
    'python3.8',
    'python3.10',
    'python3.11',
    'python3.12',
    'python3.14',
    'nodejs16.x',
    'nodejs18.x',
    'nodejs20.x',
    'java11',
    'java17',
    'java25',
    'dotnet8',
    'dotnet10',
    'ruby3.2',
    'ruby3.3',
    'provided.al2023',
  ]) {
    test(runtime, async () => {
      const seen: TestContext[] = []
      const name = `TestLambdaRuntimesCommon::test_introspection_invoke[${runtime}]`
      const it = replay(file, name, {
        [handlerOf(runtime)]: (_event: unknown, context) => void seen.push(context),
      })
      await create(it, runtime, { Environment: { Variables: { TEST_KEY: 'TEST_VAL' } } })
      await invoke(it)
      await invoke(it, { Qualifier: '$LATEST' })
      for (const [i, step] of ['payload', 'payload_qualified'].entries()) {
        const context = seen[i]
        if (context === undefined) throw new Error('not invoked')
        const key = `invocation_result_${step}`
        it.recorded[key] = withoutImage(it.recorded[key])
        it.expectValue(key, told(context))
      }
    })
  }
})

/** The members that a runtime's `context` has from the service, and the variables. */
function told({ environment: { variables }, invocation }: TestContext) {
  return {
    ctx: {
      aws_request_id: invocation.requestId,
      function_name: variables['AWS_LAMBDA_FUNCTION_NAME'],
      function_version: variables['AWS_LAMBDA_FUNCTION_VERSION'],
      invoked_function_arn: invocation.invokedFunctionArn,
      log_group_name: variables['AWS_LAMBDA_LOG_GROUP_NAME'],
      log_stream_name: variables['AWS_LAMBDA_LOG_STREAM_NAME'],
    },
    environment: variables,
  }
}

interface Introspection {
  ctx: Record<string, unknown>
  environment: Record<string, string>
}

/** Without what the language's runtime makes of it: its paths, its words for time and memory, its packages. */
function withoutImage(recorded: unknown): object {
  const { ctx, environment } = recorded as Introspection
  const { remaining_time_in_millis, deadline, memory_limit_in_mb, ...rest } = ctx
  void [remaining_time_in_millis, deadline, memory_limit_in_mb]
  const own = Object.entries(environment).filter(([key]) => !ofTheImage.has(key))
  return { ctx: rest, environment: Object.fromEntries(own) }
}

describe.skipIf(!recordingsPresent)('functions that are started by a wrapper, as recorded', () => {
  for (const runtime of [
    'python3.9',
    'python3.11',
    'python3.12',
    'python3.13',
    'nodejs16.x',
    'nodejs18.x',
    'nodejs24.x',
    'java8.al2',
    'java11',
    'java17',
    'java21',
    'ruby3.2',
    'ruby3.3',
    'ruby3.4',
    'dotnet8',
  ]) {
    // The recording holds no more than the function's creation.
    test(runtime, async () => {
      const it = replay(file, `TestLambdaRuntimesCommon::test_runtime_wrapper_invoke[${runtime}]`)
      const Variables = { AWS_LAMBDA_EXEC_WRAPPER: '/var/task/environment_wrapper' }
      await create(it, runtime, { Environment: { Variables } })
    })
  }
})

const failing = {
  python: {
    'handler.py': `def handler(event, context):
    raise Exception('Failed: ' + event['error_msg'])`,
  },
  nodejs: {
    'index.js': `exports.handler = async (event) => { throw new Error('Error: ' + event.error_msg) }`,
  },
}

describe.skipIf(!recordingsPresent)('exceptions that nothing catches, as recorded', () => {
  for (const runtime of ['python3.10', 'python3.11', 'python3.12', 'nodejs18.x', 'nodejs22.x']) {
    const family = runtime.startsWith('python') ? 'python' : 'nodejs'
    test.skipIf(family === 'python' && !hasPython)(runtime, async () => {
      const name = `TestLambdaRuntimesCommon::test_uncaught_exception_invoke[${runtime}]`
      const it = replay(file, name, 'real code')
      await create(it, runtime, { Code: { ZipFile: await zipOf(failing[family]) } })
      const Payload = JSON.stringify({ error_msg: 'some_error_msg' })
      // The stack is written as a list: the recording stands for it by one placeholder.
      const stack = family === 'python' ? 'Payload.stackTrace' : 'Payload.trace'
      await it.expect('error_result', invoke(it, { Payload }), [stack])
      it.cloud.close()
    })
  }
})
