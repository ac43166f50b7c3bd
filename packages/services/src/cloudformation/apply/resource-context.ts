import type { Scope } from '@cloud-orrery/kernel'
import type { Operation } from '@cloud-orrery/models'
import type {
  AuthorizeOptions,
  CallAs,
  CallOptions,
  Context,
  OutboundRequest,
  ResourceContext,
  ServiceEvent,
} from '../../context.ts'
import type { Task } from '../../define.ts'
import type { Stack } from '../state.ts'

/** Under which identity a stack works: its role, or whoever started the operation. */
export function deployerOf(stack: Pick<Stack, 'roleArn' | 'caller' | 'stackId'>): CallAs {
  return stack.roleArn === undefined
    ? { caller: stack.caller }
    : {
        role: stack.roleArn,
        service: 'cloudformation.amazonaws.com',
        sessionName: 'AWSCloudFormation',
      }
}

/** A task's context, with calls that go out as the deployer and what a handler must know of its stack. */
export class DeployerContext implements ResourceContext {
  readonly #ctx: Context
  readonly #as: CallAs
  readonly #onMade: ((state: object) => void) | undefined
  readonly accountId: string
  readonly region: string
  readonly partition: string
  readonly stackId: string
  readonly stackName: string
  readonly logicalId: string
  readonly requestToken: string
  readonly stackTags: Readonly<Record<string, string>>

  constructor(
    ctx: Context,
    stack: Stack,
    logicalId: string,
    requestToken: string,
    onMade?: (state: object) => void,
  ) {
    this.#ctx = ctx
    this.#onMade = onMade
    this.#as = deployerOf(stack)
    this.accountId = ctx.accountId
    this.region = ctx.region
    this.partition = ctx.partition
    this.stackId = stack.stackId
    this.stackName = stack.name
    this.logicalId = logicalId
    this.requestToken = requestToken
    this.stackTags = {
      ...Object.fromEntries(stack.tags.map(({ key, value }) => [key, value])),
      'aws:cloudformation:stack-name': stack.name,
      'aws:cloudformation:stack-id': stack.stackId,
      'aws:cloudformation:logical-id': logicalId,
    }
  }

  get store() {
    return this.#ctx.store
  }
  get blobs() {
    return this.#ctx.blobs
  }
  get random() {
    return this.#ctx.random
  }
  get ids() {
    return this.#ctx.ids
  }
  get caller() {
    return this.#ctx.caller
  }
  get requestId() {
    return this.#ctx.requestId
  }

  now() {
    return this.#ctx.now()
  }
  after<I>(delayMs: number, task: Task<I>, input: I) {
    return this.#ctx.after(delayMs, task, input)
  }
  cancel(taskId: string) {
    return this.#ctx.cancel(taskId)
  }
  call<I, O>(operation: Operation<I, O>, input: I, options: CallOptions = {}): Promise<O> {
    return this.#ctx.call(operation, input, { as: this.#as, ...options })
  }
  emit(event: ServiceEvent) {
    this.#ctx.emit(event)
  }
  choose<T>(name: string, options: readonly [T, ...T[]]) {
    return this.#ctx.choose(name, options)
  }
  struck(site: string, byChance?: boolean) {
    return this.#ctx.struck(site, byChance)
  }
  wait(key: string, untilMs: number) {
    return this.#ctx.wait(key, untilMs)
  }
  wake(key: string, count?: number) {
    return this.#ctx.wake(key, count)
  }
  authorize(action: string, resource: string, options?: AuthorizeOptions) {
    this.#ctx.authorize(action, resource, options)
  }
  isAllowed(action: string, resource: string, options?: AuthorizeOptions) {
    return this.#ctx.isAllowed(action, resource, options)
  }
  at(scope: Partial<Scope>) {
    return this.#ctx.at(scope)
  }
  record(kind: string, name: string, data: Readonly<Record<string, unknown>>) {
    this.#ctx.record(kind, name, data)
  }
  http(request: OutboundRequest) {
    return this.#ctx.http(request)
  }
  get sockets() {
    return this.#ctx.sockets
  }
  get code() {
    return this.#ctx.code
  }
  resourceHandler(typeName: string) {
    return this.#ctx.resourceHandler(typeName)
  }
  taggedResources() {
    return this.#ctx.taggedResources()
  }
  pendingTasks() {
    return this.#ctx.pendingTasks()
  }
  journal() {
    return this.#ctx.journal()
  }

  made(state: object) {
    this.#onMade?.(state)
  }

  physicalName({
    lengthMax,
    suffix = '',
    lowerCase = false,
  }: {
    lengthMax: number
    suffix?: string
    lowerCase?: boolean
  }): string {
    const name = physicalName(
      this.stackName,
      this.logicalId,
      this.#ctx.ids.alphanumeric(12),
      lengthMax - suffix.length,
    )
    return (lowerCase ? name.toLowerCase() : name) + suffix
  }
}

/**
 * `stack-logicalId-XXXXXXXXXXXX`. Where it is too long, each of the two names keeps half of the room, and
 * what the other does not need. Source: CloudFormation user guide, "Resource name".
 */
export function physicalName(
  stackName: string,
  logicalId: string,
  random: string,
  lengthMax: number,
): string {
  const room = lengthMax - random.length - 2
  if (room < 2) return random.slice(0, lengthMax)
  const half = Math.floor(room / 2)
  const forStack = Math.min(stackName.length, room - Math.min(logicalId.length, half))
  const forLogicalId = Math.min(logicalId.length, room - forStack)
  return `${stackName.slice(0, forStack)}-${logicalId.slice(0, forLogicalId)}-${random}`
}
