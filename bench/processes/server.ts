import { readFileSync } from 'node:fs'
import { administratorCredentials, defaultAccountId } from '@cloud-orrery/services'
import { type Child, child, orreryMain } from './children.ts'

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

const ticksPerSecond = 100

/** Fields of a process in Linux's `/proc/PID/stat`, after the name, which may have spaces. Source: proc(5). */
function statOf(pid: number | undefined): number[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
  } catch {
    return undefined // No Linux.
  }
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
    cpuMs() {
      const [user = 0, system = 0] = statOf(started.process.pid)?.slice(11, 13) ?? []
      return user + system === 0 ? undefined : ((user + system) * 1000) / ticksPerSecond
    },
    end: () => started.end(),
  }
}
