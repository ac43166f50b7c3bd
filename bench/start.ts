/**
 * How long `orrery start` takes from a cold process to its first answered call, and what it holds when nothing
 * happens. Run: node bench/start.ts, compiled.
 */
import { execFileSync } from 'node:child_process'
import { signRequest } from '@cloud-orrery/protocols'
import { administratorCredentials, defaultAccountId } from '@cloud-orrery/services'
import { child, orreryMain } from './processes/children.ts'
import { median, printTable } from './table.ts'

const targetMs = 400
const targetMegabytes = 120
const runs = 9
const idleMs = 2_000

const credentials = administratorCredentials(defaultAccountId)

async function firstCall(url: string): Promise<void> {
  const { headers, body } = signRequest(
    {
      method: 'POST',
      path: '/',
      query: '',
      headers: {
        host: new URL(url).host,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: Buffer.from('Action=GetCallerIdentity&Version=2011-06-15'),
    },
    { credentials, region: 'us-east-1', service: 'sts', nowMs: Date.now() },
  )
  const response = await fetch(`${url}/`, { method: 'POST', headers, body: Buffer.from(body) })
  if (response.status !== 200) throw new Error(`The first call was refused: ${response.status}`)
}

/** Resident memory of a process, in MB. */
function residentMegabytes(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]).toString()) / 1024
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

await import('node:https') // `fetch` of the bench itself is warm.
const startMs: number[] = []
const nodeMs: number[] = []
const megabytes: number[] = []
for (let run = 0; run < runs; run += 1) {
  nodeMs.push(
    await timed(async () => {
      const node = child(process.execPath, ['-e', 'console.log(1)'])
      await node.line()
      await node.end()
    }),
  )
  let orrery: ReturnType<typeof child> | undefined
  startMs.push(
    await timed(async () => {
      orrery = child(process.execPath, [orreryMain, 'start', '--port', '0', '--json'])
      const { url } = JSON.parse(await orrery.line()) as { url: string }
      await firstCall(url)
    }),
  )
  if (run < 3) {
    await new Promise((resolve) => setTimeout(resolve, idleMs))
    megabytes.push(residentMegabytes(orrery?.process.pid ?? 0))
  }
  await orrery?.end()
}

const [ms, nodeOwnMs, mb] = [median(startMs), median(nodeMs), median(megabytes)]
printTable('A server', [
  {
    what: '`orrery start` to first answered call, cold',
    value: `${ms.toFixed(0)} ms (Node alone takes ${nodeOwnMs.toFixed(0)} ms)`,
    target: `<= ${targetMs} ms`,
    ok: ms <= targetMs,
  },
  {
    what: 'resident memory when idle',
    value: `${mb.toFixed(0)} MB`,
    target: `<= ${targetMegabytes} MB`,
    ok: mb <= targetMegabytes,
  },
])
