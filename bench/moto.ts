/**
 * moto in server mode beside Orrery, under the same raw load, where Python has it. Run: node bench/moto.ts, compiled.
 */
import { signRequest } from '@cloud-orrery/protocols'
import { administratorCredentials, defaultAccountId } from '@cloud-orrery/services'
import { type Child, child, encoded, orreryMain, script } from './processes/children.ts'
import { median, printTable } from './table.ts'

const target = 5
const rounds = 5
const roundMs = 1_500
const connections = 8
const patienceMs = 15_000

const credentials = administratorCredentials(defaultAccountId)

function call(port: number, operation: string, input: object) {
  return signRequest(
    {
      method: 'POST',
      path: '/',
      query: '',
      headers: {
        host: `127.0.0.1:${port}`,
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `AmazonSQS.${operation}`,
      },
      body: Buffer.from(JSON.stringify(input)),
    },
    { credentials, region: 'us-east-1', service: 'sqs', nowMs: Date.now() },
  )
}

async function createQueue(port: number): Promise<string> {
  const { headers, body } = call(port, 'CreateQueue', { QueueName: 'bench' })
  const url = `http://127.0.0.1:${port}/`
  const answer = await fetch(url, { method: 'POST', headers, body: Buffer.from(body) })
  return ((await answer.json()) as { QueueUrl: string }).QueueUrl
}

async function untilAnswers(port: number): Promise<boolean> {
  const giveUpAt = performance.now() + patienceMs
  while (performance.now() < giveUpAt) {
    try {
      await fetch(`http://127.0.0.1:${port}/`)
      return true
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
  return false
}

async function loadOf(port: number): Promise<Child> {
  const QueueUrl = await createQueue(port)
  const { method, path, headers, body } = call(port, 'SendMessage', { QueueUrl, MessageBody: 'x' })
  const load = {
    method,
    path,
    headers: { ...headers, 'content-length': String(body.byteLength) },
    body: Buffer.from(body).toString('base64'),
    connections,
    roundMs,
  }
  return script('load', encoded(load))
}

async function rate(load: Child, port: number): Promise<number> {
  load.write(`${port}\n`)
  const { calls = 0, ms = 1 } = JSON.parse(await load.line()) as Record<string, number>
  return (calls * 1000) / ms
}

const motoPort = 20_000 + (process.pid % 20_000)
const moto = child('moto_server', ['-H', '127.0.0.1', '-p', String(motoPort)])
const there = await new Promise<boolean>((resolve) => {
  moto.process.once('error', () => resolve(false))
  moto.process.once('spawn', () => resolve(true))
})
if (!there || !(await untilAnswers(motoPort))) {
  process.stdout.write('moto_server is not there (pip install "moto[server]"): skipped.\n')
} else {
  const orrery = child(process.execPath, [orreryMain, 'start', '--port', '0', '--json'])
  const { port } = JSON.parse(await orrery.line()) as { port: number }
  const [ours, theirs] = [await loadOf(port), await loadOf(motoPort)]
  const [ourRates, motoRates]: [number[], number[]] = [[], []]
  for (let i = 0; i < rounds; i += 1) {
    ourRates.push(await rate(ours, port))
    motoRates.push(await rate(theirs, motoPort))
  }
  const [our, its] = [median(ourRates), median(motoRates)]
  printTable('Beside moto', [
    {
      what: `raw SendMessage calls a second, over moto's in server mode`,
      value: `${(our / its).toFixed(1)}x (${our.toFixed(0)} over ${its.toFixed(0)})`,
      target: `>= ${target}x`,
      ok: our / its >= target,
    },
  ])
  await Promise.all([ours.end(), theirs.end(), orrery.end()])
}
if (there) await moto.end()
