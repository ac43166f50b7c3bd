/** A server with a data directory, to be killed: prints its port, or what it refused. Small limits make many snapshots. */
import { listen, Present } from '@cloud-orrery/cloud'
import { DurableCloud } from '@cloud-orrery/cloud/persistence'

const [folder = '', seed = '1'] = process.argv.slice(2)

const durable = await DurableCloud.open(folder, {
  cloud: { seed: Number(seed), clock: { kind: 'real' } },
  framesMax: 200,
  historyBytesMax: 2_000_000,
})
const server = await listen(new Present(durable), { port: 0, token: 'kills' })
const { remarks, replayed } = durable
process.stdout.write(`${JSON.stringify({ port: server.port, remarks, replayed })}\n`)
process.once('SIGTERM', () => {
  void durable.close().then(() => process.exit(0))
})
