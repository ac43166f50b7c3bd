/**
 * What a call over the port costs, over a bare Node HTTP server that answers the same bytes: once by the same SDK,
 * once by raw load. Servers, load and bench are processes of their own; both servers are measured in turns.
 * Run: node bench/port.ts, compiled.
 */
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { signRequest } from '@cloud-orrery/protocols'
import { child, encoded, orreryMain, script } from './processes/children.ts'
import { inTurns, median, printTable, type Row } from './table.ts'

const sdkTarget = 1.25
const rawTarget = 0.5
const callsPerBatch = 20
const batches = 300
const warmUpBatches = 150
const rounds = 9
const roundMs = 1_000
const connections = 16

const orrery = child(process.execPath, [orreryMain, 'start', '--port', '0', '--json'])
const { url, port } = JSON.parse(await orrery.line()) as { url: string; port: number }
const shell = child(process.execPath, [orreryMain, 'env', '--port', String(port), '--json'])
const environment = JSON.parse(await wholeOf(shell)) as Record<string, string>
const credentials = {
  accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
  secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
}
const region = environment['AWS_REGION'] ?? 'us-east-1'

async function wholeOf(from: ReturnType<typeof child>): Promise<string> {
  let text = ''
  for (;;) {
    const line = await from.line().catch(() => undefined)
    if (line === undefined) return text
    text += line
  }
}

const sqs = new SQSClient({ endpoint: url, region, credentials })
const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'bench' }))
const request = signedMessage()
const answered = await fetch(`${url}/`, {
  method: 'POST',
  headers: request.headers,
  body: request.body as Uint8Array<ArrayBuffer>,
})
const body = Buffer.from(await answered.arrayBuffer())
const bare = script(
  'bare-server',
  encoded({
    status: answered.status,
    headers: Object.fromEntries(
      [...answered.headers].filter(([name]) => name !== 'connection' && name !== 'keep-alive'),
    ),
    body: body.toString('base64'),
  }),
)
const { port: barePort } = JSON.parse(await bare.line()) as { port: number }
const bareSqs = new SQSClient({ endpoint: `http://127.0.0.1:${barePort}`, region, credentials })

function signedMessage() {
  return signRequest(
    {
      method: 'POST',
      path: '/',
      query: '',
      headers: {
        host: new URL(url).host,
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AmazonSQS.SendMessage',
      },
      body: Buffer.from(JSON.stringify({ QueueUrl, MessageBody: 'hello' })),
    },
    { credentials, region, service: 'sqs', nowMs: Date.now() },
  )
}

async function bySdk(): Promise<Row> {
  const batch = (client: SQSClient) => async () => {
    for (let i = 0; i < callsPerBatch; i += 1) {
      // The bare server's answer has the digest of this very message.
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }))
    }
  }
  await inTurns(warmUpBatches, [batch(bareSqs), batch(sqs)])
  const [floorMs = [], oursMs = []] = await inTurns(batches, [batch(bareSqs), batch(sqs)])
  const ratio = median(oursMs) / median(floorMs)
  const shown = (times: readonly number[]) =>
    `${((median(times) / callsPerBatch) * 1000).toFixed(0)} µs`
  return {
    what: 'SQS SendMessage over the port, over a bare HTTP server with the same bytes',
    value: `${ratio.toFixed(2)}x (${shown(oursMs)} over ${shown(floorMs)})`,
    target: `<= ${sdkTarget}x`,
    ok: ratio <= sdkTarget,
  }
}

async function byRawLoad(): Promise<Row> {
  const { method, path, headers } = request
  const load = script(
    'load',
    encoded({
      method,
      path,
      headers: { ...headers, 'content-length': String(request.body.byteLength) },
      body: Buffer.from(request.body).toString('base64'),
      connections,
      roundMs,
    }),
  )
  const round = async (port: number): Promise<number> => {
    load.write(`${port}\n`)
    const { calls, failed, ms } = JSON.parse(await load.line()) as Record<string, number>
    if (failed !== 0 || calls === undefined || ms === undefined) {
      throw new Error(`${failed} calls failed`)
    }
    return (calls * 1000) / ms
  }
  await round(barePort)
  await round(port)
  const bareRates: number[] = []
  const ourRates: number[] = []
  for (let i = 0; i < rounds; i += 1) {
    bareRates.push(await round(barePort))
    ourRates.push(await round(port))
  }
  await load.end()
  const [ours, floor] = [median(ourRates), median(bareRates)]
  const share = ours / floor
  return {
    what: `raw SendMessage calls a second, ${connections} connections, of the bare server's`,
    value: `${(share * 100).toFixed(0)} % (${ours.toFixed(0)} of ${floor.toFixed(0)})`,
    target: `>= ${rawTarget * 100} %`,
    ok: share >= rawTarget,
  }
}

const rows = [await bySdk(), await byRawLoad()]
sqs.destroy()
bareSqs.destroy()
await Promise.all([orrery.end(), bare.end()])
printTable('A call over the port', rows)
