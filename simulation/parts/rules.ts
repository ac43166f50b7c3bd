import {
  DisableRule,
  EnableRule,
  ListRules,
  PutEvents,
  PutRule,
  PutTargets,
} from '@cloud-orrery/models/events'
import type { Draw } from '../draw.ts'
import type { Action, Part } from '../part.ts'
import { holds } from '../violation.ts'
import type { World } from '../world.ts'
import type { Queues } from './queues.ts'

/** A rule with a queue behind it: each event that matches comes. */
export class Rules implements Part {
  readonly name = 'rules'
  readonly #world: World
  readonly #queues: Queues
  #isOn = true
  #sinceMs = 0

  constructor(world: World, queues: Queues) {
    this.#world = world
    this.#queues = queues
  }

  async prepare(): Promise<void> {
    const { arn } = await this.#queues.make('paid', { senders: ['events.amazonaws.com'] })
    const EventPattern =
      '{"source":["shop"],"detail":{"state":["paid"],"amount":[{"numeric":[">",0]}]}}'
    await this.#world.done(PutRule, { Name: 'paid', EventPattern })
    await this.#world.done(PutTargets, { Rule: 'paid', Targets: [{ Id: 'queue', Arn: arn }] })
    const senders = ['events.amazonaws.com']
    const { arn: Arn } = await this.#queues.make('hours', { senders, isCounted: true })
    await this.#world.done(PutRule, { Name: 'hourly', ScheduleExpression: 'rate(1 hour)' })
    await this.#world.done(PutTargets, { Rule: 'hourly', Targets: [{ Id: 'queue', Arn }] })
    this.#sinceMs = this.#world.nowMs
  }

  readonly actions: Readonly<Record<string, Action>> = {
    'rules.put': (draw) => this.#put(draw),
    'rules.putMore': (draw) => this.#put(draw),
    'rules.putAgain': (draw) => this.#put(draw),
    'rules.switch': () => this.#switch(),
  }

  async #put(draw: Draw): Promise<string> {
    const events = Array.from({ length: draw.int(1, 4) }, () => ({
      token: this.#world.token('event'),
      state: draw.pick(['paid', 'paid', 'open']),
      amount: draw.pick([1, 12.5, 0]),
    }))
    const { output, refusal } = await this.#world.attempt(PutEvents, {
      Entries: events.map((detail) => ({
        Source: 'shop',
        DetailType: 'Order',
        Detail: JSON.stringify(detail),
      })),
    })
    if (output !== undefined) {
      holds(output.FailedEntryCount === 0, 'batch answers', () => JSON.stringify(output))
      for (const { token, state, amount } of events) {
        if (state !== 'paid' || amount === 0 || !this.#isOn) continue
        this.#queues.expect('paid', token, { via: 'a rule' })
      }
    }
    const what = events.map(({ token, state, amount }) => `${token} ${state} ${amount}`).join(', ')
    return `put events ${what}: ${refusal ?? 'put'}`
  }

  async #switch(): Promise<string> {
    const { output, refusal } = await this.#world.attempt(this.#isOn ? DisableRule : EnableRule, {
      Name: 'paid',
    })
    if (output === undefined) return `switch the rule: ${refusal}`
    this.#isOn = !this.#isOn
    this.#queues.doubt((name) => name === 'paid')
    return `switch the rule ${this.#isOn ? 'on' : 'off'}`
  }

  async end(): Promise<void> {
    const { Rules: rules = [] } = await this.#world.done(ListRules, {})
    const found = rules.map(({ Name, State }) => `${Name} ${State}`)
    const expected = ['hourly ENABLED', `paid ${this.#isOn ? 'ENABLED' : 'DISABLED'}`]
    const others = found.filter((it) => !/^sim-/.test(it))
    holds(String(others) === String(expected), 'list of rules', () => `${found}`)
    await this.#checkHours()
  }

  /** The schedule was kept all the time, through faults, restarts and forks. */
  async #checkHours(): Promise<void> {
    const book = this.#queues.book('hours')
    await this.#queues.drain(book)
    const hours = Math.floor((this.#world.nowMs - this.#sinceMs) / 3_600_000)
    const came = book.held.size
    // The last one may be under way, and a legal run may have some twice.
    const isRight = came >= hours - 1 && (!this.#world.isCalm || came <= hours + 1)
    holds(isRight, 'schedule', () => `${came} messages in ${hours} hours`)
  }
}
