import { PutEvents, PutRule, PutTargets } from '@cloud-orrery/models/events'
import { CreateRole, PutRolePolicy } from '@cloud-orrery/models/iam'
import {
  AddPermission,
  CreateEventSourceMapping,
  CreateFunction,
  Invoke,
  PutFunctionEventInvokeConfig,
} from '@cloud-orrery/models/lambda'
import { FilterLogEvents } from '@cloud-orrery/models/logs'
import { GetQueueAttributes, SendMessage, SetQueueAttributes } from '@cloud-orrery/models/sqs'
import type { Draw } from '../draw.ts'
import type { Action, Part } from '../part.ts'
import { holds } from '../violation.ts'
import { home, type World } from '../world.ts'
import { functionZip } from './function-code.ts'
import { policy } from './people.ts'
import type { Queues } from './queues.ts'

const FunctionName = 'work'
/** Attempts at an asynchronous event whose function always fails: the first and one retry. */
const attempts = 2

interface Sent {
  readonly way: 'sync' | 'async' | 'job' | 'event'
  readonly isPoison: boolean
}

/** A Node function, called in three ways: what it was given it saw, and as often as was configured. */
export class Functions implements Part {
  readonly name = 'functions'
  readonly #world: World
  readonly #queues: Queues
  readonly #sent = new Map<string, Sent>()

  constructor(world: World, queues: Queues) {
    this.#world = world
    this.#queues = queues
  }

