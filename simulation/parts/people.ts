import {
  CreateAccessKey,
  CreateRole,
  CreateUser,
  PutRolePolicy,
  PutUserPolicy,
} from '@cloud-orrery/models/iam'
import { SendMessage } from '@cloud-orrery/models/sqs'
import { AssumeRole, GetCallerIdentity } from '@cloud-orrery/models/sts'
import type { Credentials } from '@cloud-orrery/services'
import type { Draw } from '../draw.ts'
import type { Action, Part } from '../part.ts'
import { holds, Violation } from '../violation.ts'
import { abroad, home, type World } from '../world.ts'
import { deniedCalls } from './denied-calls.ts'
import type { Queues } from './queues.ts'

/** Codes by which services say that a caller may not. */
const denials = [
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'InvalidClientTokenId',
  'AWS.SimpleQueueService.NonExistentQueue',
  'QueueDoesNotExist',
]

/** Who wrote when, and CloudTrail's records: a refused call is to leave those. */
const traces = /^(cloudtrail\.|iam\.accessKeys$|iam\.roles$|iam\.lastUsed)/

/** Users, roles and sessions: who may does, who may not has no effect. */
export class People implements Part {
  readonly name = 'people'
  readonly #world: World
  readonly #queues: Queues
  readonly #users = new Map<string, Credentials>()
  #session: Credentials | undefined
  #sessionEndsAtMs = 0
  denied = 0

  constructor(world: World, queues: Queues) {
    this.#world = world
    this.#queues = queues
  }

  async prepare(): Promise<void> {
    const orders = this.#queues.book('orders').arn
    await this.#user('stranger')
    await this.#user('clerk', { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: orders })
    const principal = { AWS: `arn:aws:iam::${home.accountId}:root` }
    const trust = { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }
    const RoleName = 'courier'
    await this.#world.done(CreateRole, { RoleName, AssumeRolePolicyDocument: policy(trust) })
    const grant = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: orders }
    await this.#world.done(PutRolePolicy, {
      RoleName,
      PolicyName: 'own',
      PolicyDocument: policy(grant),
    })
  }

  async #user(UserName: string, statement?: object): Promise<void> {
    await this.#world.done(CreateUser, { UserName })
    if (statement !== undefined) {
      const PolicyDocument = policy(statement)
      await this.#world.done(PutUserPolicy, { UserName, PolicyName: 'own', PolicyDocument })
    }
    const { AccessKey } = await this.#world.done(CreateAccessKey, { UserName })
    const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {}
    this.#users.set(UserName, { accessKeyId, secretAccessKey })
  }

  readonly actions: Readonly<Record<string, Action>> = {
    'people.denied': (draw) => this.#denied(draw),
    'people.deniedAgain': (draw) => this.#denied(draw),
    'people.clerk': () => this.#sendAs('clerk', this.#users.get('clerk')),
    'people.session': (draw) => this.#assume(draw),
    'people.courier': () => this.#sendAs('courier', this.#session),
  }

  async #denied(draw: Draw): Promise<string> {
    const who = draw.pick(['stranger', 'clerk', 'foreigner'])
    const as =
      who === 'foreigner' ? this.#world.cloud.credentials(abroad.accountId) : this.#users.get(who)
    const { operation, input } = draw.pick(deniedCalls(this.#queues, who))
    await this.#world.cloud.settle()
    const before = this.#world.tablesText(this.#world.cloud, traces)
    const startedAtMs = this.#world.nowMs
    const answer = await this.#world.attempt(operation, input, { as, refusals: denials })
    const what = `${who} calls ${operation.service}.${operation.name}`
    holds(answer.refusal !== undefined, 'denial', () => `${what} and is not refused`)
    this.denied += 1
    if (
      this.#world.nowMs === startedAtMs &&
      this.#world.tablesText(this.#world.cloud, traces) !== before
    ) {
      throw new Violation('effect of a denied call', `${what}: ${this.#changed(before)}`)
    }
    return `${what}: ${answer.refusal}`
  }

  #changed(before: string): string {
    const earlier: Record<string, unknown> = JSON.parse(before)
    const now: Record<string, unknown> = JSON.parse(this.#world.tablesText())
    const names = Object.keys(now).filter(
      (name) => !traces.test(name) && JSON.stringify(now[name]) !== JSON.stringify(earlier[name]),
    )
    return `${names} changed`
  }

  async #sendAs(who: string, as: Credentials | undefined): Promise<string> {
    if (as === undefined) return `${who}: no session yet`
    const isOver = who === 'courier' && this.#world.nowMs >= this.#sessionEndsAtMs
    const { url } = this.#queues.book('orders')
    const token = this.#world.token('send')
    const expired = ['ExpiredToken', 'ExpiredTokenException']
    const { output, refusal } = await this.#world.attempt(
      SendMessage,
      { QueueUrl: url, MessageBody: token },
      { as, refusals: isOver ? expired : [] },
    )
    holds(!isOver || output === undefined, 'expired session', () => `${token} was taken`)
    if (output !== undefined) {
      this.#queues.sent('orders', token, output.MessageId ?? '', this.#world.nowMs)
    }
    return `${who} sends ${token}: ${refusal ?? 'sent'}`
  }

  async #assume(draw: Draw): Promise<string> {
    const seconds = draw.pick([900, 3600])
    const { output, refusal } = await this.#world.attempt(AssumeRole, {
      RoleArn: `arn:aws:iam::${home.accountId}:role/courier`,
      RoleSessionName: 'walk',
      DurationSeconds: seconds,
    })
    const {
      AccessKeyId: accessKeyId = '',
      SecretAccessKey: secretAccessKey = '',
      SessionToken,
    } = output?.Credentials ?? {}
    if (output === undefined || SessionToken === undefined) return `assume a role: ${refusal}`
    const session = { accessKeyId, secretAccessKey, sessionToken: SessionToken }
    this.#session = session
    this.#sessionEndsAtMs = Number(output.Credentials?.Expiration)
    const { output: who } = await this.#world.attempt(GetCallerIdentity, {}, { as: session })
    const arn = `arn:aws:sts::${home.accountId}:assumed-role/courier/walk`
    holds(who === undefined || who.Arn === arn, 'identity', () => `${who?.Arn} instead of ${arn}`)
    return `assume a role for ${seconds} s`
  }
}

export function policy(...Statement: object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement })
}
