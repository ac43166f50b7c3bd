import { randomInt } from 'node:crypto'
import {
  type ChoiceMode,
  type ClockMode,
  type Departure,
  type Duration,
  durationMs,
  type FaultEffect,
  type FaultOptions,
  Ids,
  invariant,
  type JournalEntry,
  Kernel,
  type KernelOptions,
  type Scope,
  SimulatorError,
  type TableContext,
  type TaskRecord,
  type Turn,
} from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import type { CodeRuntime } from '@cloud-orrery/runtimes'
import {
  accounts,
  administratorCredentials,
  type Context,
  type Credentials,
  defaultAccountId,
  defaultRegion,
  ensureAccount,
  identityTables,
  type Service,
  type ServiceEvent,
} from '@cloud-orrery/services'
import { RunningCode } from './code.ts'
import { internalFailure, type Wording } from './errors.ts'
import type { Exchange } from './exchange.ts'
import type { InternetHost } from './outbound.ts'
import type { RestoredState } from './persistence/cloud-state.ts'
import type { Durability } from './persistence/durability.ts'
import type { PolicyTrial } from './policies/trial.ts'
import { ServiceContext } from './service-context.ts'
import { Services } from './services.ts'
import type { SocketEnd } from './sockets.ts'
import { TokenBuckets } from './token-buckets.ts'

export interface CloudOptions {
  /** From which all chance comes; printed with every failure. Default: 1. `'random'` draws one. */
  seed?: number | 'random'
  /** How model time runs. Default: held. */
  clock?: ClockMode
  /** Model time at the start, ms since 1970. */
  startAtMs?: number
  /** What AWS leaves open: `calm` (default) or drawn among all that it allows. */
  choices?: ChoiceMode
  /** Default `123456789012`. */
  accountId?: string
  /** Default `us-east-1`. */
  region?: string
  /** Refuse calls beyond AWS's request rates. Default: off, since a held clock never refills a bucket. */
  throttling?: boolean
  /** Take any access key for the administrator's, as other emulators do. Default: off. */
  acceptAnyCredentials?: boolean
  /** Hosts outside the model that may really be called. Loopback hosts always may. */
  egress?: readonly string[]
  /** Freeze records all the way down; finds handlers that change what they stored. */
  deepFreeze?: boolean
  /** Journal entries kept in memory. Default 100,000. */
  journalEntriesMax?: number
  /** One principal's policies, to be tried out in place of those it has. */
  trial?: PolicyTrial
  /** What runs the user's code, asked in turn which runtime each serves. Default: all that are built. */
  runtimes?: readonly CodeRuntime[]
}

/** The task input as kept in the queue. */
interface Attempted {
  readonly input: unknown
  readonly attempt: number
}

/** One simulated AWS with its accounts and regions. */
export class Cloud {
  readonly kernel: Kernel
  readonly services: Services
  readonly defaultAccountId: string
  readonly defaultRegion: string
  readonly throttling: boolean
  readonly acceptAnyCredentials: boolean
  readonly trial: PolicyTrial | undefined
  readonly buckets = new TokenBuckets()
  /** Hosts of the model's internet that the test or the user answers for, by name. */
  readonly internet = new Map<string, InternetHost>()
  /** Clients' ends of open WebSockets, by connection. A fork has none. */
  readonly sockets = new Map<string, SocketEnd>()
  readonly egress: readonly string[]
  /** Execution environments of the user's code that live in this process. */
  readonly code: RunningCode
  /** Keeps what enters, where the cloud has a data directory. A fork has none. */
  durability: Durability | undefined
  /** The state that this cloud began with, where it is not its options' own. */
  beginning: RestoredState | undefined
  /** The default account and region. */
  readonly homeScope: TableContext
  readonly #ends = new Set<() => void>()
  readonly #requestIds: Ids
  readonly #ids = new Map<string, Ids>()
  readonly #options: CloudOptions
  readonly #startedAtMs: number

