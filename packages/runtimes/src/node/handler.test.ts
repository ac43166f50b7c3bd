import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { functionOf, outcomeOf, returned } from './code.test-support.ts'
import { nodeRuntime } from './index.ts'

type Options = Parameters<typeof outcomeOf>[1]

/** Type and message of the error that a function ends with. */
async function errorOf(files: Parameters<typeof outcomeOf>[0], options?: Options) {
  const { end, alive } = await outcomeOf(files, options)
  if (end.kind !== 'failed' && end.kind !== 'initFailed') throw new Error(`It ${end.kind}`)
  const { errorType, errorMessage } = end.error
  return [end.kind, errorType, errorMessage, alive]
}

describe('a handler that cannot be loaded', () => {
  test.each([
    [
      'its module is missing',
      { 'other.js': '' },
      'Runtime.ImportModuleError',
      "Error: Cannot find module 'index'\nRequire stack:\n- /var/runtime/index.mjs",
    ],
    [
      'it requires a file that is missing',
      { 'index.js': `require('./lib/a')`, 'lib/a.js': `require('../nope')` },
      'Runtime.ImportModuleError',
      "Error: Cannot find module '../nope'\nRequire stack:\n- /var/task/lib/a.js\n- /var/task/index.js\n- /var/runtime/index.mjs",
    ],
    [
      'it imports a package that is missing',
      { 'index.mjs': `import 'left-pad-x'` },
      'Error',
      "Cannot find package 'left-pad-x' imported from /var/task/index.mjs",
    ],
    [
      'it does not parse',
      { 'index.js': 'exports.handler = (=>' },
      'Runtime.UserCodeSyntaxError',
      "SyntaxError: Unexpected token '=>'",
    ],
    [
      'it is an ES module that does not say so',
      { 'index.js': `import 'node:fs'` },
      'Runtime.UserCodeSyntaxError',
      'SyntaxError: Cannot use import statement outside a module',
    ],
    [
      'it is not exported',
      { 'index.js': 'exports.other = 1' },
      'Runtime.HandlerNotFound',
      'index.handler is undefined or not exported',
    ],
    [
      'it is no function',
      { 'index.js': 'exports.handler = 1' },
      'Runtime.HandlerNotFound',
      'index.handler is not a function',
    ],
    ['its module throws', { 'index.js': `throw new RangeError('boom')` }, 'RangeError', 'boom'],
  ])('because %s fails the init phase', async (_, files, type, message) => {
    expect(await errorOf(files)).toEqual(['initFailed', type, message, false])
  })

  test('because of its name fails the init phase', async () => {
    expect(await errorOf('', { handler: 'index' })).toEqual([
      'initFailed',
      'Runtime.MalformedHandlerName',
      'Bad handler',
      false,
    ])
    expect(await errorOf('', { handler: '../index.handler' })).toEqual([
      'initFailed',
      'Runtime.MalformedHandlerName',
      "'../index.handler' is not a valid handler name. Use absolute paths when specifying root directories in handler names.",
      false,
    ])
  })

  test('prints what it was', async () => {
    const { logs } = await outcomeOf('', { handler: 'index.nope' })
    const [line] = logs
    const head =
      '2026-01-01T00:00:00.000Z\tundefined\tERROR\tUncaught Exception \t{"errorType":"Runtime.HandlerNotFound","errorMessage":"index.nope is undefined or not exported","stack":["Runtime.HandlerNotFound: index.nope is undefined or not exported",'
    expect(line?.text.slice(0, head.length)).toBe(head)
  })
})

