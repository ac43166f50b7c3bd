import type { ServerResponse } from 'node:http'

interface Extension {
  readonly name: string
  readonly events: readonly string[]
  /** Its request for the next event, while it waits. */
  waiting: ServerResponse | undefined
}

/** Extensions of one environment, by the identifier that they were given. Source: Lambda Extensions API. */
export class Extensions {
  readonly #extensions = new Map<string, Extension>()
  readonly #newId: () => string
  /** Programs that were started and have to register before the init phase is over. */
  expected = 0

  constructor(newId: () => string) {
    this.#newId = newId
  }

  get names(): string[] {
    return [...this.#extensions.values()].map(({ name }) => name).sort()
  }

  /** Whether all wait for their next event: nothing of theirs is to be done. */
  get rest(): boolean {
    if (this.#extensions.size < this.expected) return false
    return [...this.#extensions.values()].every(({ waiting }) => waiting !== undefined)
  }

  register(name: string, events: readonly string[]): string {
    const id = this.#newId()
    this.#extensions.set(id, { name, events, waiting: undefined })
    return id
  }

  /** False for an identifier that was not given. */
  wait(id: string, response: ServerResponse): boolean {
    const extension = this.#extensions.get(id)
    if (extension === undefined) return false
    extension.waiting = response
    return true
  }

  /** Hands an event to all that registered for it and wait. Returns how many. */
  send(eventType: 'INVOKE' | 'SHUTDOWN', event: Readonly<Record<string, unknown>>): number {
    let sent = 0
    for (const [id, extension] of this.#extensions) {
      const { waiting } = extension
      if (waiting === undefined || !extension.events.includes(eventType)) continue
      extension.waiting = undefined
      waiting.writeHead(200, {
        'content-type': 'application/json',
        'lambda-extension-event-identifier': id,
      })
      waiting.end(JSON.stringify({ eventType, ...event }))
      sent += 1
    }
    return sent
  }
}
