/**
 * moto in server mode beside Orrery, under the same raw load, where Python has it. Run: node bench/moto.ts, compiled.
 */
import { signRequest } from '@cloud-orrery/protocols'
import { administratorCredentials, defaultAccountId } from '@cloud-orrery/services'
import { type Child, child, encoded, orreryMain, script } from './processes/children.ts'
import { median, printTable, type Row } from './table.ts'

const target = 5
const rounds = 5
const roundMs = 1_500
const connections = 8
const patienceMs = 15_000

const credentials = administratorCredentials(defaultAccountId)

/** One call of a service that speaks JSON. */
interface Call {
  /** As signed for: `sqs`. */
  readonly service: string
  /** `AmazonSQS.SendMessage` */
  readonly operation: string
  readonly input: object
}

/** What is called over and over, after what it needs was made at a port. */
type Load = (port: number) => Promise<Call>

const key = { pk: { S: 'customer#1' }, sk: { S: 'order#1' } }
const names = { pk: 'HASH', sk: 'RANGE' }

async function table(port: number): Promise<void> {
  await answerOf(port, {
    service: 'dynamodb',
    operation: 'DynamoDB_20120810.CreateTable',
    input: {
      TableName: 'bench',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: Object.keys(names).map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: Object.entries(names).map(([AttributeName, KeyType]) => ({
        AttributeName,
        KeyType,
      })),
    },
  })
  // A table that is not active yet refuses what is put into it.
  while ((await answerOf(port, put)) === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

const put: Call = {
  service: 'dynamodb',
  operation: 'DynamoDB_20120810.PutItem',
  input: {
    TableName: 'bench',
    Item: { ...key, total: { N: '12.5' }, note: { S: 'x'.repeat(100) } },
  },
}

const get: Call = {
  service: 'dynamodb',
  operation: 'DynamoDB_20120810.GetItem',
  input: { TableName: 'bench', Key: key },
}

const loads: Readonly<Record<string, Load>> = {
  'SQS SendMessage': async (port) => {
    const service = 'sqs'
    const created = await answerOf(port, {
      service,
      operation: 'AmazonSQS.CreateQueue',
      input: { QueueName: 'bench' },
    })
    const { QueueUrl } = created as { QueueUrl: string }
    return { service, operation: 'AmazonSQS.SendMessage', input: { QueueUrl, MessageBody: 'x' } }
  },
  'DynamoDB PutItem': async (port) => {
    await table(port)
    return put
  },
  'DynamoDB GetItem': async () => get,
}

function request(port: number, { service, operation, input }: Call) {
  return signRequest(
    {
      method: 'POST',
      path: '/',
      query: '',
      headers: {
        host: `127.0.0.1:${port}`,
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': operation,
      },
      body: Buffer.from(JSON.stringify(input)),
    },
    { credentials, region: 'us-east-1', service, nowMs: Date.now() },
  )
}

/** Undefined where the call is refused. */
async function answerOf(port: number, call: Call): Promise<unknown> {
  const { headers, body } = request(port, call)
  const url = `http://127.0.0.1:${port}/`
  const answer = await fetch(url, { method: 'POST', headers, body: Buffer.from(body) })
  const text = await answer.text()
  return answer.ok ? JSON.parse(text) : undefined
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

async function loadOf(port: number, load: Load): Promise<Child> {
  const { method, path, headers, body } = request(port, await load(port))
  const sent = {
    method,
    path,
    headers: { ...headers, 'content-length': String(body.byteLength) },
    body: Buffer.from(body).toString('base64'),
    connections,
    roundMs,
  }
  return script('load', encoded(sent))
}

async function rate(load: Child, port: number): Promise<number> {
  load.write(`${port}\n`)
  const { calls = 0, ms = 1 } = JSON.parse(await load.line()) as Record<string, number>
  return (calls * 1000) / ms
}

async function measured(what: string, load: Load, ourPort: number): Promise<Row> {
  const [ours, theirs] = [await loadOf(ourPort, load), await loadOf(motoPort, load)]
  const [ourRates, motoRates]: [number[], number[]] = [[], []]
  for (let i = 0; i < rounds; i += 1) {
    ourRates.push(await rate(ours, ourPort))
    motoRates.push(await rate(theirs, motoPort))
  }
  await Promise.all([ours.end(), theirs.end()])
  const [our, its] = [median(ourRates), median(motoRates)]
  return {
    what: `raw ${what} calls a second, over moto's in server mode`,
    value: `${(our / its).toFixed(1)}x (${our.toFixed(0)} over ${its.toFixed(0)})`,
    target: `>= ${target}x`,
    ok: our / its >= target,
  }
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
  const rows: Row[] = []
  for (const [what, load] of Object.entries(loads)) rows.push(await measured(what, load, port))
  printTable('Beside moto', rows)
  await orrery.end()
}
if (there) await moto.end()
