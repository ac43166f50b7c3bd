import type { HistoryEvent, HistoryEventType } from '@cloud-orrery/models/states'
import type { Context } from '../../context.ts'
import { type Definition, languageOf, type QueryLanguage, type State } from '../asl/definition.ts'
import type { Json, JsonObject } from '../asl/json.ts'
import { parsedJson } from '../asl/json.ts'
import type { Surroundings } from '../asl/surroundings.ts'
import type { Engine, Ports } from './contract.ts'
import { blockAt, type LoadedDefinition, loadDefinition, stateIn } from './definitions.ts'
import { type Execution, executions, historyEvents, type Variables } from './state.ts'
import { type Thread, threadKey, threads } from './threads.ts'

/** Most events of one history. Source: Developer Guide, "Step Functions service quotas". */
export const eventsMax = 25_000

/** Details of an event: the one member that its type has. */
export type EventDetails = Omit<HistoryEvent, 'id' | 'previousEventId' | 'timestamp' | 'type'>

/** Thrown where the history is full; the execution has failed by then. */
export class HistoryFull extends Error {
  override readonly name = 'HistoryFull'
}

/** One stretch of work on an execution: what was read is kept, what changed is written at its end. */
export class Run {
  readonly ctx: Context
  readonly ports: Ports
  readonly engine: Engine
  readonly loaded: LoadedDefinition
  execution: Execution
  /** The context object, where TestState was given one. */
  contextGiven: JsonObject | undefined
  /** Threads with a step to do, in the order of their turns. */
  readonly ready: string[] = []
  readonly #threads = new Map<string, Thread>()
  readonly #changed = new Set<string>()
  readonly #events: HistoryEvent[] = []
  #input: Json | undefined

  constructor(ctx: Context, execution: Execution, ports: Ports, engine: Engine) {
    this.ctx = ctx
    this.ports = ports
    this.engine = engine
    this.execution = execution
    this.loaded = loadDefinition(ctx.blobs, execution.definition)
  }

  get definition(): Definition {
    return this.loaded.definition
  }

  get isRunning(): boolean {
    return this.execution.status === 'RUNNING'
  }

  thread(id: string): Thread | undefined {
    const known = this.#threads.get(id)
    if (known !== undefined) return known
    const kept = threads.get(this.ctx, threadKey(this.execution.executionArn, id))
    if (kept !== undefined) this.#threads.set(id, kept)
    return kept
  }

  /** Takes a new thread, or a thread as it is now. */
  put(thread: Thread): Thread {
    this.#threads.set(thread.id, thread)
    this.#changed.add(thread.id)
    return thread
  }

  update(id: string, fields: Partial<Thread>): Thread {
    const thread = this.thread(id)
    if (thread === undefined) throw new TypeError(`no thread ${id}`)
    return this.put({ ...thread, ...fields })
  }

  /** Removes a thread and all below it; `each` is told of every one first. */
  remove(id: string, each: (thread: Thread) => void): void {
    this.#write()
    const { executionArn } = this.execution
    const below = [...threads.scan(this.ctx, { prefix: threadKey(executionArn, `${id}.`) })]
    for (const thread of [...below, ...listed(this.thread(id))]) {
      each(thread)
      threads.delete(this.ctx, threadKey(executionArn, thread.id))
      this.#threads.delete(thread.id)
    }
  }

  /** Threads directly below another, of one generation, in no particular order. */
  children(parentId: string, generation: number): Thread[] {
    return this.below(parentId, generation).filter((thread) => thread.parentId === parentId)
  }

  /** All threads under another, of one generation of its children, in no particular order. */
  below(parentId: string, generation: number): Thread[] {
    this.#write()
    const prefix = threadKey(this.execution.executionArn, `${parentId}.${generation}.`)
    return [...threads.scan(this.ctx, { prefix })]
  }

  stateOf(thread: Thread): State {
    return stateIn(blockAt(this.definition, thread.block), thread.state)
  }

  languageOf(state: State): QueryLanguage {
    return languageOf(this.definition, state)
  }

