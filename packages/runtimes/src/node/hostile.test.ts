import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { outcomeOf, returned } from './code.test-support.ts'
import { workerMessage } from './worker-message.ts'

/** How a handler of these lines ends. */
async function endOf(body: string) {
  return (await outcomeOf(`exports.handler = async () => { ${body} }`)).end
}

/** Lines that return the code of the error that these lines throw. */
const codeOf = (lines: string) =>
  endOf(`try { ${lines}; return 'done' } catch (error) { return error.code ?? error.message }`)

describe('the simulator’s own process', () => {
  test.each([
    ['variables, by its folder', `require('node:fs').readFileSync('/proc/self/environ')`],
    [
      'variables, by a link',
      `const fs = require('node:fs')
      fs.symlinkSync('/proc/self', '/tmp/link')
      fs.readFileSync('/tmp/link/environ')`,
    ],
    ['memory', `require('node:fs').openSync('/proc/self/task/../mem')`],
  ])('does not show its %s', async (_, lines) => {
    expect(await codeOf(lines)).toEqual(returned('EACCES'))
  })

  test.each([
    ['process.report.getReport()'],
    [`require('node:inspector').open(0)`],
    [`new (require('node:inspector').Session)().connectToMainThread()`],
    [`require('node:v8').setFlagsFromString('--stack-size=900000')`],
    [`require('node:v8').writeHeapSnapshot()`],
  ])('is out of reach by %s', async (lines) => {
    expect(await codeOf(lines)).toEqual(returned('ERR_NOT_MODELLED'))
  })

  test('gets no signal, and no process by Node’s own bindings', async () => {
    const pid = `Number(require('node:fs').readlinkSync('/proc/self'))`
    expect(await codeOf(`process._kill(${pid}, 0)`)).toEqual(returned('ESRCH'))
    expect(await codeOf(`process.binding('process_wrap')`)).toEqual(
      returned('No such module: process_wrap'),
    )
  })
})

test('the machine beneath shows no figures of its own: each run would get others', async () => {
  const end = await endOf(`
    const os = require('node:os')
    await new Promise((resolve) => setTimeout(resolve, 1000))
    return [os.uptime(), os.loadavg(), os.freemem() <= os.totalmem(), os.getPriority()]`)
  expect(end).toEqual(returned([1, [0, 0, 0], true, 0]))
})

describe('the thread', () => {
  test('keeps its port to its host to itself', async () => {
    const end = await endOf(`
      const worker = require('node:worker_threads')
      const seen = []
      const { postMessage } = worker.MessagePort.prototype
      worker.MessagePort.prototype.postMessage = function (...args) {
        seen.push(this)
        return Reflect.apply(postMessage, this, args)
      }
      worker.receiveMessageOnPort = (port) => seen.push(port)
      require('node:module').syncBuiltinESMExports()
      console.log('x')
      await new Promise((resolve) => setTimeout(resolve, 1))
      return [seen.length, process._getActiveHandles().length]`)
    expect(end).toEqual(returned([0, 0]))
  })
})

test.each([
  [null],
  [{ type: 'request', id: 1 }],
  [{ type: 'log', atMs: 0 }],
  [{ type: 'spin', untilMs: Number.NaN }],
  [{ type: 'child', pid: -1 }],
  [{ type: 'done', fatal: false, end: { kind: 'returned', payload: {} } }],
  [{ type: 'done', fatal: false, end: { kind: 'lost' } }],
])('no runtime sends %j', (message) => {
  expect(workerMessage(message)).toBe(undefined)
})

describe('files outside of /tmp', () => {
  const place = `${tmpdir()}/orrery-escaped`

  test.each([
    [
      'a path of bytes',
      `fs.writeFileSync(new Uint8Array(Buffer.from('/var/tmp/x')), 'x')`,
      'EROFS',
    ],
    [
      'a linked folder',
      `fs.symlinkSync('/var/tmp', '/tmp/link'); fs.writeFileSync('/tmp/link/x', 'x')`,
      'EROFS',
    ],
    [
      'a link that leads to nothing yet',
      `fs.symlinkSync('/var/tmp/x', '/tmp/link'); fs.writeFileSync('/tmp/link', 'x')`,
      'EROFS',
    ],
    ['a second name', `fs.linkSync('/etc/hostname', '/tmp/name')`, 'EXDEV'],
  ])('are not changed by %s', async (_, lines, code) => {
    expect(await codeOf(`const fs = require('node:fs'); ${lines}`)).toEqual(returned(code))
  })

  test('are not what a link inside of /tmp leads to', async () => {
    const end = await endOf(`
      const fs = require('node:fs')
      fs.mkdirSync('/tmp/orrery-escaped')
      fs.symlinkSync('/tmp/orrery-escaped', '/tmp/link')
      fs.writeFileSync('/tmp/link/x', 'here')
      fs.symlinkSync('x', '/tmp/orrery-escaped/y')
      const read = fs.readFileSync('/tmp/orrery-escaped/y', 'utf8')
      const led = fs.readlinkSync('/tmp/link')
      fs.unlinkSync('/tmp/link')
      return [read, led, fs.readdirSync('/tmp')]`)
    expect([end, existsSync(place)]).toEqual([
      returned(['here', '/tmp/orrery-escaped', ['orrery-escaped']]),
      false,
    ])
  })
})
