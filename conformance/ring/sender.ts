import { type Cloud, client, listen, SdkHandler } from '@cloud-orrery/cloud'
import type { JournalEntry } from '@cloud-orrery/kernel'

/** What the ring uses of a generated SDK client. */
interface SdkClient {
  config: { requestHandler: unknown; retryStrategy: unknown; logger: unknown }
  send(command: object): Promise<Record<string, unknown>>
  destroy(): void
}

/** `@aws-sdk/client-...`: its client class and its commands by name. */
export type Sdk = Readonly<Record<string, unknown>>

/** What came back, and what the cloud saw of it. */
export interface Outcome {
  /** The call's journal entry; absent where the request was refused before it was a call, or never sent. */
  readonly entry?: JournalEntry
  /** False where the SDK itself refused to send. */
  readonly sent: boolean
  readonly output?: Record<string, unknown>
  readonly error?: SdkError
  /** Stacks of unexpected exceptions: our bugs. */
  readonly bugs: readonly string[]
}

export interface SdkError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number }
}

/** Turns of the event loop that a call gets before model time moves: a long poll waits for it. */
const turnsMax = 200
/** A turn where the call goes over a socket, in real ms. */
const portTurnMs = 1

/** Sends requests into forks of an arranged cloud, so that no case sees another's effects. */
export class Sender {
  readonly cloud: Cloud
  readonly #sdk: Sdk
  readonly #clientName: string
  readonly #client: SdkClient

  constructor(cloud: Cloud, sdk: Sdk, clientName: string) {
    this.cloud = cloud
    this.#sdk = sdk
    this.#clientName = clientName
    const made = client(cloud, this.#class(clientName) as new (config: never) => SdkClient)
    made.config.retryStrategy = async () => onlyOnce
    made.config.logger = silent
    this.#client = made
  }

  /** Into a fork of its own, in the process. */
  async send(operation: string, input: object): Promise<Outcome> {
    const fork = this.cloud.fork()
    const handler = new SdkHandler(fork)
    let sent = false
    this.#client.config.requestHandler = {
      metadata: handler.metadata,
      handle: (...request: Parameters<SdkHandler['handle']>) => {
        sent = true
        return handler.handle(...request)
      },
    }
    const outcome = await this.#outcome(fork, this.#client, operation, input)
    const bugs = outcome.error === undefined ? await bugsOfNextDay(fork) : []
    fork.close()
    return { ...outcome, bugs: [...outcome.bugs, ...bugs], sent }
  }

  /** The same over a port of its own: HTTP/1.1 on a socket, by the SDK's own handler. */
  async sendOverPort(operation: string, input: object): Promise<Outcome> {
    const fork = this.cloud.fork()
    const server = await listen(fork, { port: 0, token: 'ring' })
    const overPort = new (this.#class(this.#clientName))({
      endpoint: server.url,
      region: fork.defaultRegion,
      credentials: fork.credentials(),
      forcePathStyle: true,
      // There is no `sync-127.0.0.1`, which Step Functions' client would ask for.
      disableHostPrefix: true,
      retryStrategy: onlyOnce,
      logger: silent,
    })
    const outcome = await this.#outcome(fork, overPort, operation, input, portTurnMs)
    overPort.destroy()
    await server.close()
    return outcome
  }

  #class(name: string): new (config: object) => SdkClient {
    return this.#sdk[name] as new (
      config: object,
    ) => SdkClient // Generated modules export it.
  }

  async #outcome(
    fork: Cloud,
    sdk: SdkClient,
    operation: string,
    input: object,
    turnMs?: number,
  ): Promise<Outcome> {
    const bugs: string[] = []
    const bug = fork.bug.bind(fork)
    fork.bug = (error, wording) => {
      bugs.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
      return bug(error, wording)
    }
    const Command = this.#class(`${operation}Command`) as unknown as new (input: object) => object
    const before = fork.kernel.journal.lastSequence
    const answer: { output?: Record<string, unknown>; error?: SdkError } = {}
    let ended = false
    const call = sdk
      .send(new Command(structuredClone(input)))
      .then(
        async (output) => {
          answer.output = await withEvents(output)
        },
        (error: SdkError) => {
          answer.error = error
        },
      )
      .finally(() => {
        ended = true
      })
    for (let turn = 0; turn < turnsMax && !ended; turn++) await nextTurn(turnMs)
    if (!ended) await fork.advance({ minutes: 1 })
    await call
    const entry = fork.kernel.journal.entries.findLast(
      ({ kind, entered, sequence }) => kind === 'call' && entered && sequence > before,
    )
    return { ...answer, ...(entry === undefined ? {} : { entry }), sent: true, bugs }
  }
}

/** The answer with streams of events read to their ends, as lists; streams of bytes are left as they are. */
async function withEvents(output: Record<string, unknown>): Promise<Record<string, unknown>> {
  const read = { ...output }
  for (const [name, value] of Object.entries(output)) {
    if (!isEventStream(value)) continue
    const events: unknown[] = []
    for await (const event of value) events.push(event)
    read[name] = events
  }
  return read
}

function isEventStream(value: unknown): value is AsyncIterable<unknown> {
  if (typeof value !== 'object' || value === null) return false
  return Symbol.asyncIterator in value && !('pipe' in value) && !('getReader' in value)
}

/** What a call leaves to be done is done within a day: deliveries, deployments, expiries. */
async function bugsOfNextDay(fork: Cloud): Promise<string[]> {
  try {
    await fork.advance({ hours: 26 })
    return []
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)]
  }
}

function nextTurn(ms: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (ms === undefined) setImmediate(resolve)
    else setTimeout(resolve, ms)
  })
}

/** Warnings of the SDK about what the ring sends are expected. */
const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }

/** A failure is looked at, not tried again. */
const onlyOnce = {
  mode: 'ring',
  async acquireInitialRetryToken() {
    return { getRetryCount: () => 0, getRetryDelay: () => 0 }
  },
  async refreshRetryTokenForRetry(): Promise<never> {
    throw new Error('the ring sends once')
  },
  recordSuccess(): void {},
}
