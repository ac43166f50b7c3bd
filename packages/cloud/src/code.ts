import type { CodeTurns, JournalEntry, Turn } from '@cloud-orrery/kernel'
import type { HttpRequest, HttpResponse } from '@cloud-orrery/protocols'
import type { CodeRuntime, CodeWorld, Runtimes } from '@cloud-orrery/runtimes'
import type { CodeEnvironment, CodeInvocation, CodeOutcome } from '@cloud-orrery/services'
import type { Cloud } from './cloud.ts'
import { answer } from './door.ts'
import { isModelled } from './modelled-names.ts'
import { outboundHttp } from './outbound.ts'

/** The user's code of one cloud: what runs it is loaded when the first of it does. */
export class RunningCode {
  readonly #families: readonly CodeRuntime[] | undefined
  #runtimes: Promise<Runtimes> | undefined
  #ending = new Set<Promise<void>>()

  /** `families`: what runs it instead of the runtimes that are built. */
  constructor(families?: readonly CodeRuntime[]) {
    this.#families = families
  }

  get runtimes(): Promise<Runtimes> {
    this.#runtimes ??= import('@cloud-orrery/runtimes').then(({ createRuntimes, Runtimes }) =>
      this.#families === undefined ? createRuntimes() : new Runtimes(this.#families),
    )
    return this.#runtimes
  }

  end(environmentId: string): void {
    this.#note(this.#runtimes?.then((runtimes) => runtimes.end(environmentId)))
  }

  close(): void {
    this.#note(this.#runtimes?.then((runtimes) => runtimes.close()))
  }

  /** Fulfilled when nothing of it lives any more that was ended before. */
  async ended(): Promise<void> {
    await Promise.all(this.#ending)
  }

  #note(ending: Promise<void> | undefined): void {
    if (ending === undefined) return
    this.#ending.add(ending)
    void ending.finally(() => this.#ending.delete(ending))
  }
}

/** Runs code for one invocation, or its init phase alone. In a replay its recorded outcome comes instead. */
export function runCode(
  cloud: Cloud,
  cause: JournalEntry | undefined,
  turn: Turn | undefined,
  environment: CodeEnvironment,
  invocation: CodeInvocation | undefined,
): Promise<CodeOutcome> {
  return cloud.kernel.scheduler.code(
    `code ${invocation?.invokedFunctionArn ?? environment.id}`,
    cause,
    turn,
    {
      work: async (turns) => {
        let runtimes: Runtimes | undefined
        // Loading is a piece like any other: time stands still meanwhile.
        await turns.piece(async () => {
          runtimes = await cloud.code.runtimes
        })
        if (runtimes === undefined) return lost
        return await runtimes.invoke(environment, invocation, worldOf(cloud, turns, cause))
      },
      lost: () => lost,
    },
  )
}

const lost: CodeOutcome = {
  end: { kind: 'lost' },
  logs: [],
  started: false,
  alive: false,
  extensions: [],
  engine: 'none',
}

function worldOf(cloud: Cloud, turns: CodeTurns, cause: JournalEntry | undefined): CodeWorld {
  const { clock } = cloud.kernel
  return {
    turns,
    nowMs: () => clock.dueMs,
    get pace() {
      return clock.pace
    },
    body: (ref) => cloud.kernel.blobs.get(ref),
    request: (request, options) => requestOfCode(cloud, cause, request, options),
  }
}

async function requestOfCode(
  cloud: Cloud,
  cause: JournalEntry | undefined,
  request: HttpRequest,
  { tls, endpoint, signal }: Parameters<CodeWorld['request']>[1],
): Promise<HttpResponse | undefined> {
  const host = request.headers['host'] ?? ''
  const name = host.replace(/:\d+$/, '').toLowerCase()
  const inside = endpoint || (!cloud.internet.has(name) && isModelled(cloud, name))
  if (inside) return (await answer(cloud, 'code', request, { cause, signal })).response
  const { method, path, query, headers, body } = request
  const url = `${tls ? 'https' : 'http'}://${host}${path}${query === '' ? '' : `?${query}`}`
  const { status, ...response } = await outboundHttp(cloud, {
    method,
    url,
    headers,
    body: Buffer.from(body).toString(),
    bytes: body,
    timeoutMs: outboundTimeoutMs,
  })
  if (status === 0) return undefined
  const { cookies, bytes = Buffer.from(response.body) } = response
  return {
    status,
    headers: response.headers,
    ...(cookies === undefined ? {} : { cookies }),
    body: bytes,
  }
}

/** Real time that a host outside the model may take: a function's longest run. */
const outboundTimeoutMs = 900_000