describe('modules', () => {
  test('are found in the package, in layers, and by what their package says', async () => {
    const handler = `
      const one = require('one')
      const { two } = require('two')
      exports.handler = async () => [one, two, require('./data.json').x, __filename, require.resolve('one'), (await import('./three.mjs')).three]`
    const files = {
      'index.js': handler,
      'data.json': '{"x":1}',
      'three.mjs': `import one, { named } from 'one'; export const three = [one.name, named, import.meta.filename]`,
      'node_modules/one/package.json': '{"exports":"./lib/main.js"}',
      'node_modules/one/lib/main.js': `exports.name = 'one'; exports.named = __dirname`,
    }
    const layer = {
      'nodejs/node_modules/two/package.json': '{"type":"module","main":"main.cjs"}',
      'nodejs/node_modules/two/main.cjs': `exports.two = __filename`,
    }
    const { end } = await outcomeOf(files, { layers: [layer] })
    const one = '/var/task/node_modules/one/lib'
    expect(end).toEqual(
      returned([
        { name: 'one', named: one },
        '/opt/nodejs/node_modules/two/main.cjs',
        1,
        '/var/task/index.js',
        `${one}/main.js`,
        ['one', one, '/var/task/three.mjs'],
      ]),
    )
  })

  test('that are ES modules can be required from Node.js 24 on', async () => {
    const files = {
      'index.js': `exports.handler = async () => require('./a.mjs').a`,
      'a.mjs': 'export const a = 1',
    }
    expect((await outcomeOf(files, { runtime: 'nodejs24.x' })).end).toEqual(returned(1))
    expect(await errorOf(files)).toEqual([
      'failed',
      'Error',
      'require() of ES Module /var/task/a.mjs not supported.\nInstead change the require of a.mjs to a dynamic import() which is available in all CommonJS modules.',
      true,
    ])
  })

  test('are told by their syntax from Node.js 24 on, and keep their sources apart', async () => {
    const runtime = 'nodejs24.x'
    const esm = `import { format } from 'node:util'
      export const handler = async () => format('%d', 1)`
    expect((await outcomeOf(esm, { runtime })).end).toEqual(returned('1'))
    // What V8 compiled of a package is kept, and this one has the path of the one before.
    const cjs = `const loader = require('node:module')
      const { status } = loader.enableCompileCache('/tmp/compiled')
      exports.handler = async () =>
        [status === loader.constants.compileCacheStatus.DISABLED, loader.getCompileCacheDir() ?? null]`
    await using own = await functionOf(cjs, { runtime })
    for (const _ of [1, 2]) expect((await own.invoke()).end).toEqual(returned([true, null]))
    expect((await outcomeOf(cjs, { runtime })).end).toEqual(returned([true, null]))
  })
})

describe('an answer', () => {
  test.each([
    ['by callback', 'exports.handler = (e, c, callback) => setTimeout(callback, 9, null, 1)', 1],
    ['by context.succeed', `exports.handler = (e, context) => context.succeed('yes')`, 'yes'],
    ['by a thenable', 'exports.handler = () => ({ then: (resolve) => resolve(2) })', 2],
    ['of a handler that returns without one', 'exports.handler = () => 5', null],
    ['of a handler that returns nothing', 'exports.handler = async () => {}', null],
    ['of a promise that never settles', 'exports.handler = () => new Promise(() => {})', null],
  ])('%s is taken', async (_, code, value) => {
    expect((await outcomeOf(code)).end).toEqual(returned(value))
  })

  test('waits for the event loop after a callback, unless the handler says otherwise', async () => {
    const code = (wait: boolean) => `exports.handler = (event, context, callback) => {
      context.callbackWaitsForEmptyEventLoop = ${wait}
      let late = false
      callback(null, { toJSON: () => late })
      setTimeout(() => { late = true }, 1000)
    }`
    expect((await outcomeOf(code(true))).end).toEqual(returned(true))
    expect((await outcomeOf(code(false))).end).toEqual(returned(false))
  })

  test('is what the handler returns, from Node.js 24 on', async () => {
    const { end } = await outcomeOf('exports.handler = () => 5', { runtime: 'nodejs24.x' })
    expect(end).toEqual(returned(5))
  })

  test('by callback is refused from Node.js 24 on', async () => {
    const code = 'exports.handler = (event, context, callback) => callback()'
    expect(await errorOf(code, { runtime: 'nodejs24.x' })).toEqual([
      'initFailed',
      'Runtime.CallbackHandlerDeprecated',
      'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.',
      false,
    ])
  })
})

describe('a failure', () => {
  test.each([
    ['an error of its own kind', `const e = new TypeError('boom'); throw e`, 'TypeError', 'boom'],
    ['a text', `throw 'boom'`, 'string', 'boom'],
    [
      'a circular answer',
      'const a = {}; a.a = a; return a',
      'Error',
      'Unable to stringify response body',
    ],
    ['a big integer', 'return 1n', 'Error', 'Unable to stringify response body'],
  ])('by %s leaves the environment alive', async (_, body, type, message) => {
    const code = `exports.handler = async () => { ${body} }`
    expect(await errorOf(code)).toEqual(['failed', type, message, true])
  })

  test.each([
    [
      'a rejection that nobody handles',
      `Promise.reject(new Error('lost')); await new Promise((resolve) => setTimeout(resolve, 10))`,
      'Runtime.UnhandledPromiseRejection',
      'Error: lost',
    ],
    [
      'an exception that nobody catches',
      `setTimeout(() => { throw new Error('late') }, 5); await new Promise((resolve) => setTimeout(resolve, 10))`,
      'Error',
      'late',
    ],
  ])('by %s ends the environment', async (_, body, type, message) => {
    const code = `exports.handler = async () => { ${body} }`
    expect(await errorOf(code)).toEqual(['failed', type, message, false])
  })

  test('by awaiting what never comes is told from an answer', async () => {
    const code = 'exports.handler = async () => { await new Promise(() => {}) }'
    expect((await errorOf(code))[1]).toBe('Runtime.NodeJsExit')
  })

  test('has its stack with paths as on AWS', async () => {
    const code = `exports.handler = async () => { fail() }\nfunction fail() { throw new Error('x') }`
    const { end } = await outcomeOf(code)
    const trace = end.kind === 'failed' ? end.error.trace : undefined
    expect(trace?.slice(0, 3)).toEqual([
      'Error: x',
      '    at fail (/var/task/index.js:2:25)',
      '    at exports.handler (/var/task/index.js:1:33)',
    ])
  })
})

