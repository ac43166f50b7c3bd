import {
  ChangeMessageVisibility,
  CreateQueue,
  DeleteMessage,
  GetQueueAttributes,
  type Message,
  ReceiveMessage,
  SendMessage,
  SendMessageBatch,
  SetQueueAttributes,
} from '@cloud-orrery/models/sqs'
import type { Draw } from '../draw.ts'
import type { Action, Part } from '../part.ts'
import { holds, Violation } from '../violation.ts'
import { abroad, home, type Place, type World } from '../world.ts'
import { type Awaited, type Held, type QueueBook, receivesMax, tokenIn } from './queue-book.ts'
import { pollAndSend, sendAtOnce } from './queues-at-once.ts'
import { checkGroups, checkReceived } from './received-messages.ts'

/** What a receiver asked for, and when. */
export interface Asked {
  readonly max: number
  readonly visibilitySeconds: number
  readonly startedAtMs: number
}

export interface QueueOptions {
  readonly place?: Place
  readonly isFifo?: boolean
  readonly deadLetters?: string
  readonly isConsumed?: boolean
  readonly isCounted?: boolean
  /** Services that may send to it. */
  readonly senders?: readonly string[]
}

/** Queues of their own, and those that other parts deliver to: none may lose, invent or bring back a message. */
export class Queues implements Part {
  readonly name = 'queues'
  readonly books = new Map<string, QueueBook>()
  /** Tokens by the eTag that an event names instead. */
  readonly aliases = new Map<string, string>()
  readonly #world: World
  received = 0

  constructor(world: World) {
    this.#world = world
  }

  async prepare(): Promise<void> {
    await this.make('orders', { deadLetters: 'orders-dead' })
    await this.make('orders.fifo', { isFifo: true })
    await this.make('afar', { place: abroad })
  }