  /** Adds an event after `previous`, default: the thread's last, and makes it the thread's last. */
  event(
    threadId: string | undefined,
    type: HistoryEventType,
    details: EventDetails = {},
    options: { readonly previous?: number; readonly aside?: boolean } = {},
  ): number {
    const thread = threadId === undefined ? undefined : this.thread(threadId)
    const previousEventId = options.previous ?? thread?.lastEventId ?? 0
    if (this.execution.type === 'STANDARD' && this.execution.eventCount >= eventsMax - 1) {
      const isEnd = type.startsWith('Execution')
      if (!isEnd) throw new HistoryFull()
    }
    const id = this.execution.eventCount + 1
    this.execution = { ...this.execution, eventCount: id }
    this.#events.push({ timestamp: this.ctx.now(), type, id, previousEventId, ...details })
    if (thread !== undefined && options.aside !== true) {
      this.put({ ...thread, lastEventId: id })
    }
    return id
  }

  /** Writes what changed, and tells of the events. */
  commit(): void {
    this.#write()
    executions.put(this.ctx, this.execution)
    const events = this.#events.splice(0)
    if (events.length === 0) return
    const { executionArn, type } = this.execution
    if (type === 'STANDARD') {
      for (const event of events) historyEvents.put(this.ctx, { executionArn, event })
    }
    this.ports.historyWritten?.(this.ctx, this.execution, events)
  }

  /** Writes the threads alone: whoever looks for them in the table finds them. */
  commitThreads(): void {
    this.#write()
  }

  #write(): void {
    for (const id of this.#changed) {
      const thread = this.#threads.get(id)
      if (thread !== undefined) threads.put(this.ctx, thread)
    }
    this.#changed.clear()
  }

  /** What a thread's fields are worked out from, with `$` as given. */
  around(thread: Thread, input: Json, more: { readonly token?: string } = {}): Surroundings {
    const { ctx } = this
    return {
      input,
      context: () => this.#context(thread, more.token),
      variables: this.#variables(thread),
      chance: { uuid: () => ctx.ids.uuid(), float: () => ctx.random.float() },
      nowMs: ctx.now(),
      parsed: this.loaded.parsed,
    }
  }

  #variables(thread: Thread): Variables {
    if (thread.parentId === undefined) return thread.variables
    const parent = this.thread(thread.parentId)
    return parent === undefined
      ? thread.variables
      : { ...this.#variables(parent), ...thread.variables }
  }

  #context(thread: Thread, token: string | undefined): JsonObject {
    if (this.contextGiven !== undefined) return this.contextGiven
    const { execution } = this
    this.#input ??= parsedJson(execution.input) ?? null
    const state = this.stateOf(thread)
    const item = this.#mapItem(thread)
    const { executionArn, name, roleArn, redriveCount, redrivenAtMs, stateMachineArn } = execution
    return {
      Execution: {
        Id: executionArn,
        Input: this.#input,
        StartTime: isoTime(execution.startedAtMs),
        Name: name,
        RoleArn: roleArn,
        RedriveCount: redriveCount,
        ...(redrivenAtMs === undefined ? {} : { RedriveTime: isoTime(redrivenAtMs) }),
      },
      StateMachine: { Id: stateMachineArn, Name: nameOf(stateMachineArn) },
      State: {
        Name: thread.state,
        EnteredTime: isoTime(thread.enteredAtMs),
        ...(hasRetries(state) ? { RetryCount: thread.retryCount } : {}),
      },
      ...(item === undefined ? {} : { Map: { Item: item } }),
      ...(token === undefined ? {} : { Task: { Token: token } }),
    }
  }

  #mapItem(thread: Thread): JsonObject | undefined {
    if (thread.mapItem !== undefined || thread.parentId === undefined) return thread.mapItem
    const parent = this.thread(thread.parentId)
    return parent === undefined ? undefined : this.#mapItem(parent)
  }
}

function hasRetries({ Type }: State): boolean {
  return Type === 'Task' || Type === 'Map' || Type === 'Parallel'
}

function listed(thread: Thread | undefined): Thread[] {
  return thread === undefined ? [] : [thread]
}

export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString()
}

/** The name at the end of a state machine's ARN; of a distributed Map's machine it is `name/label`. */
function nameOf(stateMachineArn: string): string {
  return stateMachineArn.split(':').slice(6).join(':')
}
