import { fetchFromCloud } from '@cloud-orrery/cloud'
import { CreateEmailIdentity, SendEmail } from '@cloud-orrery/models/sesv2'
import { mailbox } from '@cloud-orrery/services'
import type { Draw } from '../draw.ts'
import type { Action, Part } from '../part.ts'
import { holds } from '../violation.ts'
import { home, type World } from '../world.ts'

const sender = 'desk@simulation.test'
const readers = ['ann@simulation.test', 'bob@simulation.test', 'eve@simulation.test']
const stranger = 'nobody@elsewhere.test'

/** Small, so that random work comes to them. */
const quotaPerDay = 30
const ratePerSecond = 3
const dayMs = 86_400_000

interface Accepted {
  readonly token: string
  readonly id: string
  readonly to: readonly string[]
  readonly fromMs: number
  /** When it was answered. */
  readonly atMs: number
}

/** Mail of an account in the sandbox: its limits hold, and what is taken arrives once. */
export class Mails implements Part {
  readonly name = 'mails'
  readonly #world: World
  readonly #accepted: Accepted[] = []
  readonly #refused = new Set<string>()

  constructor(world: World) {
    this.#world = world
  }

  async prepare(): Promise<void> {
    for (const EmailIdentity of [sender, ...readers]) {
      await this.#world.done(CreateEmailIdentity, { EmailIdentity })
      const mail = mailbox.to(this.#world.cloud.scope('', ''), EmailIdentity).at(-1)
      await fetchFromCloud(this.#world.cloud, mail?.links[0] ?? '')
    }
    const url = `https://sending-limits.${home.region}.orrery/?account=${home.accountId}`
    const limits = { maxSendRate: ratePerSecond, max24HourSend: quotaPerDay }
    await fetchFromCloud(this.#world.cloud, url, { method: 'PUT', body: JSON.stringify(limits) })
  }

  readonly actions: Readonly<Record<string, Action>> = {
    'mails.send': (draw) => this.#send(draw, 1),
    'mails.sendMany': (draw) => this.#send(draw, draw.int(2, 6)),
    'mails.sendToStranger': () => this.#sendToStranger(),
  }

  async #send(draw: Draw, count: number): Promise<string> {
    const answers: string[] = []
    for (let i = 0; i < count; i += 1) {
      const to = readers.slice(0, draw.pick([1, 1, 1, 2, 3]))
      answers.push(await this.#sendOne(to))
    }
    return `send ${count} mails: ${answers.join(', ')}`
  }

  async #sendOne(to: readonly string[]): Promise<string> {
    const token = this.#world.token('mail')
    const fromMs = this.#world.nowMs
    const { output, refusal } = await this.#world.attempt(SendEmail, mailOf(token, to), {
      refusals: ['TooManyRequestsException', 'LimitExceededException'],
    })
    const atMs = this.#world.nowMs
    if (output === undefined) {
      this.#refused.add(token)
      if (refusal === 'LimitExceededException') this.#checkSpent(token, fromMs, atMs)
      return `${token} ${refusal}`
    }
    const spent = this.#recipientsSince(fromMs - dayMs + 1000)
    holds(spent < quotaPerDay, 'quota of mails', () => `${token}: ${spent} in 24 hours before`)
    this.#accepted.push({ token, id: output.MessageId ?? '', to, fromMs, atMs })
    this.#checkRate(token)
    return token
  }

  /** A mail is refused for the day's quota only where it is spent. */
  #checkSpent(token: string, fromMs: number, atMs: number): void {
    const spent = this.#recipientsSince(fromMs - dayMs - 1000 - (atMs - fromMs))
    holds(spent >= quotaPerDay, 'quota of mails', () => `${token} refused after ${spent}`)
  }

  #recipientsSince(sinceMs: number): number {
    return this.#accepted
      .filter(({ atMs }) => atMs >= sinceMs)
      .reduce((sum, { to }) => sum + to.length, 0)
  }

  /** A second's tokens and those of the time that passed: no more recipients, but for the last mail's. */
  #checkRate(token: string): void {
    const last = this.#accepted.length - 1
    let recipients = 0
    for (let index = last - 1; index >= 0; index -= 1) {
      const first = this.#accepted[index]
      const end = this.#accepted[last]
      if (first === undefined || end === undefined) return
      recipients += first.to.length
      const allowed = ratePerSecond * (1 + (end.atMs - first.fromMs) / 1000)
      // The mail itself needs one token of what is left.
      const isRight = recipients + 1 <= allowed + 1e-6
      holds(isRight, 'rate of mails', () => `${token}: ${recipients + 1} where ${allowed} may be`)
    }
  }

  /** Nobody who is not verified gets mail from the sandbox. */
  async #sendToStranger(): Promise<string> {
    const token = this.#world.token('mail')
    const { output, refusal } = await this.#world.attempt(SendEmail, mailOf(token, [stranger]), {
      refusals: ['MessageRejected', 'TooManyRequestsException', 'LimitExceededException'],
    })
    holds(output === undefined, 'sandbox', () => `${token} was taken`)
    this.#refused.add(token)
    return `send ${token} to a stranger: ${refusal}`
  }

  async end(): Promise<void> {
    const mails = mailbox.all(this.#world.cloud.scope('', ''))
    for (const { token, to, id } of this.#accepted) {
      const found = mails.filter(({ subject }) => subject === token)
      const who = found.map((mail) => String(mail.to))
      const isRight = found.length === 1 && who[0] === String(to)
      holds(isRight, 'mail', () => `${token} (${id}) to ${to} came ${found.length} times: ${who}`)
    }
    const strange = mails.filter(({ subject }) => this.#refused.has(subject))
    holds(strange.length === 0, 'refused mail', () => strange.map((it) => it.subject).join())
    const ids = new Set(this.#accepted.map(({ id }) => id))
    holds(ids.size === this.#accepted.length, 'message ids', () => `${[...ids]}`)
  }
}

function mailOf(token: string, ToAddresses: readonly string[]) {
  return {
    FromEmailAddress: sender,
    Destination: { ToAddresses },
    Content: {
      Simple: { Subject: { Data: token }, Body: { Text: { Data: `Read ${token}` } } },
    },
  }
}
