import { CreateRole, PutRolePolicy } from '@cloud-orrery/models/iam'
import {
  CreateSchedule,
  DeleteSchedule,
  ListSchedules,
  UpdateSchedule,
} from '@cloud-orrery/models/scheduler'
import { CreateQueue, DeleteMessage, ReceiveMessage } from '@cloud-orrery/models/sqs'
import type { Draw } from '../draw.ts'
import type { Action, Part } from '../part.ts'
import { holds } from '../violation.ts'
import { home, type World } from '../world.ts'
import { type Calendar, drawnCalendar } from './calendars.ts'
import { policy } from './people.ts'

const minuteMs = 60_000
/** A run comes within a minute, and may be on its way a moment longer. */
const punctualMs = 2 * minuteMs
const windowMinutes = 15

/** A schedule under one expression. */
interface Plan {
  readonly name: string
  readonly calendar: Calendar
  readonly isFlexible: boolean
  readonly fromMs: number
  /** Changed, disabled or deleted then. */
  toMs?: number
  /** Faults were armed by then: what was tried again may have come to nothing with the plan. */
  isInDoubt?: boolean
}

/** Schedules of EventBridge Scheduler: they run when the calendar says, neither more nor less. */
export class Schedules implements Part {
  readonly name = 'schedules'
  readonly #world: World
  readonly #plans: Plan[] = []
  #queueUrl = ''

  constructor(world: World) {
    this.#world = world
  }

