import {
  type Blobs,
  faultPrefix,
  type Ids,
  type JournalEntry,
  type RandomStream,
  type Scope,
  SimulatorError,
  type Store,
  type TaskRecord,
} from '@cloud-orrery/kernel'
import type { Operation } from '@cloud-orrery/models'
import type { HttpRequest } from '@cloud-orrery/protocols'
import type {
  AuthorizeOptions,
  Caller,
  CallOptions,
  CodeRunner,
  Context,
  JournalView,
  OutboundRequest,
  OutboundResponse,
  ResourceHandler,
  Service,
  ServiceEvent,
  TaggedResource,
  Task,
} from '@cloud-orrery/services'
import type { Sockets } from '@cloud-orrery/services/shared/apis/sockets'
import { decide, judge } from './authorization.ts'
import type { Cloud } from './cloud.ts'
import { runCode } from './code.ts'
import type { Exchange } from './exchange.ts'
import { internalCall } from './internal-call.ts'
import { modelledHttp } from './modelled-http.ts'
import { isModelled } from './modelled-names.ts'
import { outboundHttp } from './outbound.ts'
import { socketsOf } from './sockets.ts'

/** What one call or task sees of the world. */
export class ServiceContext implements Context {
  readonly #cloud: Cloud
  readonly #service: Service
  readonly #exchange: Exchange
  readonly accountId: string
  readonly region: string
  readonly partition = 'aws'

  constructor(cloud: Cloud, service: Service, exchange: Exchange, scope: Partial<Scope> = {}) {
    this.#cloud = cloud
    this.#service = service
    this.#exchange = exchange
    this.accountId = scope.accountId ?? exchange.accountId
    this.region = scope.region ?? exchange.region
  }

  get store(): Store {
    return this.#cloud.kernel.store
  }

  get blobs(): Blobs {
    return this.#cloud.kernel.blobs
  }

  get random(): RandomStream {
    return this.#cloud.kernel.random.stream(this.#service.name)
  }

  get ids(): Ids {
    return this.#cloud.idsOf(this.#service.name)
  }

  get caller(): Caller {
    return this.#exchange.caller ?? { principal: { kind: 'anonymous' } }
  }

  get request(): HttpRequest | undefined {
    return this.#exchange.received
  }

  get requestId(): string {
    return this.#exchange.requestId
  }

