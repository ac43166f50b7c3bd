import type { HttpResponse } from '@cloud-orrery/protocols'
import type { CodeWorld } from '../world.ts'
import type { HostMessage, RequestMessage } from './messages.ts'

/** Requests of one environment that the model is answering. */
export class Requests {
  readonly #deliver: (message: HostMessage) => void
  readonly #open = new Map<number, AbortController>()
  /** Of the invocation that runs, or ran last. */
  world: CodeWorld | undefined

  constructor(deliver: (message: HostMessage) => void) {
    this.#deliver = deliver
  }

  start({ id, tls, method, path, query, headers, body }: RequestMessage): void {
    const { world } = this
    if (world === undefined) return
    const controller = new AbortController()
    this.#open.set(id, controller)
    const request = { method, path, query, headers: { ...headers }, body }
    const options = { tls, endpoint: false, signal: controller.signal }
    void world
      .request(request, options)
      .then((response) => this.#answer(id, response))
      .catch(() => this.#send(id, { type: 'answered', id, broken: true }))
      .finally(() => this.#open.delete(id))
  }

  abort(id: number): void {
    this.#open.get(id)?.abort()
    this.#open.delete(id)
  }

  end(): void {
    for (const controller of this.#open.values()) controller.abort()
    this.#open.clear()
  }

  /** What nobody waits for any more is not handed over. */
  #send(id: number, message: HostMessage): void {
    if (this.#open.has(id)) this.#deliver(message)
  }

  async #answer(id: number, response: HttpResponse | undefined): Promise<void> {
    if (response === undefined) return this.#send(id, { type: 'unknownHost', id })
    const { status, cookies, body } = response
    const headers =
      cookies === undefined ? response.headers : { ...response.headers, 'set-cookie': cookies }
    if (body instanceof Uint8Array) {
      return this.#send(id, { type: 'answer', id, status, headers, body: own(body) })
    }
    this.#send(id, { type: 'answer', id, status, headers })
    for await (const chunk of body) {
      if (!this.#open.has(id)) return
      this.#send(id, { type: 'chunk', id, body: own(chunk) })
    }
    this.#send(id, { type: 'answered', id, broken: false })
  }
}

/** A copy that shares no memory: a message would carry all that the body is a part of. */
function own(body: Uint8Array): Uint8Array {
  return new Uint8Array(body)
}