describe('a streamed answer', () => {
  test('has its chunks with their moments, and a prelude for HTTP', async () => {
    const { end } =
      await outcomeOf(`exports.handler = awslambda.streamifyResponse(async (event, stream) => {
      const http = awslambda.HttpResponseStream.from(stream, { statusCode: 201 })
      http.write('a')
      await new Promise((resolve) => setTimeout(resolve, 50))
      http.end('b')
    })`)
    const chunk = (text: string, afterMs = 0) => ({
      atMs: Date.UTC(2026, 0, 1) + afterMs,
      base64: Buffer.from(text).toString('base64'),
    })
    expect(end).toEqual({
      kind: 'streamed',
      contentType: 'application/vnd.awslambda.http-integration-response',
      chunks: [chunk('{"statusCode":201}'), chunk('\0'.repeat(8)), chunk('a'), chunk('b', 50)],
    })
  })

  test('that breaks off says how', async () => {
    const { end } =
      await outcomeOf(`exports.handler = awslambda.streamifyResponse(async (event, stream) => {
      stream.setContentType('text/plain')
      stream.write('a')
      throw new TypeError('mid')
    })`)
    expect(end).toMatchObject({
      kind: 'streamed',
      contentType: 'text/plain',
      error: { errorType: 'TypeError', errorMessage: 'mid' },
    })
  })
})

test('provisioned environments run their init phase ahead of the first event', async () => {
  await using code = await functionOf(`console.log('init'); exports.handler = async () => 1`)
  const ahead = await code.start()
  const first = await code.invoke()
  expect([ahead.end, ahead.started, ahead.logs.length, first.started, first.end]).toEqual([
    { kind: 'returned', payload: 'null' },
    true,
    1,
    false,
    returned(1),
  ])
})

describe('NODE_OPTIONS', () => {
  test('loads modules ahead of the handler', async () => {
    const files = {
      'index.js': 'exports.handler = async () => globalThis.seen',
      'a.js': `globalThis.seen = ['a']`,
      'b.mjs': `globalThis.seen.push('b')`,
    }
    const NODE_OPTIONS = '--require ./a.js --import=./b.mjs --inspect'
    const { end, logs } = await outcomeOf(files, { variables: { NODE_OPTIONS } })
    expect([end, logs.map(({ text }) => text)]).toEqual([
      returned(['a', 'b']),
      ['[orrery] NODE_OPTIONS: --inspect is not modelled.'],
    ])
  })

  test('shows stacks of the sources where it says so', async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: `interface Nothing { x: 1 }\n\nexport const handler = async () => {\n  throw new Error('x')\n}`,
        loader: 'ts',
        sourcefile: 'src/app.ts',
      },
      format: 'cjs',
      write: false,
      sourcemap: 'linked',
      outfile: '/index.js',
    })
    const files = Object.fromEntries(
      outputFiles.map(({ path, text }) => [path.replace(/^\//, ''), text]),
    )
    const NODE_OPTIONS = '--enable-source-maps'
    const { end } = await outcomeOf(files, { variables: { NODE_OPTIONS } })
    const trace = end.kind === 'failed' ? end.error.trace : []
    expect(trace?.[1]).toContain('(/var/task/src/app.ts:4:9)')
  })
})

test('a wrapper script is refused by name', () => {
  expect(() =>
    nodeRuntime.start({
      id: 'e',
      runtime: 'nodejs22.x',
      handler: 'index.handler',
      code: { sha256: '', sizeBytes: 0 },
      layers: [],
      variables: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrap' },
      memoryMb: 128,
      storageMb: 512,
      initTimeoutMs: 10_000,
      seed: 1,
    }),
  ).toThrow('Wrapper scripts (AWS_LAMBDA_EXEC_WRAPPER) of Node functions are not modelled.')
})
