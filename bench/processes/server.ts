import { administratorCredentials, defaultAccountId } from '@cloud-orrery/services'
import { type Child, child, orreryMain } from './children.ts'
import { processorMs } from './processor-time.ts'

const region = 'us-east-1'

/** An Orrery server in a process of its own. */
export interface Server {
  readonly process: Child
  readonly url: string
  readonly port: number
  /** A client of the SDK, as the administrator, that speaks with it. */
  client<C>(Client: new (config: never) => C): C
  /** Processor time that it has taken, in ms; undefined where the machine does not tell it. */
  cpuMs(): number | undefined
  end(): Promise<void>
}

export async function startServer(...options: string[]): Promise<Server> {
  const started = child(process.execPath, [
    ...process.execArgv,
    ...[orreryMain, 'start', '--port', '0', '--json', ...options],
  ])
  const { url, port } = JSON.parse(await started.line()) as { url: string; port: number }
  const credentials = administratorCredentials(defaultAccountId)
  return {
    process: started,
    url,
    port,
    // Every client takes these.
    client: (Client) => new Client({ endpoint: url, region, credentials } as never),
    cpuMs: () => processorMs(started.process.pid),
    end: () => started.end(),
  }
}
