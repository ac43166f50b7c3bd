/**
 * Ten thousand open WebSockets on one port: what each takes in memory, a message to each by `@connections`, a message of
 * each, and that nothing is left when all are closed. Clients are a process of their own.
 * Run: node bench/web-sockets.ts [connections], compiled.
 */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
} from '@aws-sdk/client-apigatewayv2'
import { type Cloud, client, createCloud, fetchFromCloud, listen } from '@cloud-orrery/cloud'
import { encoded, script } from './processes/children.ts'
import { printTable, type Row } from './table.ts'

const count = Number(process.argv[2] ?? 10_000)
const kilobytesMax = 40
const sendsPerSecondMin = 1_000

setFlagsFromString('--expose-gc')
// The flag gives new contexts the function.
const collect = runInNewContext('gc') as () => void

/** An API that takes everyone and has a route for every message. */
async function socketApi(cloud: Cloud): Promise<string> {
  const gateway = client(cloud, ApiGatewayV2Client)
  const { ApiId = '' } = await gateway.send(
    new CreateApiCommand({
      ...{ Name: 'bench', ProtocolType: 'WEBSOCKET' },
      RouteSelectionExpression: '$request.body.action',
    }),
  )
  const { IntegrationId } = await gateway.send(
    new CreateIntegrationCommand({
      ...{ ApiId, IntegrationType: 'MOCK' },
      RequestTemplates: { '200': '{"statusCode":200}' },
      TemplateSelectionExpression: '200',
    }),
  )
  const Target = `integrations/${IntegrationId}`
  await gateway.send(new CreateRouteCommand({ ApiId, RouteKey: '$default', Target }))
  await gateway.send(new CreateStageCommand({ ApiId, StageName: 'live', AutoDeploy: true }))
  return `${ApiId}.execute-api.us-east-1.amazonaws.com`
}

/** What is held once garbage is collected: objects, buffers, and the process with its sockets. */
function held() {
  collect()
  const { heapUsed, external, rss } = process.memoryUsage()
  return { heap: heapUsed + external, rss }
}

const cloud = createCloud({ journalEntriesMax: 1_000 })
const host = await socketApi(cloud)
const server = await listen(cloud, { port: 0, token: 'bench' })
const clients = script('socket-clients', encoded({ port: server.port, host, path: '/live' }))
const told = async (order: string) => {
  clients.write(`${order}\n`)
  return JSON.parse(await clients.line()) as { count: number; ms: number }
}
const rows: Row[] = []

await told('open 200')
await told('close')
const tasksBefore = cloud.kernel.tasks.size
const before = held()
const opened = await told(`open ${count}`)
const during = held()
const [heapKb, rssKb] = [during.heap - before.heap, during.rss - before.rss].map(
  (bytes) => bytes / count / 1024,
)
rows.push({
  what: `open WebSockets on one port (${Math.round((opened.count * 1000) / opened.ms).toLocaleString('en')} opened a second)`,
  value: cloud.sockets.size.toLocaleString('en'),
  target: count.toLocaleString('en'),
  ok: cloud.sockets.size === count && opened.count === count,
})
rows.push({
  what: 'memory of one that is open',
  value: `${heapKb?.toFixed(1)} KB of objects and buffers, ${rssKb?.toFixed(1)} KB of the process`,
  target: `<= ${kilobytesMax} KB`,
  ok: (rssKb ?? 0) <= kilobytesMax,
})

const credentials = cloud.credentials()
const startedAt = performance.now()
const cpu = process.cpuUsage()
for (const connectionId of [...cloud.sockets.keys()]) {
  const path = `/live/@connections/${encodeURIComponent(connectionId)}`
  const answer = await fetchFromCloud(cloud, `https://${host}${path}`, {
    ...{ method: 'POST', body: 'hello', credentials, service: 'execute-api' },
  })
  if (answer.status !== 200) throw new Error(`${connectionId}: ${answer.status}`)
}
const sendMs = performance.now() - startedAt
const used = process.cpuUsage(cpu)
const sendsOfCore = (count * 1_000_000) / (used.user + used.system)
const received = await told('received')
rows.push({
  what: 'messages a second of one core to each of them by `@connections`, signed',
  value: `${sendsOfCore.toFixed(0)} (${((count * 1000) / sendMs).toFixed(0)} by the clock)`,
  target: `>= ${sendsPerSecondMin}`,
  ok: sendsOfCore >= sendsPerSecondMin && received.count === count,
})
const said = await told('say')
await cloud.settle()
rows.push({
  what: 'messages a second from all of them at once',
  value: `${((count * 1000) / said.ms).toFixed(0)}`,
  target: 'no target',
  ok: true,
})

await told('close')
await cloud.settle()
const after = held()
const left = cloud.sockets.size
const tasksLeft = cloud.kernel.tasks.size - tasksBefore
rows.push({
  what: 'left when all are closed: connections, tasks, memory of each',
  value: `${left}, ${tasksLeft}, ${((after.heap - before.heap) / count / 1024).toFixed(2)} KB`,
  target: '0, 0, <= 1 KB',
  ok: left === 0 && tasksLeft === 0 && after.heap - before.heap <= count * 1024,
})
await clients.end()
await server.close()
printTable('WebSockets', rows)