  /** Makes a queue, and its dead-letter queue before it. */
  async make(name: string, options: QueueOptions = {}): Promise<QueueBook> {
    const { place = home, isFifo = false, deadLetters, isConsumed = false, senders = [] } = options
    const { isCounted = false } = options
    const { accountId, region } = place
    const arn = `arn:aws:sqs:${region}:${accountId}:${name}`
    const Attributes: Record<string, string> = { MessageRetentionPeriod: '1209600' }
    if (isFifo) Attributes['FifoQueue'] = 'true'
    if (deadLetters !== undefined) {
      const { arn: deadLetterTargetArn } = await this.make(deadLetters, { place, isFifo })
      const policy = { deadLetterTargetArn, maxReceiveCount: receivesMax }
      Attributes['RedrivePolicy'] = JSON.stringify(policy)
    }
    const made = await this.#world.done(CreateQueue, { QueueName: name, Attributes }, place)
    const url = made.QueueUrl ?? ''
    if (senders.length > 0) {
      const Statement = senders.map((Service) => ({
        Effect: 'Allow',
        Principal: { Service },
        Action: 'sqs:SendMessage',
        Resource: arn,
      }))
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement })
      await this.#world.done(SetQueueAttributes, { QueueUrl: url, Attributes: { Policy } }, place)
    }
    const book: QueueBook = {
      name,
      place,
      url,
      arn,
      isFifo,
      deadLetters,
      isConsumed,
      isCounted,
      held: new Map(),
      awaited: new Map(),
      groups: new Map(),
    }
    this.books.set(name, book)
    return book
  }

  book(name: string): QueueBook {
    const book = this.books.get(name)
    holds(book !== undefined, 'simulation', () => `no queue ${name}`)
    return book
  }

  /** Notes that something must come to a queue. */
  expect(name: string, token: string, expected: Partial<Awaited> & { via: string }): void {
    const { awaited, groups } = this.book(name)
    const { group } = expected
    awaited.set(token, { sure: true, seen: false, isDirect: false, ...expected })
    if (group !== undefined) groups.set(group, [...(groups.get(group) ?? []), token])
  }

  /** What is on the way to some queues may still come, and need not any more. */
  doubt(concerns: (name: string, via: string) => boolean): void {
    for (const { name, awaited } of this.books.values()) {
      for (const one of awaited.values()) {
        if (!one.seen && !one.isDirect && concerns(name, one.via)) one.sure = false
      }
    }
  }

  readonly actions: Readonly<Record<string, Action>> = {
    'queues.send': (draw) => this.#send(draw),
    'queues.sendBatch': (draw) => this.#sendBatch(draw),
    'queues.sendTwice': (draw) => this.#sendTwice(draw),
    'queues.receive': (draw) => this.#receive(draw),
    'queues.receiveAgain': (draw) => this.#receive(draw),
    'queues.delete': (draw) => this.#delete(draw),
    'queues.deleteMore': (draw) => this.#delete(draw),
    'queues.hide': (draw) => this.#hide(draw),
    'queues.atOnce': (draw) => sendAtOnce(this.#world, this, draw),
    'queues.longPoll': (draw) => pollAndSend(this.#world, this, draw),
  }

  async #send(draw: Draw): Promise<string> {
    const book = this.book(draw.pick(['orders', 'orders.fifo', 'afar']))
    const token = this.#world.token('send')
    const delaySeconds = book.isFifo ? 0 : draw.pick([0, 0, 0, 5, 900])
    const group = book.isFifo ? `g${draw.int(0, 2)}` : undefined
    const notBeforeMs = this.#world.nowMs + delaySeconds * 1000
    const { output, refusal } = await this.#world.attempt(
      SendMessage,
      {
        QueueUrl: book.url,
        MessageBody: JSON.stringify({ token, pad: 'x'.repeat(draw.pick([0, 10, 3000])) }),
        ...(group === undefined ? {} : { MessageGroupId: group, MessageDeduplicationId: token }),
        ...(delaySeconds === 0 ? {} : { DelaySeconds: delaySeconds }),
      },
      book.place,
    )
    if (output !== undefined) {
      this.sent(book.name, token, output.MessageId ?? '', notBeforeMs, group)
    }
    return `send ${token} to ${book.name}: ${refusal ?? 'sent'}`
  }

  /** Notes that a message was taken by a queue, under an id. */
  sent(name: string, token: string, id: string, notBeforeMs: number, group?: string): void {
    const book = this.book(name)
    holds(!book.held.has(id), 'message ids', () => `${book.name}: ${id} was given out before`)
    book.held.set(id, newHeld(id, token, notBeforeMs))
    this.expect(book.name, token, { isDirect: true, via: 'SendMessage', group })
  }

  async #sendBatch(draw: Draw): Promise<string> {
    const book = this.book(draw.pick(['orders', 'afar']))
    const tokens = Array.from({ length: draw.int(1, 10) }, () => this.#world.token('batch'))
    const notBeforeMs = this.#world.nowMs
    const { output, refusal } = await this.#world.attempt(
      SendMessageBatch,
      {
        QueueUrl: book.url,
        Entries: tokens.map((token, i) => ({ Id: `e${i}`, MessageBody: token })),
      },
      book.place,
    )
    const successful = output?.Successful ?? []
    if (output !== undefined) {
      const ids = successful.map(({ Id }) => Id)
      const all = tokens.map((_, i) => `e${i}`)
      holds(String(ids) === String(all), 'batch answers', () => `${ids} of ${all}`)
    }
    for (const [i, { MessageId = '' }] of successful.entries()) {
      this.sent(book.name, tokens[i] ?? '', MessageId, notBeforeMs)
    }
    return `send ${tokens.length} to ${book.name} at once: ${refusal ?? 'sent'}`
  }

  /** A second send under one deduplication id, within its five minutes, is answered and adds nothing. */
  async #sendTwice(draw: Draw): Promise<string> {
    const book = this.book('orders.fifo')
    const token = this.#world.token('twice')
    const group = `g${draw.int(0, 2)}`
    const input = {
      QueueUrl: book.url,
      MessageBody: token,
      MessageGroupId: group,
      MessageDeduplicationId: token,
    }
    const sentAtMs = this.#world.nowMs
    const first = await this.#world.attempt(SendMessage, input, book.place)
    if (first.output === undefined) return `send ${token} twice: ${first.refusal}`
    this.sent(book.name, token, first.output.MessageId ?? '', sentAtMs, group)
    const { output } = await this.#world.attempt(SendMessage, input, book.place)
    const known = first.output.MessageId
    holds(
      output === undefined || output.MessageId === known || this.#world.nowMs - sentAtMs >= 300_000,
      'deduplication',
      () => `${token}: ${output?.MessageId} after ${known}`,
    )
    return `send ${token} twice to ${book.name}`
  }

  async #receive(draw: Draw): Promise<string> {
    const book = draw.pick([...this.books.values()].filter(({ isConsumed }) => !isConsumed))
    const visibilitySeconds = draw.pick([0, 1, 30, 30, 600, 43_200])
    const taken = await this.take(book, draw.int(1, 10), visibilitySeconds)
    const tokens = taken?.map(({ token }) => token).join(' ') ?? 'refused'
    return `receive from ${book.name} for ${visibilitySeconds} s: ${tokens || 'nothing'}`
  }

  /** Receives once and checks what came; its count, undefined where a fault struck. */
  async take(
    book: QueueBook,
    max: number,
    visibilitySeconds: number,
  ): Promise<readonly Held[] | undefined> {
    const startedAtMs = this.#world.nowMs
    const { output } = await this.#world.attempt(
      ReceiveMessage,
      {
        QueueUrl: book.url,
        MaxNumberOfMessages: max,
        VisibilityTimeout: visibilitySeconds,
        MessageSystemAttributeNames: ['All'],
      },
      book.place,
    )
    if (output === undefined) return undefined
    return this.taken(book, output.Messages ?? [], { max, visibilitySeconds, startedAtMs })
  }

  /** Checks messages that came, and notes them. */
  taken(
    book: QueueBook,
    Messages: readonly Message[],
    { max, visibilitySeconds, startedAtMs }: Asked,
  ): readonly Held[] {
    const taken: Held[] = []
    holds(Messages.length <= max, 'receive', () => `${Messages.length} came for ${max}`)
    for (const { MessageId = '', Body = '', ReceiptHandle = '' } of Messages) {
      const held = this.#found(book, MessageId, Body)
      checkReceived(this.#world, book, held)
      taken.push(held)
      held.handles.push(ReceiptHandle)
    }
    if (book.isFifo) checkGroups(book, taken, this.#world.nowMs)
    for (const held of taken) {
      held.receives += 1
      held.hiddenUntilMs = startedAtMs + visibilitySeconds * 1000
      held.visibleAtMs = this.#world.nowMs + visibilitySeconds * 1000
    }
    this.received += taken.length
    return taken
  }

  /** The book's entry of a message that came; a new one for a delivery, or for one that was given up elsewhere. */
  #found(book: QueueBook, id: string, body: string): Held {
    const known = book.held.get(id)
    if (known !== undefined) return known
    for (const source of this.books.values()) {
      const held = source.deadLetters === book.name ? source.held.get(id) : undefined
      if (held === undefined) continue
      holds(
        source.isConsumed || held.receives >= receivesMax,
        'dead letters',
        () => `${id} was given up by ${source.name} after ${held.receives} receives`,
      )
      source.held.delete(id)
      book.held.set(id, held)
      return held
    }
    const token = tokenIn(body, this.aliases)
    const held = newHeld(id, token, 0)
    book.held.set(id, held)
    if (book.isCounted || /"Event":"s3:TestEvent"/.test(body)) return held
    const awaited = token === undefined ? undefined : this.#awaitedHere(book, token)
    if (awaited === undefined || awaited.isDirect) {
      throw new Violation('message from nowhere', `${book.name}: ${id} ${body.slice(0, 300)}`)
    }
    awaited.seen = true
    return held
  }

  #awaitedHere(book: QueueBook, token: string): Awaited | undefined {
    const own = book.awaited.get(token)
    if (own !== undefined) return own
    const sources = [...this.books.values()].filter(
      ({ deadLetters, isConsumed }) => isConsumed && deadLetters === book.name,
    )
    const direct = sources.map(({ awaited }) => awaited.get(token)).find((it) => it !== undefined)
    return direct === undefined ? undefined : { ...direct, isDirect: false }
  }

  async #delete(draw: Draw): Promise<string> {
    const received = [...this.books.values()].flatMap((book) =>
      [...book.held.values()]
        .filter(({ state, handles }) => state !== 'gone' && handles.length > 0)
        .map((held) => ({ book, held })),
    )
    const found = draw.maybe(received)
    if (found === undefined) return 'delete: nothing was received'
    const { book, held } = found
    const isOld = draw.chance(0.1)
    const refusal = await this.remove(book, held, isOld ? 0 : held.handles.length - 1)
    return `delete ${held.token} of ${book.name}: ${refusal ?? 'deleted'}`
  }

  /** Deletes by a receipt handle, and notes what that did. */
  async remove(book: QueueBook, held: Held, index: number): Promise<string | undefined> {
    const isLatest = index === held.handles.length - 1
    const mayBeGivenUp =
      book.deadLetters !== undefined &&
      held.receives >= receivesMax &&
      held.hiddenUntilMs <= this.#world.nowMs
    const input = { QueueUrl: book.url, ReceiptHandle: held.handles[index] ?? '' }
    // What came from another queue has handles of that one too.
    const refusals = ['InvalidParameterValue', 'ReceiptHandleIsInvalid']
    const { refusal } = await this.#world.attempt(DeleteMessage, input, { ...book.place, refusals })
    if (refusal !== undefined) return refusal
    if (!isLatest || mayBeGivenUp) held.state = held.state === 'gone' ? 'gone' : 'maybe'
    else held.state = 'gone'
    if (held.state === 'gone' && book.isFifo) {
      for (const [group, tokens] of book.groups) {
        book.groups.set(
          group,
          tokens.filter((token) => token !== held.token),
        )
      }
    }
    return undefined
  }

  async #hide(draw: Draw): Promise<string> {
    const books = [...this.books.values()].filter(
      ({ isFifo, isConsumed }) => !isFifo && !isConsumed,
    )
    const book = draw.pick(books)
    const hidden = [...book.held.values()].filter(
      ({ state, hiddenUntilMs }) => state === 'there' && hiddenUntilMs > this.#world.nowMs,
    )
    const held = draw.maybe(hidden)
    if (held === undefined) return `change visibility in ${book.name}: nothing is in flight`
    const seconds = draw.pick([0, 10, 3600])
    const startedAtMs = this.#world.nowMs
    const { refusal } = await this.#world.attempt(
      ChangeMessageVisibility,
      {
        QueueUrl: book.url,
        ReceiptHandle: held.handles.at(-1) ?? '',
        VisibilityTimeout: seconds,
      },
      { ...book.place, refusals: ['InvalidParameterValue', 'MessageNotInflight'] },
    )
    if (refusal === undefined) {
      held.hiddenUntilMs = startedAtMs + seconds * 1000
      held.visibleAtMs = this.#world.nowMs + seconds * 1000
    }
    return `hide ${held.token} of ${book.name} for ${seconds} s: ${refusal ?? 'done'}`
  }

  /** Takes all that is there: what was acknowledged and not deleted must be among it. */
  async end(): Promise<void> {
    const isDeadLetters = new Set([...this.books.values()].map(({ deadLetters }) => deadLetters))
    const books = [...this.books.values()].filter(({ isConsumed }) => !isConsumed)
    const inOrder = books.sort(
      (a, b) => Number(isDeadLetters.has(a.name)) - Number(isDeadLetters.has(b.name)),
    )
    for (const book of inOrder) await this.drain(book)
    for (const book of inOrder) this.#checkLost(book)
  }

  /** Receives and deletes until nothing is left. */
  async drain(book: QueueBook): Promise<void> {
    for (let i = 0; i < 1000; i += 1) {
      const { Attributes = {} } = await this.#world.done(
        GetQueueAttributes,
        { QueueUrl: book.url, AttributeNames: ['All'] },
        book.place,
      )
      const names = ['', 'NotVisible', 'Delayed']
      const counts = names.map((it) => Number(Attributes[`ApproximateNumberOfMessages${it}`]))
      if (counts.every((count) => count === 0)) return
      for (const held of (await this.take(book, 10, 43_200)) ?? []) {
        await this.remove(book, held, held.handles.length - 1)
      }
    }
    throw new Violation('drain', `${book.name} does not become empty`)
  }

  #checkLost(book: QueueBook): void {
    for (const { id, token, state } of book.held.values()) {
      holds(state !== 'there', 'lost message', () => `${book.name}: ${token} (${id}) is not there`)
    }
    for (const [token, { sure, seen, isDirect, via }] of book.awaited) {
      holds(
        !sure || seen || isDirect,
        'lost delivery',
        () => `${book.name}: ${token}, by ${via}, never came`,
      )
    }
  }
}

function newHeld(id: string, token: string | undefined, notBeforeMs: number): Held {
  return {
    id,
    token,
    state: 'there',
    notBeforeMs,
    hiddenUntilMs: 0,
    visibleAtMs: 0,
    receives: 0,
    handles: [],
  }
}