  constructor(options: CloudOptions, kernel?: Kernel, known?: Iterable<Service>) {
    this.#options = options
    this.code = new RunningCode(options.runtimes)
    this.defaultAccountId = options.accountId ?? defaultAccountId
    this.defaultRegion = options.region ?? defaultRegion
    this.throttling = options.throttling ?? false
    this.acceptAnyCredentials = options.acceptAnyCredentials ?? false
    this.egress = options.egress ?? []
    this.trial = options.trial
    this.kernel = kernel ?? new Kernel(kernelOptions(options), this.runTask)
    this.#requestIds = new Ids(this.kernel.random.stream('requests'))
    this.#startedAtMs = options.startAtMs ?? this.kernel.clock.nowMs
    this.services = new Services((service) => this.#initialize(service), known)
    this.homeScope = this.scope(this.defaultAccountId, this.defaultRegion)
    ensureAccount(this.homeScope, this.defaultAccountId, this.kernel.clock.nowMs)
    this.kernel.scheduler.start()
  }

  /** The options with what was drawn or read from outside filled in: the same run starts from them. */
  get originalOptions(): CloudOptions {
    return { ...this.#options, seed: this.seed, startAtMs: this.#startedAtMs }
  }

  get seed(): number {
    return this.kernel.random.seed
  }

  scope(accountId: string, region: string): TableContext {
    return { store: this.kernel.store, accountId, region }
  }

  /** Credentials of an account's administrator; makes the account if it is new. */
  credentials(accountId = this.defaultAccountId): Credentials {
    this.openAccount(accountId)
    return administratorCredentials(accountId)
  }

  /** Makes an account, with its services' first records, unless it is there. */
  openAccount(accountId: string): void {
    const scope = this.scope(accountId, this.defaultRegion)
    if (accounts.has(scope, accountId)) return
    if (!/^\d{12}$/.test(accountId)) {
      throw new SimulatorError(
        'AccountId',
        `'${accountId}' is no AWS account id.`,
        'Give twelve digits, such as 111122223333.',
      )
    }
    this.#enteredNote('account', 'open', { accountId })
    ensureAccount(scope, accountId, this.kernel.clock.nowMs)
    for (const service of this.services.used) service.initialize?.(this.contextOf(service, scope))
  }

  nextRequestId(): string {
    return this.#requestIds.uuid()
  }

  /** A service's own stream of identifiers. */
  idsOf(service: string): Ids {
    let ids = this.#ids.get(service)
    if (ids === undefined) {
      ids = new Ids(this.kernel.random.stream(`${service}.ids`))
      this.#ids.set(service, ids)
    }
    return ids
  }

  /**
   * Moves model time; every task on the way runs at its own moment. Stops where it is when `departure` says that nobody
   * waits for it any more.
   */
  async advance(duration: Duration | number, departure?: Departure): Promise<void> {
    const byMs = durationMs(duration)
    const { clock, scheduler } = this.kernel
    clock.check(clock.dueMs + byMs)
    await scheduler.enter(() => this.#enteredNote('clock', 'advance', { byMs }))
    await scheduler.advanceTo(clock.nowMs + byMs, departure)
    this.durability?.moved()
    await this.durability?.kept()
  }

  /** Runs all that is due now, and what follows from it, without moving time. */
  async settle(): Promise<void> {
    await this.kernel.scheduler.settle()
  }

  /** Arms a fault; `site` is `service.Operation`, `service.*` or a site that a service names. */
  armFault(site: string, effect: FaultEffect, options: FaultOptions = {}): string {
    const { id } = this.kernel.faults.arm(site, effect, options)
    this.#enteredNote('fault', 'arm', { id, site, effect, options })
    return id
  }

  endFault(id: string): void {
    this.kernel.faults.end(id)
    this.#enteredNote('fault', 'end', { id })
  }

  /** ARNs of everything that is there, in all accounts and regions, sorted. */
  inventory(): string[] {
    const tables = [...identityTables, ...Services.all.flatMap(({ tables = [] }) => tables)]
    const names = tables.flatMap((table) => table.resources(this.kernel))
    return [...new Set(names)].sort()
  }

  /** A second timeline from here, tasks in flight included; its clock is held. */
  fork(options: Pick<CloudOptions, 'clock' | 'choices' | 'trial'> = {}): Cloud {
    const { seed } = this
    const began = { seed, startAtMs: this.#startedAtMs }
    const merged: CloudOptions = { ...this.#options, ...began, clock: { kind: 'held' }, ...options }
    let fork: Cloud | undefined
    const kernel = this.kernel.fork((task, turn) => {
      invariant(fork !== undefined, 'a task ran before its cloud was made')
      return fork.runTask(task, turn)
    }, kernelOptions(merged))
    fork = new Cloud(merged, kernel, this.services.used)
    for (const [name, host] of this.internet) fork.internet.set(name, host)
    this.buckets.copyTo(fork.buckets)
    fork.beginning = this.kernel.journal.openCount > 0 ? this.#present() : this.beginning
    return fork
  }

  /** What is under way does not come along into a fork, so its past does not lead there: it begins with this. */
  #present(): RestoredState {
    const bodies = [...this.kernel.blobs.entries()].map(([, body]) => body)
    const services = [...this.services.used].map(({ name }) => name)
    const buckets = this.buckets.export()
    const state = this.kernel.export()
    const { outsideNumber } = this.kernel.scheduler
    return { state, buckets, services, outsideNumber, bodies, beside: [] }
  }

  /** Ends timers, waiting calls and the user's code. The cloud can still be read. */
  close(): void {
    this.kernel.scheduler.stop()
    this.code.close()
    for (const end of this.#ends) end()
    this.#ends.clear()
  }

  /** Has something end with the cloud; what is returned takes that back. */
  onClose(end: () => void): () => void {
    this.#ends.add(end)
    return () => void this.#ends.delete(end)
  }

  schedule(
    delayMs: number,
    name: string,
    input: unknown,
    { accountId, region }: Scope,
    cause: JournalEntry | undefined,
    attempt = 1,
  ): string {
    invariant(delayMs >= 0, `task ${name}: a delay of ${delayMs} ms lies in the past`)
    const attempted: Attempted = { input, attempt }
    return this.kernel.tasks.add({
      name,
      input: attempted,
      atMs: this.kernel.clock.nowMs + delayMs,
      accountId,
      region,
      cause: cause?.sequence,
    }).id
  }

  /** Puts a service's event on its account's default bus: EventBridge takes it from there. */
  emit(event: ServiceEvent, scope: Scope, cause: JournalEntry | undefined): void {
    const entry = this.kernel.journal.append({
      atMs: this.kernel.clock.nowMs,
      kind: 'event',
      name: `${event.source} ${event.detailType}`,
      cause: cause?.sequence,
      entered: false,
      accountId: scope.accountId,
      region: scope.region,
      data: { ...event },
    })
    this.schedule(0, 'events.receive', event, scope, entry)
  }

  /** Runs one task under its service, with its retries. */
  readonly runTask = async (record: TaskRecord, turn: Turn): Promise<void> => {
    const { service, task } = await this.services.task(record.name)
    const { input, attempt } = record.input as Attempted // `schedule` makes all inputs.
    const entry = this.kernel.journal.open({
      atMs: this.kernel.clock.nowMs,
      kind: 'task',
      name: record.name,
      cause: record.cause,
      entered: false,
      accountId: record.accountId,
      region: record.region,
      data: { input, attempt },
    })
    const ctx = this.contextOf(service, record, entry, turn)
    try {
      // The task's own code scheduled it with this input.
      await this.collecting(entry, () => task.run(ctx, input as never))
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      entry.data['error'] = { code: error.code, message: error.message }
      const delayMs = task.retryDelayMs?.(attempt, error, input as never)
      if (delayMs !== undefined) {
        this.schedule(delayMs, record.name, input, record, entry, attempt + 1)
      } else {
        await task.onGiveUp?.(ctx, input as never, error, attempt)
      }
    } finally {
      this.kernel.journal.close(entry)
    }
  }

  /** Notes under an entry what `work` wrote in one stretch; undoes it when it throws. */
  collecting<T>(entry: JournalEntry, work: () => T): T {
    const { store } = this.kernel
    const collected = store.collect()
    let result: T
    try {
      result = work()
    } catch (error) {
      store.undo(collected())
      throw error
    }
    const changes = collected().filter((change) => store.isNoted(change))
    if (changes.length > 0) entry.data['changes'] = changes
    return result
  }

  /** A context in which a service works on its own: its tasks, its plain HTTP, its first records. */
  contextOf(service: Service, scope: Scope, entry?: JournalEntry, turn?: Turn): Context {
    let requestId: string | undefined
    const draw = (): string => this.nextRequestId()
    const exchange: Exchange = {
      door: 'internal',
      // Drawn when asked for: plain HTTP leaves no entry, so it must not shift the stream for a replay.
      get requestId() {
        requestId ??= draw()
        return requestId
      },
      service,
      caller: { principal: { kind: 'service', service: `${service.name}.amazonaws.com` } },
      accountId: scope.accountId,
      region: scope.region,
      cause: entry,
      decisions: [],
      ...(entry === undefined ? {} : { entry }),
      ...(turn === undefined ? {} : { turn }),
    }
    return this.contextOfCall(service, exchange)
  }

  /** The context in which an operation answers a call. */
  contextOfCall(service: Service, exchange: Exchange): Context {
    return new ServiceContext(this, service, exchange)
  }

  /** An unexpected exception: our bug. Answered as AWS answers its own, and told with the seed. */
  bug(error: unknown, wording?: Wording): AwsError {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    process.stderr.write(`orrery: a bug of ours (seed ${this.seed}): ${text}\n`)
    return internalFailure(wording)
  }

  /** Lets a service that is used for the first time, or an account that is new, have its first records. */
  #initialize(service: Service): void {
    if (service.initialize === undefined) return
    for (const { accountId } of accounts.scan(this.homeScope)) {
      service.initialize(this.contextOf(service, { accountId, region: this.defaultRegion }))
    }
  }

  #enteredNote(kind: string, name: string, data: Record<string, unknown>): void {
    this.kernel.journal.append({
      atMs: this.kernel.clock.nowMs,
      kind,
      name,
      cause: undefined,
      entered: true,
      data,
    })
  }
}

function kernelOptions(options: CloudOptions): KernelOptions {
  const { seed, clock, startAtMs, choices, deepFreeze, journalEntriesMax } = options
  return {
    seed: seed === 'random' ? randomInt(2 ** 31) : (seed ?? 1),
    ...(clock === undefined ? {} : { clock }),
    ...(startAtMs === undefined ? {} : { startAtMs }),
    ...(choices === undefined ? {} : { choices }),
    ...(deepFreeze === undefined ? {} : { deepFreeze }),
    ...(journalEntriesMax === undefined ? {} : { journalEntriesMax }),
  }
}