  async prepare(): Promise<void> {
    const jobs = await this.#queues.make('jobs', { deadLetters: 'jobs-dead', isConsumed: true })
    const failures = await this.#queues.make('failures')
    const Attributes = { VisibilityTimeout: '60' }
    await this.#world.done(SetQueueAttributes, { QueueUrl: jobs.url, Attributes })
    const RoleName = 'worker'
    const trust = {
      Effect: 'Allow',
      Principal: { Service: 'lambda.amazonaws.com' },
      Action: 'sts:AssumeRole',
    }
    const grant = { Effect: 'Allow', Action: ['logs:*', 'sqs:*'], Resource: '*' }
    await this.#world.done(CreateRole, { RoleName, AssumeRolePolicyDocument: policy(trust) })
    const own = { RoleName, PolicyName: 'own', PolicyDocument: policy(grant) }
    await this.#world.done(PutRolePolicy, own)
    await this.#world.done(CreateFunction, {
      FunctionName,
      Role: `arn:aws:iam::${home.accountId}:role/${RoleName}`,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Timeout: 10,
      Code: { ZipFile: await functionZip() },
    })
    await this.#world.cloud.advance({ seconds: 5 })
    await this.#world.done(PutFunctionEventInvokeConfig, {
      FunctionName,
      MaximumRetryAttempts: attempts - 1,
      DestinationConfig: { OnFailure: { Destination: failures.arn } },
    })
    await this.#world.done(CreateEventSourceMapping, {
      FunctionName,
      EventSourceArn: jobs.arn,
      BatchSize: 5,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    })
    await this.#rule()
    await this.#world.cloud.advance({ seconds: 60 })
  }

  async #rule(): Promise<void> {
    const { region, accountId } = home
    const EventPattern = '{"source":["work"]}'
    await this.#world.done(PutRule, { Name: 'sim-work', EventPattern })
    const Arn = `arn:aws:lambda:${region}:${accountId}:function:${FunctionName}`
    await this.#world.done(PutTargets, { Rule: 'sim-work', Targets: [{ Id: 'work', Arn }] })
    await this.#world.done(AddPermission, {
      FunctionName,
      StatementId: 'rule',
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: `arn:aws:events:${region}:${accountId}:rule/sim-work`,
    })
  }

  readonly actions: Readonly<Record<string, Action>> = {
    'functions.call': (draw) => this.#call(draw),
    'functions.event': (draw) => this.#event(draw),
    'functions.rule': () => this.#put(),
    'functions.job': (draw) => this.#job(draw),
    'functions.jobMore': (draw) => this.#job(draw),
  }

  async #call(draw: Draw): Promise<string> {
    const token = this.#world.token('call')
    const isPoison = draw.chance(0.2)
    const { output, refusal } = await this.#world.attempt(
      Invoke,
      { FunctionName, Payload: payload(token, isPoison, draw.chance(0.3)) },
      { waits: true },
    )
    if (output === undefined) return `call ${token}: ${refusal}`
    const text = new TextDecoder().decode(await bytesOf(output.Payload))
    const { echo, at, errorMessage }: Record<string, unknown> = JSON.parse(text)
    if (output.FunctionError === undefined) {
      holds(!isPoison && echo === token, 'answer of a function', () => `${token}: ${text}`)
      holds(Number(at) <= this.#world.nowMs, 'time in a function', () => `${at}`)
    } else if (!this.#world.hasFaults) {
      const isRight = isPoison && errorMessage === 'poisoned'
      holds(isRight, 'answer of a function', () => `${token}: ${text}`)
    }
    this.#sent.set(token, { way: 'sync', isPoison })
    return `call ${token}: ${output.FunctionError ?? 'answered'}`
  }

  async #event(draw: Draw): Promise<string> {
    const token = this.#world.token('async')
    const isPoison = draw.chance(0.4)
    const sure = !this.#world.hasFaults
    const { output, refusal } = await this.#world.attempt(
      Invoke,
      {
        FunctionName,
        InvocationType: 'Event',
        Payload: payload(token, isPoison, draw.chance(0.3)),
      },
      { waits: true },
    )
    if (output === undefined) return `event ${token}: ${refusal}`
    this.#sent.set(token, { way: 'async', isPoison })
    if (isPoison) this.#queues.expect('failures', token, { via: 'a function', sure })
    return `event ${token}${isPoison ? ', poisoned' : ''}: taken`
  }

  async #put(): Promise<string> {
    const token = this.#world.token('rule')
    const Detail = JSON.stringify({ token })
    const { output, refusal } = await this.#world.attempt(PutEvents, {
      Entries: [{ Source: 'work', DetailType: 'Work', Detail }],
    })
    if (output === undefined) return `work by a rule ${token}: ${refusal}`
    this.#sent.set(token, { way: 'event', isPoison: false })
    return `work by a rule ${token}: put`
  }

  async #job(draw: Draw): Promise<string> {
    const token = this.#world.token('job')
    const isPoison = draw.chance(0.2)
    const { url } = this.#queues.book('jobs')
    const notBeforeMs = this.#world.nowMs
    const MessageBody = `${token} ${isPoison ? 'poison' : ''} ${draw.chance(0.2) ? 'slow' : ''}`
    const { output, refusal } = await this.#world.attempt(SendMessage, {
      QueueUrl: url,
      MessageBody,
    })
    if (output === undefined) return `job ${token}: ${refusal}`
    this.#queues.sent('jobs', token, output.MessageId ?? '', notBeforeMs)
    this.#sent.set(token, { way: 'job', isPoison })
    return `job ${token}${isPoison ? ', poisoned' : ''}: sent`
  }

  async end(): Promise<void> {
    const jobs = this.#queues.book('jobs')
    const { Attributes = {} } = await this.#world.done(GetQueueAttributes, {
      QueueUrl: jobs.url,
      AttributeNames: ['All'],
    })
    const { ApproximateNumberOfMessages: left, ApproximateNumberOfMessagesNotVisible: hidden } =
      Attributes
    holds(left === '0' && hidden === '0', 'jobs', () => `${left} are left, ${hidden} hidden`)
    await this.#queues.drain(this.#queues.book('jobs-dead'))
    const seen = await this.#seen()
    const isUndisturbed = this.#world.faultsArmed === 0
    for (const [token, { way, isPoison }] of this.#sent) {
      const times = seen.get(token) ?? 0
      const isGivenUp =
        way === 'job' && [...jobs.held.values()].every((held) => held.token !== token)
      // Lines are lost while Logs fails, as on AWS; then only the queues tell.
      if (!isUndisturbed) continue
      holds(times > 0, 'effects of a function', () => `${token}, ${way}, was never seen`)
      if (way === 'job') {
        // A message that SQS hands over several times, as it may, can come to the end of its receives while it is worked on.
        const mayBeGivenUp = isPoison || !this.#world.isCalm
        const isRight = isGivenUp ? mayBeGivenUp : !isPoison
        holds(isRight, 'dead letters', () => `${token}: poisoned ${isPoison}`)
      }
      if (!this.#world.isCalm || this.#world.isInterrupted) continue
      const expected = !isPoison || way === 'sync' ? 1 : way === 'async' ? attempts : 3
      holds(
        times === expected,
        'effects of a function',
        () => `${token}, ${way}, was seen ${times} times, not ${expected}`,
      )
    }
  }

  /** How often the function's log has each token. */
  async #seen(): Promise<Map<string, number>> {
    const seen = new Map<string, number>()
    if (this.#sent.size === 0) return seen
    let nextToken: string | undefined
    do {
      const { output } = await this.#world.attempt(
        FilterLogEvents,
        {
          logGroupName: `/aws/lambda/${FunctionName}`,
          filterPattern: 'seen',
          ...(nextToken === undefined ? {} : { nextToken }),
        },
        { refusals: ['ResourceNotFoundException'] },
      )
      for (const { message = '' } of output?.events ?? []) {
        const [token] = /tok-[a-z]+-\d+\./.exec(message) ?? []
        if (token !== undefined) seen.set(token, (seen.get(token) ?? 0) + 1)
      }
      nextToken = output?.nextToken
    } while (nextToken !== undefined)
    return seen
  }
}

function payload(token: string, isPoison: boolean, isSlow: boolean): Uint8Array {
  const event = { token, ...(isPoison ? { poison: true } : {}), ...(isSlow ? { slow: true } : {}) }
  return new TextEncoder().encode(JSON.stringify(event))
}

/** A payload as it comes from a call in the process: bytes or text. */
async function bytesOf(payload: unknown): Promise<Uint8Array> {
  if (payload instanceof Uint8Array) return payload
  return new TextEncoder().encode(String(payload))
}