  get #entry(): JournalEntry | undefined {
    return this.#exchange.entry ?? this.#exchange.cause
  }

  now(): number {
    return this.#cloud.kernel.clock.nowMs
  }

  after<I>(delayMs: number, task: Task<I>, input: I): string {
    return this.#cloud.schedule(delayMs, task.name, input, this, this.#entry)
  }

  cancel(taskId: string): boolean {
    return this.#cloud.kernel.tasks.cancel(taskId)
  }

  call<I, O>(operation: Operation<I, O>, input: I, options: CallOptions = {}): Promise<O> {
    return internalCall(this.#cloud, this.#service, this.#exchange, this, operation, input, options)
  }

  emit(event: ServiceEvent): void {
    this.#cloud.emit(event, this, this.#entry)
  }

  choose<T>(name: string, options: readonly [T, ...T[]]): T {
    const { kernel } = this.#cloud
    if (kernel.choices === 'calm') return options[0]
    const other = options.findIndex((option) => option !== options[0])
    const usual = other === -1 ? options.length : other
    const textOf = (option: number) => String(options[option])
    const index = kernel.choose(name, options.length, this.#entry, { usual, textOf })
    return options[index] ?? options[0]
  }

  struck(site: string, byChance = false): boolean {
    const { accountId, region } = this
    const { kernel } = this.#cloud
    if (kernel.strike(site, { accountId, region }, this.#entry) !== undefined) return true
    return byChance && kernel.exploresFaults && this.#strikesByChance(site)
  }

  #strikesByChance(site: string): boolean {
    const textOf = (option: number) => (option === 0 ? 'nothing' : 'a fault')
    return this.#cloud.kernel.choose(`${faultPrefix}${site}`, 2, this.#entry, { textOf }) === 1
  }

  wait(key: string, untilMs: number): Promise<boolean> {
    const { turn, signal } = this.#exchange
    if (turn?.mayWait !== true) return Promise.resolve(false)
    return this.#cloud.kernel.scheduler.wait(key, untilMs, { turn, cause: this.#entry, signal })
  }

  wake(key: string, count?: number): number {
    return this.#cloud.kernel.scheduler.wake(key, count)
  }

  authorize(action: string, resource: string, options: AuthorizeOptions = {}): void {
    judge(this.#cloud, { ...this.#exchange, ctx: this }, { action, resource, ...options })
  }

  isAllowed(action: string, resource: string, options: AuthorizeOptions = {}): boolean {
    const authorization = { action, resource, ...options }
    return decide(this.#cloud, { ...this.#exchange, ctx: this }, authorization).decision.allowed
  }

  at(scope: Partial<Scope>): Context {
    const { accountId, region } = this
    return new ServiceContext(this.#cloud, this.#service, this.#exchange, {
      accountId,
      region,
      ...scope,
    })
  }

  record(kind: string, name: string, data: Readonly<Record<string, unknown>>): void {
    const { accountId, region } = this
    this.#cloud.kernel.journal.append({
      atMs: this.now(),
      kind,
      name,
      cause: this.#entry?.sequence,
      entered: false,
      accountId,
      region,
      data: { ...data },
    })
  }

  async http(request: OutboundRequest): Promise<OutboundResponse> {
    const { hostname } = new URL(request.url)
    if (!this.#cloud.internet.has(hostname) && isModelled(this.#cloud, hostname)) {
      return await modelledHttp(this.#cloud, this.#exchange, request)
    }
    const heard = await this.#cloud.kernel.scheduler.outside(
      `http ${request.method} ${request.url}`,
      this.#entry,
      this.#exchange.turn,
      () => sendKept(this.#cloud, request),
    )
    return outboundResponse(heard)
  }

  get sockets(): Sockets {
    return socketsOf(this.#cloud, (name, data) => this.record('event', name, data))
  }

  get code(): CodeRunner {
    const cloud = this.#cloud
    const work = [cloud, this.#entry, this.#exchange.turn] as const
    return {
      run: (environment, invocation) => runCode(...work, environment, invocation),
      start: (environment) => runCode(...work, environment, undefined),
      end: (environmentId) => cloud.code.end(environmentId),
    }
  }

  resourceHandler(typeName: string): Promise<ResourceHandler | undefined> {
    return this.#cloud.services.resource(typeName)
  }

  *taggedResources(): Iterable<TaggedResource> {
    // A service that this cloud has not met has no resources in it.
    const services = [...this.#cloud.services.used].sort((a, b) => (a.name < b.name ? -1 : 1))
    for (const service of services) yield* service.taggedResources?.(this) ?? []
  }

  pendingTasks(): Iterable<TaskRecord> {
    return this.#cloud.kernel.tasks.list()
  }

  journal(): readonly JournalView[] {
    // The request path and the kernel write entries of these kinds and shapes only.
    return this.#cloud.kernel.journal.entries as readonly JournalView[]
  }
}

/**
 * Whoever is outside learns of nothing that a crash could undo: what led to the request is on disk first. Where
 * that fails nobody answers, and the service tries again as it would.
 */
async function sendKept(cloud: Cloud, request: OutboundRequest): Promise<Heard> {
  try {
    await cloud.durability?.kept()
  } catch (error) {
    if (!(error instanceof SimulatorError)) throw error
    return { status: 0, headers: {}, body: '' }
  }
  return heard(await outboundHttp(cloud, request))
}

/** An answer from outside as the journal keeps it: plain data. */
interface Heard extends Omit<OutboundResponse, 'bytes'> {
  /** The body, where it is not text. */
  readonly base64?: string
}

function heard({ bytes, ...answer }: OutboundResponse): Heard {
  if (bytes === undefined || Buffer.from(answer.body).equals(bytes)) return answer
  return { ...answer, body: '', base64: Buffer.from(bytes).toString('base64') }
}

function outboundResponse({ base64, ...answer }: Heard): OutboundResponse {
  if (base64 === undefined) return answer
  const bytes = Buffer.from(base64, 'base64')
  return { ...answer, body: bytes.toString(), bytes }
}
