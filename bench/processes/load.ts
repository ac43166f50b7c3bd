/**
 * Sends the same request again and again over a few connections that are kept, without pipelining, and tells how
 * many were answered in each round. Argument: base64 of JSON (see `Load`). One round for each line on stdin
 * that names a port.
 */
import { Agent, request } from 'node:http'
import { createInterface } from 'node:readline'

interface Load {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  /** Base64. */
  readonly body: string
  readonly connections: number
  readonly roundMs: number
}

const load = JSON.parse(Buffer.from(process.argv[2] ?? '', 'base64').toString()) as Load
const body = Buffer.from(load.body, 'base64')
const agents = new Map<number, Agent>()

function send(port: number, agent: Agent): Promise<number> {
  const { method, path, headers } = load
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent }, (answer) => {
      answer.on('data', () => {})
      answer.on('end', () => resolve(answer.statusCode ?? 0))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

async function round(port: number): Promise<{ calls: number; failed: number; ms: number }> {
  const agent = agents.get(port) ?? new Agent({ keepAlive: true, maxSockets: load.connections })
  agents.set(port, agent)
  let calls = 0
  let failed = 0
  const startedAt = performance.now()
  const worker = async (): Promise<void> => {
    while (performance.now() - startedAt < load.roundMs) {
      if ((await send(port, agent)) === 200) calls += 1
      else failed += 1
    }
  }
  await Promise.all(Array.from({ length: load.connections }, worker))
  return { calls, failed, ms: performance.now() - startedAt }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await round(Number(line)))}\n`)
}
