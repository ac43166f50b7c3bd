import { describe, expect, test } from 'vitest'
import { functionOf, outcomeOf, returned } from './code.test-support.ts'

async function answerOf(body: string, options?: Parameters<typeof outcomeOf>[1]) {
  const files = {
    'index.js': `const fs = require('node:fs')\nexports.handler = async () => { ${body} }`,
    'data/a.txt': 'a',
    'data/b.txt': 'b',
  }
  const { end } = await outcomeOf(files, options)
  return end.kind === 'returned' ? JSON.parse(end.payload) : end
}

describe('the file system', () => {
  test('has the package, layers and a folder to write to, as on AWS', async () => {
    const body = `
      fs.writeFileSync('/tmp/x.txt', 'x')
      await fs.promises.appendFile('/tmp/x.txt', 'y')
      await new Promise((resolve, reject) => fs.createReadStream('/tmp/x.txt').pipe(fs.createWriteStream('/tmp/z.txt')).on('finish', resolve).on('error', reject))
      return [
        process.cwd(), __dirname, fs.readdirSync('.'), fs.readFileSync('data/a.txt', 'utf8'),
        fs.readdirSync('/var/task/data', { withFileTypes: true }).map(({ name, parentPath }) => parentPath + ' ' + name),
        fs.readFileSync('/opt/layer.txt', 'utf8'), fs.readFileSync('/tmp/z.txt', 'utf8'),
        fs.realpathSync('data'), fs.mkdtempSync('/tmp/d-').slice(0, 7), fs.existsSync('/var/task/nope'),
        await new Promise((resolve) => fs.readFile(new URL('file:///var/task/data/b.txt'), 'utf8', (error, text) => resolve(text))),
      ]`
    expect(await answerOf(body, { layers: [{ 'layer.txt': 'layer' }] })).toEqual([
      ...['/var/task', '/var/task', ['data', 'index.js'], 'a'],
      ['/var/task/data a.txt', '/var/task/data b.txt'],
      ...['layer', 'xy', '/var/task/data', '/tmp/d-', false, 'b'],
    ])
  })

  test.each([
    ['writeFileSync', `fs.writeFileSync('/var/task/x', '')`, 'open', '/var/task/x'],
    ['a promise', `await fs.promises.mkdir('/opt/x')`, 'mkdir', '/opt/x'],
    [
      'a stream',
      `await new Promise((_, reject) => fs.createWriteStream('/home/x').on('error', reject))`,
      'open',
      '/home/x',
    ],
    [
      'a callback',
      `await new Promise((_, reject) => fs.unlink('index.js', reject))`,
      'unlink',
      'index.js',
    ],
  ])('is read-only outside /tmp: %s', async (_, body, syscall, path) => {
    const value = await answerOf(
      `try { ${body} } catch (error) { return [error.code, error.message] }`,
    )
    expect(value).toEqual(['EROFS', `EROFS: read-only file system, ${syscall} '${path}'`])
  })

  test('names in its errors the paths that the code knows', async () => {
    const value = await answerOf(`
      const failed = (run) => { try { run() } catch ({ code, message, path }) { return [code, message, path] } }
      return [
        failed(() => fs.readFileSync('/var/task/nope')),
        failed(() => fs.readdirSync('/tmp/nope')),
        await fs.promises.stat('nope').catch(({ message }) => message),
      ]`)
    expect(value).toEqual([
      ['ENOENT', "ENOENT: no such file or directory, open '/var/task/nope'", '/var/task/nope'],
      ['ENOENT', "ENOENT: no such file or directory, scandir '/tmp/nope'", '/tmp/nope'],
      "ENOENT: no such file or directory, stat '/var/task/nope'",
    ])
  })

  test('keeps /tmp from one invocation to the next, for one environment', async () => {
    const code = `
      const fs = require('node:fs')
      exports.handler = async () => { fs.appendFileSync('/tmp/count', 'x'); return fs.readFileSync('/tmp/count', 'utf8') }`
    await using one = await functionOf(code)
    await using other = await functionOf(code)
    const ends = [(await one.invoke()).end, (await one.invoke()).end, (await other.invoke()).end]
    expect(ends).toEqual([returned('x'), returned('xx'), returned('x')])
  })
})

describe('the environment', () => {
  test('has the function’s variables and AWS’s, and nothing of this machine', async () => {
    const value = await answerOf(`return process.env`, {
      variables: { MINE: '1' },
      runtime: 'nodejs20.x',
    })
    expect(value).toEqual({
      MINE: '1',
      _HANDLER: 'index.handler',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_RUNTIME_API: '169.254.100.1:9001',
      LAMBDA_RUNTIME_DIR: '/var/runtime',
      LAMBDA_TASK_ROOT: '/var/task',
      LANG: 'en_US.UTF-8',
      LD_LIBRARY_PATH:
        '/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib',
      NODE_PATH:
        '/opt/nodejs/node20/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules:/var/runtime:/var/task',
      PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
      TZ: ':UTC',
    })
  })

  test('has the trace of the invocation', async () => {
    await using code = await functionOf(
      `exports.handler = async () => process.env._X_AMZN_TRACE_ID ?? 'none'`,
    )
    const first = await code.invoke({}, { traceId: 'Root=1-2-3' })
    const second = await code.invoke()
    expect([first.end, second.end]).toEqual([returned('Root=1-2-3'), returned('none')])
  })

  test('is a process of its own to the code', async () => {
    const body = `
      const { isMainThread, parentPort } = require('node:worker_threads')
      const refused = (run) => { try { run() } catch ({ code }) { return code } }
      return [process.pid, isMainThread, parentPort, process.execPath, refused(() => process.kill(1)), refused(() => process.setuid(0))]`
    expect(await answerOf(body)).toEqual([8, true, null, '/var/lang/bin/node', 'ESRCH', 'EPERM'])
  })
})

test('chance follows the seed', async () => {
  const body = `
    const crypto = require('node:crypto')
    return [
      Math.random(), crypto.randomUUID(), crypto.randomBytes(8).toString('hex'), crypto.randomInt(1e9),
      Buffer.from(globalThis.crypto.getRandomValues(new Uint8Array(4))).toString('hex'), globalThis.crypto.randomUUID(),
      await new Promise((resolve) => crypto.randomBytes(4, (error, bytes) => resolve(bytes.toString('hex')))),
    ]`
  const [one, same, other] = [
    await answerOf(body, { seed: 7 }),
    await answerOf(body, { seed: 7 }),
    await answerOf(body, { seed: 8 }),
  ]
  expect(one).toEqual(same)
  expect(one).not.toEqual(other)
  expect(one[1]).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
})
