/**
 * DynamoDB: a call in the process over the SDK's null transport; what a table of a million items costs an operation
 * over what one of a thousand costs it; a restart with a million items; the SDK over HTTP beside dynalite.
 * Run: node bench/dynamodb.ts [items] [part], compiled.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import { type Cloud, call, client, createCloud, SdkHandler } from '@cloud-orrery/cloud'
import { DurableCloud } from '@cloud-orrery/cloud/persistence'
import {
  BatchWriteItem,
  CreateTable,
  GetItem,
  PutItem,
  Query,
  Scan,
  type ScanOutput,
} from '@cloud-orrery/models/dynamodb'
import { child, orreryMain } from './processes/children.ts'
import { inTurns, median, printTable, type Row } from './table.ts'

const inProcessTarget = 1.2
const depthTarget = 10
const restartTarget = 5_000
const largest = Number(process.argv[2] ?? 1_000_000)
const smallest = 1_000
const samples = 1_000
const rows: Row[] = []

const schema = {
  TableName: 'bench',
  BillingMode: 'PAY_PER_REQUEST' as const,
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' as const },
    { AttributeName: 'sk', AttributeType: 'N' as const },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' as const },
    { AttributeName: 'sk', KeyType: 'RANGE' as const },
  ],
}

/** Ten items a partition. */
function itemAt(n: number) {
  return {
    pk: { S: `customer-${Math.floor(n / 10)}` },
    sk: { N: String(n % 10) },
    total: { N: '12.50' },
    note: { S: 'an order of some length, with a note' },
  }
}

function keyAt(n: number) {
  const { pk, sk } = itemAt(n)
  return { pk, sk }
}

async function tableIn(cloud: Cloud): Promise<void> {
  await call(cloud, CreateTable, schema)
  await cloud.advance({ seconds: 10 })
}

async function fill(cloud: Cloud, count: number): Promise<number> {
  const startedAt = performance.now()
  for (let from = 0; from < count; from += 25) {
    const bench = Array.from({ length: Math.min(25, count - from) }, (_, n) => ({
      PutRequest: { Item: itemAt(from + n) },
    }))
    await call(cloud, BatchWriteItem, { RequestItems: { bench } })
  }
  return performance.now() - startedAt
}

type Answer = Awaited<ReturnType<SdkHandler['handle']>>

/** A handler that gives the same answer again and again: the floor. */
function nullHandler({ response }: Answer) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async () => ({ response: { ...response, headers: { ...response.headers } } }),
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
  }
}

async function inProcess(): Promise<void> {
  const cloud = createCloud()
  await tableIn(cloud)
  const shared = { region: 'us-east-1', credentials: cloud.credentials() }
  const ours = client(cloud, DynamoDBClient)
  const commands = {
    PutItem: () => new PutItemCommand({ TableName: 'bench', Item: itemAt(4711) }),
    GetItem: () => new GetItemCommand({ TableName: 'bench', Key: keyAt(4711) }),
  }
  for (const [name, command] of Object.entries(commands)) {
    const handler = new SdkHandler(cloud)
    let answer: Answer | undefined
    const handle = handler.handle.bind(handler)
    handler.handle = async (request, options) => {
      answer = await handle(request, options)
      return answer
    }
    // The commands' types differ, the client takes each.
    const send = (to: DynamoDBClient) => to.send(command() as GetItemCommand)
    await send(new DynamoDBClient({ ...shared, requestHandler: handler }))
    if (answer === undefined) throw new Error('The call was not answered')
    const floor = new DynamoDBClient({ ...shared, requestHandler: nullHandler(answer) })
    const batch = (to: DynamoDBClient) => async () => {
      for (let i = 0; i < 20; i += 1) await send(to)
    }
    await inTurns(250, [batch(floor), batch(ours)])
    const [floorMs = [], oursMs = []] = await inTurns(300, [batch(floor), batch(ours)])
    const ratio = median(oursMs) / median(floorMs)
    const shown = (times: readonly number[]) => `${((median(times) / 20) * 1000).toFixed(0)} µs`
    rows.push({
      what: `DynamoDB ${name} in process, over the SDK's null transport`,
      value: `${ratio.toFixed(2)}x (${shown(oursMs)} over ${shown(floorMs)})`,
      target: `<= ${inProcessTarget}x`,
      ok: ratio <= inProcessTarget,
    })
  }
}

async function timesAt(depth: number): Promise<Record<string, number>> {
  const cloud = createCloud({ journalEntriesMax: 1000 })
  await tableIn(cloud)
  await fill(cloud, depth)
  const step = Math.max(1, Math.floor(depth / samples))
  const perOperation = async (work: (n: number) => Promise<unknown>): Promise<number> => {
    const startedAt = performance.now()
    for (let i = 0; i < samples; i += 1) await work((i * step) % depth)
    return ((performance.now() - startedAt) * 1000) / samples
  }
  const TableName = 'bench'
  const times = {
    GetItem: await perOperation((n) => call(cloud, GetItem, { TableName, Key: keyAt(n) })),
    PutItem: await perOperation((n) => call(cloud, PutItem, { TableName, Item: itemAt(n) })),
    Query: await perOperation((n) =>
      call(cloud, Query, {
        TableName,
        KeyConditionExpression: 'pk = :p',
        ExpressionAttributeValues: { ':p': itemAt(n).pk },
      }),
    ),
    'Scan of an item': await scanned(cloud, depth),
  }
  cloud.close()
  return times
}