  async prepare(): Promise<void> {
    const Attributes = { MessageRetentionPeriod: '1209600' }
    const { QueueUrl = '' } = await this.#world.done(CreateQueue, {
      QueueName: 'ticks',
      Attributes,
    })
    this.#queueUrl = QueueUrl
    const trust = {
      Effect: 'Allow',
      Principal: { Service: 'scheduler.amazonaws.com' },
      Action: 'sts:AssumeRole',
    }
    await this.#world.done(CreateRole, {
      RoleName: 'ticker',
      AssumeRolePolicyDocument: policy(trust),
    })
    await this.#world.done(PutRolePolicy, {
      RoleName: 'ticker',
      PolicyName: 'own',
      PolicyDocument: policy({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' }),
    })
  }

  readonly actions: Readonly<Record<string, Action>> = {
    'schedules.create': (draw) => this.#create(draw),
    'schedules.update': (draw) => this.#update(draw),
    'schedules.delete': (draw) => this.#delete(draw),
    'schedules.list': (draw) => this.#list(draw.int(1, 5)),
  }

  get #current(): readonly Plan[] {
    return this.#plans.filter(({ toMs }) => toMs === undefined)
  }

  async #create(draw: Draw): Promise<string> {
    // A rate counts from when it was made: a slow call makes it at an unknown moment.
    if (this.#world.isSlow) return 'create a schedule: not while calls are slow'
    const name = `tick-${this.#plans.length}`
    const plan = { name, ...this.#drawn(draw) }
    const { output, refusal } = await this.#world.attempt(CreateSchedule, this.#inputOf(plan))
    const { expression, zone } = plan.calendar
    if (output === undefined) return `create ${name}: ${refusal}`
    this.#plans.push({ ...plan, fromMs: this.#world.nowMs })
    return `create ${name} ${expression} in ${zone}${plan.isFlexible ? ', flexible' : ''}`
  }

  async #update(draw: Draw): Promise<string> {
    const old = draw.maybe(this.#current)
    if (old === undefined || this.#world.isSlow) return 'update a schedule: none, or not now'
    const plan = { name: old.name, ...this.#drawn(draw) }
    const fromMs = this.#world.nowMs
    const { output, refusal } = await this.#world.attempt(UpdateSchedule, this.#inputOf(plan), {
      refusals: gone(old),
    })
    if (output === undefined) return `update ${old.name}: ${refusal}`
    this.#endPlan(old, fromMs)
    this.#plans.push({ ...plan, fromMs: this.#world.nowMs })
    return `update ${old.name} to ${plan.calendar.expression} in ${plan.calendar.zone}`
  }

  async #delete(draw: Draw): Promise<string> {
    const plan = draw.maybe(this.#current)
    if (plan === undefined) return 'delete a schedule: none'
    const { output, refusal } = await this.#world.attempt(
      DeleteSchedule,
      { Name: plan.name },
      { refusals: gone(plan) },
    )
    if (output !== undefined) this.#endPlan(plan, this.#world.nowMs)
    return `delete ${plan.name}: ${refusal ?? 'deleted'}`
  }

  #endPlan(plan: Plan, toMs: number): void {
    plan.toMs = toMs
    plan.isInDoubt = this.#world.faultsArmed > 0
  }

  async #list(MaxResults: number): Promise<string> {
    const found: string[] = []
    let NextToken: string | undefined
    do {
      const { output, refusal } = await this.#world.attempt(ListSchedules, {
        NamePrefix: 'tick-',
        MaxResults,
        ...(NextToken === undefined ? {} : { NextToken }),
      })
      if (output === undefined) return `list schedules: ${refusal}`
      found.push(...output.Schedules.map(({ Name = '' }) => Name))
      NextToken = output.NextToken
    } while (NextToken !== undefined)
    const expected = this.#current
      .filter((plan) => !plan.calendar.isOnce || found.includes(plan.name))
      .map(({ name }) => name)
    holds(
      String(found.sort()) === String(expected.sort()),
      'list of schedules',
      () => `${found}, not ${expected}`,
    )
    return `list schedules: ${found.length}`
  }

  #drawn(draw: Draw) {
    const calendar = drawnCalendar(draw, this.#world.nowMs)
    return { calendar, isFlexible: draw.chance(0.2), fromMs: this.#world.nowMs }
  }

  #inputOf({ name, calendar, isFlexible }: Plan) {
    return {
      Name: name,
      ScheduleExpression: calendar.expression,
      ScheduleExpressionTimezone: calendar.zone,
      FlexibleTimeWindow: isFlexible
        ? { Mode: 'FLEXIBLE' as const, MaximumWindowInMinutes: windowMinutes }
        : { Mode: 'OFF' as const },
      ...(calendar.isOnce ? { ActionAfterCompletion: 'DELETE' as const } : {}),
      Target: {
        Arn: `arn:aws:sqs:${home.region}:${home.accountId}:ticks`,
        RoleArn: `arn:aws:iam::${home.accountId}:role/ticker`,
        Input: JSON.stringify({ name, at: '<aws.scheduler.scheduled-time>' }),
      },
    }
  }

  async end(): Promise<void> {
    await this.#list(100)
    const runs = await this.#runs()
    const names = new Set([...this.#plans.map(({ name }) => name), ...runs.keys()])
    for (const name of names) this.#checkRuns(name, runs.get(name) ?? new Map())
  }

  #checkRuns(name: string, runs: ReadonlyMap<string, number>): void {
    const possible = new Map<string, number>()
    const certain = new Set<string>()
    for (const plan of this.#plans.filter((it) => it.name === name)) {
      const lateMs = plan.isFlexible ? windowMinutes * minuteMs + punctualMs : punctualMs
      const toMs = plan.toMs ?? this.#world.nowMs
      for (const atMs of plan.calendar.times(plan.fromMs, toMs)) {
        possible.set(secondOf(atMs), (possible.get(secondOf(atMs)) ?? 0) + 1)
        if (plan.isInDoubt !== true && atMs + lateMs <= toMs) certain.add(secondOf(atMs))
      }
    }
    const what = (): string => `${name}: ran at ${[...runs.keys()]}, not ${[...certain]}`
    for (const at of runs.keys())
      holds(possible.has(at), 'run of a schedule', () => `${at}? ${what()}`)
    for (const at of certain) holds(runs.has(at), 'missed schedule', () => `${at}? ${what()}`)
    const isOnce = this.#world.isCalm && !this.#world.isInterrupted && this.#world.faultsArmed === 0
    for (const [at, times] of runs) {
      // A rate that is changed to another at the moment of a run has one of each.
      holds(
        !isOnce || times <= (possible.get(at) ?? 0),
        'run of a schedule',
        () => `${name} at ${at}: ${times} times`,
      )
    }
  }

  /** How often each schedule ran for each of its moments. */
  async #runs(): Promise<Map<string, Map<string, number>>> {
    const runs = new Map<string, Map<string, number>>()
    const ids = new Set<string>()
    const QueueUrl = this.#queueUrl
    for (let empty = 0; empty < 10; ) {
      const input = { QueueUrl, MaxNumberOfMessages: 10 }
      const { Messages = [] } = await this.#world.done(ReceiveMessage, input)
      empty = Messages.length === 0 ? empty + 1 : 0
      for (const { Body = '', MessageId = '', ReceiptHandle = '' } of Messages) {
        await this.#world.done(DeleteMessage, { QueueUrl, ReceiptHandle })
        if (ids.has(MessageId)) continue
        ids.add(MessageId)
        const { name = '', at = '' }: Record<string, string> = JSON.parse(Body)
        const own = runs.get(name) ?? new Map<string, number>()
        own.set(at, (own.get(at) ?? 0) + 1)
        runs.set(name, own)
      }
    }
    return runs
  }
}

/** A schedule that runs once is gone after its run. */
function gone({ calendar }: Plan): readonly string[] {
  return calendar.isOnce ? ['ResourceNotFoundException'] : []
}

function secondOf(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z')
}
