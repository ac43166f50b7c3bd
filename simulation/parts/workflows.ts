import { type Cloud, call } from '@cloud-orrery/cloud'
import { RandomStreams } from '@cloud-orrery/kernel'
import { CreateTable, GetItem } from '@cloud-orrery/models/dynamodb'
import { DisableRule } from '@cloud-orrery/models/events'
import { CreateRole, PutRolePolicy } from '@cloud-orrery/models/iam'
import {
  CreateStateMachine,
  DescribeExecution,
  GetExecutionHistory,
  type HistoryEvent,
  ListExecutions,
  RedriveExecution,
  StartExecution,
  StartSyncExecution,
  StopExecution,
} from '@cloud-orrery/models/states'
import { Draw } from '../draw.ts'
import type { Action, Part } from '../part.ts'
import { holds } from '../violation.ts'
import { home, type World } from '../world.ts'
import { policy } from './people.ts'
import type { Queues } from './queues.ts'
import { drawnWorkflow, type RunInput, type Workflow } from './workflow-definition.ts'
import { checkHistory, countTasks } from './workflow-history.ts'

const tableName = 'flows'
const roleArn = `arn:aws:iam::${home.accountId}:role/flows`
const dayMs = 86_400_000
/** Longer than the longest workflow: six waits of 60 days, each for three items one after the other, and retries. */
const longestMs = 1100 * dayMs

interface Machine {
  readonly arn: string
  readonly workflow: Workflow
  readonly isExpress: boolean
}

interface Run {
  readonly arn: string
  readonly name: string
  readonly machine: Machine
  readonly input: RunInput
  readonly startedAtMs: number
  /** Nothing that armed faults, crashes or we ourselves did can have changed its course. */
  isUndisturbed: boolean
  isStopped: boolean
  /** Events of its history when it was stopped. */
  eventsAtStop?: number
}

/** Random state machines: each run comes to one end, the one that its definition says. */
export class Workflows implements Part {
  readonly name = 'workflows'
  readonly #world: World
  readonly #queues: Queues
  readonly #machines: Machine[] = []
  readonly #runs: Run[] = []

  constructor(world: World, queues: Queues) {
    this.#world = world
    this.#queues = queues
  }