/** Microseconds an item. */
async function scanned(cloud: Cloud, depth: number): Promise<number> {
  const startedAt = performance.now()
  let ExclusiveStartKey: ScanOutput['LastEvaluatedKey']
  let found = 0
  do {
    const start = ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }
    const page: ScanOutput = await call(cloud, Scan, { TableName: 'bench', ...start })
    found += page.Count ?? 0
    ExclusiveStartKey = page.LastEvaluatedKey
  } while (ExclusiveStartKey !== undefined)
  if (found !== depth) throw new Error(`${found} of ${depth} items were scanned`)
  return ((performance.now() - startedAt) * 1000) / found
}

async function depths(): Promise<void> {
  await timesAt(smallest) // Warms up.
  const small = await timesAt(smallest)
  const large = await timesAt(largest)
  for (const [name, time] of Object.entries(large)) {
    const ratio = time / (small[name] ?? Number.NaN)
    rows.push({
      what: `${name} in a table of ${largest.toLocaleString('en')} items, over one of ${smallest.toLocaleString('en')}`,
      value: `${ratio.toFixed(1)}x (${time.toFixed(1)} µs)`,
      target: `<= ${depthTarget}x`,
      ok: ratio <= depthTarget,
    })
  }
}

async function restart(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-dynamodb-'))
  try {
    const options = { cloud: { clock: { kind: 'held' } } } as const
    const durable = await DurableCloud.open(folder, options)
    await tableIn(durable.cloud)
    await fill(durable.cloud, largest)
    await durable.close()
    const startedAt = performance.now()
    const again = await DurableCloud.open(folder, options)
    const found = await call(again.cloud, GetItem, { TableName: 'bench', Key: keyAt(largest - 1) })
    const tookMs = performance.now() - startedAt
    await again.close()
    rows.push({
      what: `restart with ${largest.toLocaleString('en')} items, to the first answered call`,
      value: `${(tookMs / 1000).toFixed(1)} s`,
      target: `<= ${restartTarget / 1000} s`,
      ok: tookMs <= restartTarget && found.Item !== undefined,
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function overHttp(): Promise<void> {
  const orrery = child(process.execPath, [orreryMain, 'start', '--port', '0', '--json'])
  const { url, port } = JSON.parse(await orrery.line()) as { url: string; port: number }
  const shell = child(process.execPath, [orreryMain, 'env', '--port', String(port), '--json'])
  let text = ''
  for (;;) {
    const line = await shell.line().catch(() => undefined)
    if (line === undefined) break
    text += line
  }
  const environment = JSON.parse(text) as Record<string, string>
  const dynalitePort = 4600 + (process.pid % 400)
  const cli = new URL('../node_modules/dynalite/cli.js', import.meta.url).pathname
  const dynalite = child(process.execPath, [
    cli,
    '--port',
    String(dynalitePort),
    '--createTableMs',
    '0',
  ])
  await dynalite.line()
  const credentials = {
    accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
  }
  const clients = [url, `http://127.0.0.1:${dynalitePort}`].map(
    (endpoint) => new DynamoDBClient({ endpoint, region: 'us-east-1', credentials }),
  )
  try {
    for (const each of clients) await each.send(new CreateTableCommand(schema))
    await new Promise((resolve) => setTimeout(resolve, 6_000))
    const works = clients.map((each) => async () => {
      for (let i = 0; i < 10; i += 1) {
        await each.send(new PutItemCommand({ TableName: 'bench', Item: itemAt(i) }))
        await each.send(new GetItemCommand({ TableName: 'bench', Key: keyAt(i) }))
      }
    })
    await inTurns(50, works)
    const [ours = [], theirs = []] = await inTurns(100, works)
    const ratio = median(ours) / median(theirs)
    const shown = (times: readonly number[]) => `${((median(times) / 20) * 1000).toFixed(0)} µs`
    rows.push({
      what: 'DynamoDB Put and Get by the SDK over HTTP, over dynalite',
      value: `${ratio.toFixed(2)}x (${shown(ours)} over ${shown(theirs)})`,
      target: '<= 1x',
      ok: ratio <= 1,
    })
  } finally {
    for (const each of clients) each.destroy()
    await orrery.end()
    await dynalite.end()
  }
}

const parts = { inProcess, depths, restart, overHttp }
const only = process.argv[3]
for (const [name, part] of Object.entries(parts)) {
  if (only === undefined || only === name) await part()
}
printTable('DynamoDB', rows)