  async prepare(): Promise<void> {
    await this.#queues.make('steps')
    const trust = {
      Effect: 'Allow',
      Principal: { Service: 'states.amazonaws.com' },
      Action: 'sts:AssumeRole',
    }
    const Action = ['sqs:*', 'dynamodb:*', 'lambda:*']
    await this.#world.done(CreateRole, {
      RoleName: 'flows',
      AssumeRolePolicyDocument: policy(trust),
    })
    await this.#world.done(PutRolePolicy, {
      RoleName: 'flows',
      PolicyName: 'own',
      PolicyDocument: policy({ Effect: 'Allow', Action, Resource: '*' }),
    })
    await this.#world.done(CreateTable, {
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    })
    await this.#world.cloud.advance({ seconds: 30 })
    const streams = new RandomStreams(this.#world.settings.seed)
    const draw = new Draw(streams.stream('simulation.workflows'))
    await this.#make(draw)
    await this.#make(draw)
  }

  readonly actions: Readonly<Record<string, Action>> = {
    'workflows.make': (draw) => this.#make(draw),
    'workflows.start': (draw) => this.#start(draw),
    'workflows.startMore': (draw) => this.#start(draw),
    'workflows.startOther': (draw) => this.#start(draw),
    'workflows.startAgain': (draw) => this.#startAgain(draw),
    'workflows.stop': (draw) => this.#stop(draw),
    'workflows.redrive': (draw) => this.#redrive(draw),
    'workflows.look': (draw) => this.#look(draw),
    'workflows.list': (draw) => this.#list(draw),
  }

  async #make(draw: Draw): Promise<string> {
    const isExpress = draw.chance(0.25)
    const name = `flow-${this.#machines.length}`
    const hasFunction = this.#world.settings.parts.has('functions') && !isExpress
    const workflow = drawnWorkflow(draw, {
      place: home,
      queueUrl: this.#queues.book('steps').url,
      tableName,
      waitSecondsMax: isExpress ? 5 : 60 * 86_400,
      functionName: hasFunction ? 'work' : undefined,
    })
    const { definition } = workflow
    const { output, refusal } = await this.#world.attempt(CreateStateMachine, {
      name,
      roleArn,
      definition,
      type: isExpress ? 'EXPRESS' : 'STANDARD',
    })
    if (output === undefined) return `make ${name}: ${refusal}`
    this.#machines.push({ arn: output.stateMachineArn, workflow, isExpress })
    return `make ${name} ${isExpress ? 'express ' : ''}${definition}`
  }

  async #start(draw: Draw): Promise<string> {
    const machine = draw.pick(this.#machines)
    const token = this.#world.token('flow')
    this.#queues.expect('steps', token, { via: 'a workflow', sure: false })
    const items = Array.from({ length: draw.int(0, 3) }, (_, index) => index)
    const input = { token, n: draw.int(0, 3), items }
    if (machine.isExpress) return await this.#startSync(machine, input)
    const name = token.replace('.', '')
    const { output, refusal } = await this.#world.attempt(StartExecution, {
      stateMachineArn: machine.arn,
      name,
      input: JSON.stringify(input),
    })
    if (output === undefined) return `start ${name}: ${refusal}`
    this.#runs.push({
      arn: output.executionArn,
      name,
      machine,
      input,
      startedAtMs: Number(output.startDate),
      isUndisturbed: !this.#world.hasFaults,
      isStopped: false,
    })
    return `start ${name} of ${machine.arn.split(':').at(-1)} with ${JSON.stringify(input)}`
  }

  async #startSync(machine: Machine, input: RunInput): Promise<string> {
    const isUndisturbed = !this.#world.hasFaults
    const { output, refusal } = await this.#world.attempt(
      StartSyncExecution,
      { stateMachineArn: machine.arn, input: JSON.stringify(input) },
      // A snapshot does not wait for ever for a call that waits.
      { waits: true, refusals: this.#world.durable === undefined ? [] : ['InternalFailure'] },
    )
    if (output === undefined) return `run ${input.token}: ${refusal}`
    const { ms, fails, isTimedOut } = machine.workflow.course(input)
    const expected = isTimedOut ? 'TIMED_OUT' : fails ? 'FAILED' : 'SUCCEEDED'
    const tookMs = Number(output.stopDate) - Number(output.startDate)
    holds(
      !isUndisturbed || (output.status === expected && tookMs === ms),
      'end of a workflow',
      () => `${input.token}: ${output.status} after ${tookMs} ms, not ${expected} after ${ms}`,
    )
    return `run ${input.token}: ${output.status}`
  }

  /** One name stands for one execution. */
  async #startAgain(draw: Draw): Promise<string> {
    const run = draw.maybe(this.#runs)
    if (run === undefined) return 'start again: none'
    const isOther = draw.chance(0.3)
    const input = isOther ? '{}' : JSON.stringify(run.input)
    const { output, refusal } = await this.#world.attempt(
      StartExecution,
      { stateMachineArn: run.machine.arn, name: run.name, input },
      { refusals: ['ExecutionAlreadyExists'] },
    )
    const isSame =
      output === undefined ||
      (!isOther && output.executionArn === run.arn && Number(output.startDate) === run.startedAtMs)
    holds(isSame, 'name of an execution', () => `${run.name}: ${JSON.stringify(output)}`)
    return `start ${run.name} again: ${refusal ?? 'the same'}`
  }

  async #stop(draw: Draw): Promise<string> {
    const run = draw.maybe(this.#runs)
    if (run === undefined || run.eventsAtStop !== undefined) return 'stop: none'
    const { output, refusal } = await this.#world.attempt(StopExecution, { executionArn: run.arn })
    run.isUndisturbed = false
    if (output === undefined) return `stop ${run.name}: ${refusal}`
    run.isStopped = true
    // While calls fail or are slow, the history is looked at later.
    if (this.#world.hasFaults) return `stop ${run.name}`
    run.eventsAtStop = (await historyOf(this.#world.cloud, run.arn)).length
    return `stop ${run.name} after ${run.eventsAtStop} events`
  }

  async #redrive(draw: Draw): Promise<string> {
    const run = draw.maybe(this.#runs)
    if (run === undefined) return 'redrive: none'
    run.isUndisturbed = false
    const { output, refusal } = await this.#world.attempt(
      RedriveExecution,
      { executionArn: run.arn },
      { refusals: ['ExecutionNotRedrivable'] },
    )
    if (output !== undefined) delete run.eventsAtStop
    return `redrive ${run.name}: ${refusal ?? 'goes on'}`
  }

  async #look(draw: Draw): Promise<string> {
    const run = draw.maybe(this.#runs)
    if (run === undefined || this.#world.hasFaults) return 'look at a workflow: none'
    return `look at ${run.name}: ${await this.#check(this.#world.cloud, run)}`
  }

  async #list(draw: Draw): Promise<string> {
    const machine = draw.maybe(this.#machines.filter(({ isExpress }) => !isExpress))
    if (machine === undefined) return 'list executions: no machine'
    const maxResults = draw.int(1, 5)
    const found: string[] = []
    let nextToken: string | undefined
    do {
      const { output, refusal } = await this.#world.attempt(ListExecutions, {
        stateMachineArn: machine.arn,
        maxResults,
        ...(nextToken === undefined ? {} : { nextToken }),
      })
      if (output === undefined) return `list executions: ${refusal}`
      found.push(...output.executions.map(({ name }) => name))
      nextToken = output.nextToken
    } while (nextToken !== undefined)
    const expected = this.#runs.filter((run) => run.machine === machine).map(({ name }) => name)
    const isRight = String([...found].sort()) === String([...expected].sort())
    holds(isRight, 'list of executions', () => `${found}, not ${expected}`)
    return `list executions: ${found.length}`
  }

  /** Whether a run is where it has to be, and its history in order. */
  async #check(cloud: Cloud, run: Run): Promise<string> {
    const { status, stopDate } = await call(cloud, DescribeExecution, { executionArn: run.arn })
    const events = await historyOf(cloud, run.arn)
    checkHistory(run.name, events, status)
    const { eventsAtStop } = run
    const isStill = eventsAtStop === undefined || events.length === eventsAtStop
    holds(isStill, 'events after a stop', () => `${run.name}: ${events.length}, ${eventsAtStop}`)
    if (!this.#isUndisturbed(run)) return status
    const { ms, fails, isTimedOut } = run.machine.workflow.course(run.input)
    const ended = isTimedOut ? 'TIMED_OUT' : fails ? 'FAILED' : 'SUCCEEDED'
    const { nowMs } = cloud.kernel.clock
    const passedMs = nowMs - run.startedAtMs
    // At the very moment both are right.
    const expected = passedMs < ms ? 'RUNNING' : ended
    const isRight = status === expected || (passedMs === ms && status === 'RUNNING')
    const tookMs = stopDate === undefined ? undefined : Number(stopDate) - run.startedAtMs
    holds(
      isRight && (tookMs === undefined || tookMs === ms),
      'end of a workflow',
      () => `${run.name}: ${status} after ${tookMs ?? passedMs} ms, not ${ended} after ${ms}`,
    )
    return status
  }

  #isUndisturbed({ isUndisturbed }: Run): boolean {
    return isUndisturbed && this.#world.faultsArmed === 0 && !this.#world.isInterrupted
  }

  async end(): Promise<void> {
    await this.#queues.drain(this.#queues.book('steps'))
    for (const run of this.#runs) {
      await this.#check(this.#world.cloud, run)
      await this.#checkEffects(run)
    }
    await this.#checkFuture()
  }

  /** What a history says was done is done, once. */
  async #checkEffects({ arn, name, input, isStopped }: Run): Promise<void> {
    const events = await historyOf(this.#world.cloud, arn)
    const { Item } = await this.#world.done(GetItem, {
      TableName: tableName,
      Key: { id: { S: input.token } },
      ConsistentRead: true,
    })
    const held = [...this.#queues.book('steps').held.values()]
    const effects = {
      updateItem: Number(Item?.['steps']?.N ?? 0),
      sendMessage: held.filter(({ token }) => token === input.token).length,
    }
    for (const [resource, times] of Object.entries(effects)) {
      const { scheduled, succeeded } = countTasks(events, resource)
      const isExact = this.#world.faultsArmed === 0 && !isStopped
      const most = this.#world.isInterrupted ? Number.POSITIVE_INFINITY : scheduled
      holds(
        times >= succeeded &&
          times <= most &&
          (!isExact || times === succeeded || most > scheduled),
        'effects of a workflow',
        () => `${name}: ${resource} ${times} times, ${succeeded} of ${scheduled} succeeded`,
      )
    }
  }

  /** In a timeline of its own, time goes on until the longest wait is over. */
  async #checkFuture(): Promise<void> {
    if (!this.#world.settings.parts.has('timelines') || this.#runs.length === 0) return
    await this.#world.cloud.settle()
    if (this.#world.cloud.kernel.journal.openCount > 0) return
    const fork = this.#world.cloud.fork()
    // Thousands of hourly messages would say nothing about workflows.
    if (this.#world.settings.parts.has('rules')) await call(fork, DisableRule, { Name: 'hourly' })
    const courses = this.#runs.map(({ machine, input }) => machine.workflow.course(input).ms)
    await fork.advance(Math.min(Math.max(...courses) + dayMs, longestMs))
    for (const run of this.#runs) {
      const status = await this.#check(fork, run)
      const isOver = status !== 'RUNNING' || !this.#isUndisturbed(run)
      holds(isOver, 'end of a workflow', () => `${run.name} runs for ever`)
    }
    fork.close()
  }
}

/** All events of an execution. */
async function historyOf(cloud: Cloud, executionArn: string): Promise<readonly HistoryEvent[]> {
  const events: HistoryEvent[] = []
  let nextToken: string | undefined
  do {
    const page = await call(cloud, GetExecutionHistory, {
      executionArn,
      maxResults: 100,
      ...(nextToken === undefined ? {} : { nextToken }),
    })
    events.push(...page.events)
    nextToken = page.nextToken
  } while (nextToken !== undefined)
  return events
}
