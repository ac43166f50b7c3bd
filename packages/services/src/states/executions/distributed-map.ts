import { processorOf, type State } from '../asl/definition.ts'
import { FieldFailure, StateFailure } from '../asl/failures.ts'
import { isObject, type Json, type JsonObject, textOf } from '../asl/json.ts'
import { evaluateTemplate, evaluateTyped } from '../asl/jsonata.ts'
import { foundAt, numberIn, payloadValue } from '../asl/payload.ts'
import type { Step, Surroundings } from '../asl/surroundings.ts'
import { effectiveInput, resultHandover } from './data-flow.ts'
import { itemsOf, iterationInput, maxConcurrency } from './groups.ts'
import type { ReaderRequest, WriterRequest } from './item-requests.ts'
import { endingOf, latestChildren, moved, noCounts } from './map-children.ts'
import { redriveChildren, type StartChild } from './map-redrive.ts'
import { leave } from './moves.ts'
import { outputsOf } from './result-writer.ts'
import type { Run } from './run.ts'
import { start } from './starting.ts'
import { type Execution, type MapRun, mapRuns, mapSizes } from './state.ts'
import { mapRunTask } from './task-names.ts'
import { itemsKey, mapItems, type Thread } from './threads.ts'

/** Children that run at once where the state sets no limit. Source: Developer Guide, "Map state in Distributed mode". */
const concurrencyMax = 10_000

/** A Map state whose items are child executions: its run begins in a kernel task that is due now. */
export function* distributedMapState(run: Run, thread: Thread, state: State): Step<void> {
  const { ctx } = run
  const concurrency = yield* maxConcurrency(run, thread, state)
  const reader = state.ItemReader
  const items = reader === undefined ? yield* itemsOf(run, thread, state) : []
  run.event(thread.id, 'MapStateStarted', { mapStateStartedEventDetails: { length: items.length } })
  const around = run.around(thread, effectiveInput(run, thread, state))
  const request = yield* readerRequest(run, state, around)
  const writer = yield* writerRequest(run, state, around)
  const toleratedFailureCount = yield* tolerated(run, state, 'Count', around)
  const toleratedFailurePercentage = yield* tolerated(run, state, 'Percentage', around)
  const label = state.Label ?? ctx.ids.uuid()
  const { stateMachineArn, executionArn } = run.execution
  const machine = stateMachineArn.replace(':stateMachine:', ':mapRun:')
  const mapRunArn = `${machine}/${label}:${ctx.ids.uuid()}`
  mapRuns.put(ctx, {
    mapRunArn,
    executionArn,
    threadId: thread.id,
    stateMachineArn: `${stateMachineArn}/${label}`,
    status: 'RUNNING',
    startedAtMs: ctx.now(),
    maxConcurrency: concurrency,
    toleratedFailureCount,
    toleratedFailurePercentage,
    itemCounts: noCounts,
    executionCounts: noCounts,
    redriveCount: 0,
    ...(request === undefined ? {} : { reader: request }),
    ...(writer === undefined ? {} : { writer }),
  })
  const generation = thread.generation + 1
  mapItems.put(ctx, { executionArn, threadId: thread.id, generation, items })
  run.event(thread.id, 'MapRunStarted', { mapRunStartedEventDetails: { mapRunArn } })
  run.update(thread.id, { phase: 'waiting', generation, mapRunArn })
  ctx.after(0, mapRunTask, { executionArn, threadId: thread.id, of: mapRunArn, step: 'begin' })
}

function* readerRequest(
  run: Run,
  state: State,
  around: Surroundings,
): Step<ReaderRequest | undefined> {
  const reader = state.ItemReader
  if (reader === undefined) return undefined
  const isJsonata = run.languageOf(state) === 'JSONata'
  const parameters = isJsonata
    ? yield* evaluateTemplate(reader.Arguments ?? {}, 'ItemReader/Arguments', around, {})
    : payloadValue(reader.Parameters ?? {}, around)
  const config = reader.ReaderConfig ?? {}
  return {
    resource: reader.Resource ?? '',
    parameters: isObject(parameters) ? parameters : {},
    config,
    itemsMax: yield* integer(config, 'MaxItems', around, isJsonata, 'ItemReader/ReaderConfig/'),
  }
}

/** A number of a config, plain, by path or by expression; 0 where absent. */
function* integer(
  config: JsonObject,
  name: string,
  around: Surroundings,
  isJsonata: boolean,
  prefix: string,
): Step<number> {
  const plain = config[name]
  if (plain !== undefined) {
    if (typeof plain === 'number' || !isJsonata) return Number(plain)
    return Number(yield* evaluateTyped(plain, `${prefix}${name}`, around, 'integer'))
  }
  const path = config[`${name}Path`]
  if (typeof path !== 'string') return 0
  return numberAt(path, `${name}Path`, around, 'integer')
}

function numberAt(
  path: string,
  field: string,
  around: Surroundings,
  kind: 'integer' | 'float',
): number {
  const value = foundAt(path, around)
  const number = numberIn(value)
  if (number !== undefined && (kind === 'float' || Number.isInteger(number))) return number
  const shown = typeof value === 'string' ? value : textOf(value ?? null)
  const article = kind === 'float' ? 'a valid float' : 'a valid integer'
  throw new FieldFailure(
    `The ${field} field refers to value "${shown}" which is not ${article}: ${path}`,
  )
}

function* writerRequest(
  run: Run,
  state: State,
  around: Surroundings,
): Step<WriterRequest | undefined> {
  const writer = state.ResultWriter
  if (writer?.Resource === undefined) return undefined
  const parameters =
    run.languageOf(state) === 'JSONata'
      ? yield* evaluateTemplate(writer.Arguments ?? {}, 'ResultWriter/Arguments', around, {})
      : payloadValue(writer.Parameters ?? {}, around)
  const { Bucket, Prefix } = isObject(parameters) ? parameters : {}
  return { bucket: String(Bucket), prefix: Prefix === undefined ? '' : String(Prefix) }
}

export function* tolerated(
  run: Run,
  state: State,
  what: 'Count' | 'Percentage',
  around: Surroundings,
): Step<number> {
  const name = `ToleratedFailure${what}` as const
  const plain = state[name]
  const path = state[`${name}Path`]
  let value = 0
  if (plain !== undefined) {
    value =
      typeof plain === 'number'
        ? plain
        : Number(yield* evaluateTyped(plain, name, around, what === 'Count' ? 'integer' : 'number'))
  } else if (path !== undefined) {
    value = numberAt(path, `${name}Path`, around, what === 'Count' ? 'integer' : 'float')
  }
  const isJsonata = run.languageOf(state) === 'JSONata'
  const options = isJsonata
    ? ({ error: 'States.QueryEvaluationError', location: name } as const)
    : {}
  if (what === 'Count' && value < 0) {
    throw new FieldFailure('ToleratedFailureCount cannot be negative.', options)
  }
  if (what === 'Percentage' && (value < 0 || value > 100)) {
    throw new FieldFailure('ToleratedFailurePercentage must be between 0 and 100.', options)
  }
  return value
}

/** Makes the inputs of the children from the items, and starts the first of them. */
export function* beginRun(
  run: Run,
  thread: Thread,
  mapRun: MapRun,
  items: readonly Json[],
): Step<void> {
  const state = run.stateOf(thread)
  const inputs: Json[] = []
  for (const [index, value] of items.entries()) {
    const mapItem = { Index: index, Value: value }
    inputs.push(yield* iterationInput(run, { ...thread, mapItem }, state, value))
  }
  const { executionArn, id: threadId, generation } = thread
  const batches = yield* batched(run, thread, state, inputs)
  mapItems.put(run.ctx, {
    executionArn,
    threadId,
    generation,
    items: batches.map(({ input }) => input),
  })
  const total = batches.length
  const { mapRunArn } = mapRun
  if (total !== items.length) {
    mapSizes.put(run.ctx, { mapRunArn, sizes: batches.map(({ count }) => count) })
  }
  mapRuns.put(run.ctx, {
    ...mapRun,
    isBegun: true,
    itemCounts: { ...mapRun.itemCounts, total: items.length, pending: items.length },
    executionCounts: { ...mapRun.executionCounts, total, pending: total },
  })
}

interface Batch {
  readonly input: Json
  readonly count: number
}

/** ItemBatcher: items together as `{ Items: [...], BatchInput }`. */
function* batched(run: Run, thread: Thread, state: State, inputs: readonly Json[]): Step<Batch[]> {
  const batcher = state.ItemBatcher
  if (batcher === undefined) return inputs.map((input) => ({ input, count: 1 }))
  const isJsonata = run.languageOf(state) === 'JSONata'
  const around = run.around(thread, effectiveInput(run, thread, state))
  const countMax = yield* integer(batcher, 'MaxItemsPerBatch', around, isJsonata, 'ItemBatcher/')
  const bytesMax = yield* integer(
    batcher,
    'MaxInputBytesPerBatch',
    around,
    isJsonata,
    'ItemBatcher/',
  )
  const template = batcher['BatchInput']
  const shared =
    template === undefined
      ? undefined
      : isJsonata
        ? yield* evaluateTemplate(template, 'ItemBatcher/BatchInput', around, {})
        : payloadValue(template, around)
  const batchOf = (Items: readonly Json[]): Json =>
    shared === undefined ? { Items } : { BatchInput: shared, Items }
  const batches: Batch[] = []
  let items: Json[] = []
  let bytes = 0
  for (const input of inputs) {
    const size = Buffer.byteLength(textOf(input))
    const isFull =
      (countMax > 0 && items.length >= countMax) || (bytesMax > 0 && bytes + size > bytesMax)
    if (isFull && items.length > 0) {
      batches.push({ input: batchOf(items), count: items.length })
      items = []
      bytes = 0
    }
    items.push(input)
    bytes += size
  }
  if (items.length > 0) batches.push({ input: batchOf(items), count: items.length })
  return batches
}

/** Starts children while there is room, those of an earlier attempt first, and counts. */
export function startChildren(run: Run, thread: Thread): void {
  let mapRun = mapRunOf(run, thread)
  const most = mapRun.maxConcurrency === 0 ? concurrencyMax : mapRun.maxConcurrency
  const startChild = childStarter(run, thread, mapRun)
  mapRun = redriveChildren(run, thread, mapRun, most, startChild)
  while (mapRun.executionCounts.running < most && mapRun.executionCounts.pending > 0) {
    const index = mapRun.executionCounts.total - mapRun.executionCounts.pending
    const count = startChild(index)
    mapRun = mapRuns.update(run.ctx, mapRun.mapRunArn, {
      executionCounts: moved(mapRun.executionCounts, 'pending', 'running', 1),
      itemCounts: moved(mapRun.itemCounts, 'pending', 'running', count),
    })
  }
}

/** Starts the child of an item or batch, and tells how many items it has. */
function childStarter(run: Run, thread: Thread, mapRun: MapRun): StartChild {
  const { ctx, ports, engine } = run
  const { executionArn, id: threadId, generation } = thread
  const inputs = mapItems.get(ctx, itemsKey(executionArn, threadId, generation))?.items ?? []
  const processor = processorOf(run.stateOf(thread))
  const { QueryLanguage } = run.definition
  const language = QueryLanguage === undefined ? {} : { QueryLanguage }
  const { StartAt, States } = processor
  const definition = JSON.stringify({ ...language, StartAt, States })
  const { roleArn, settings } = run.execution
  const { mapRunArn, stateMachineArn } = mapRun
  const sizes = mapSizes.get(ctx, mapRunArn)?.sizes
  return (itemIndex, redriveCount = 0) => {
    const itemCount = sizes?.[itemIndex] ?? 1
    const name = ctx.ids.uuid()
    const options = {
      stateMachineArn,
      type: processor.ProcessorConfig?.ExecutionType ?? 'STANDARD',
      definition,
      roleArn,
      name,
      executionArn: `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`,
      input: textOf(inputs[itemIndex] ?? null),
      ...(settings === undefined ? {} : { settings }),
    }
    start(ctx, options, ports, engine, { mapRunArn, itemCount, itemIndex, redriveCount })
    return itemCount
  }
}

function mapRunOf(run: Run, thread: Thread): MapRun {
  const mapRun = mapRuns.get(run.ctx, thread.mapRunArn ?? '')
  if (mapRun === undefined) throw new TypeError(`no map run ${thread.mapRunArn}`)
  return mapRun
}

/** A child ended: counted. Throws where too many have failed. */
export function countChild(run: Run, thread: Thread, child: Execution): MapRun {
  const before = mapRunOf(run, thread)
  const to = endingOf(child.status)
  const mapRun = mapRuns.update(run.ctx, before.mapRunArn, {
    executionCounts: moved(before.executionCounts, 'running', to, 1),
    itemCounts: moved(before.itemCounts, 'running', to, child.itemCount ?? 1),
  })
  const { failed, timedOut, aborted, total } = mapRun.itemCounts
  const lost = failed + timedOut + aborted
  const { toleratedFailureCount, toleratedFailurePercentage } = mapRun
  const isWithin =
    lost === 0 ||
    (toleratedFailureCount > 0 && lost <= toleratedFailureCount) ||
    (toleratedFailurePercentage > 0 && (lost / total) * 100 <= toleratedFailurePercentage)
  if (isWithin) return mapRun
  throw new StateFailure({
    error: 'States.ExceedToleratedFailureThreshold',
    cause: 'The specified tolerated failure threshold was exceeded',
  })
}

export function isDone({ executionCounts }: MapRun): boolean {
  return executionCounts.pending === 0 && executionCounts.running === 0
}

/** All children have ended: the run succeeded, and the state goes on. `written`: what a ResultWriter gave. */
export function* endRun(run: Run, thread: Thread, written: Json | undefined): Step<void> {
  const { ctx } = run
  const mapRun = mapRunOf(run, thread)
  const results = written ?? outputsOf(latestChildren(ctx, mapRun.mapRunArn))
  mapRuns.update(ctx, mapRun.mapRunArn, {
    status: 'SUCCEEDED',
    stoppedAtMs: ctx.now(),
    executionCounts: {
      ...mapRun.executionCounts,
      resultsWritten: mapRun.executionCounts.succeeded,
    },
    itemCounts: { ...mapRun.itemCounts, resultsWritten: mapRun.itemCounts.succeeded },
  })
  const { executionArn, id, generation } = thread
  mapItems.delete(ctx, itemsKey(executionArn, id, generation))
  const previous = run.event(id, 'MapRunSucceeded', {}, { aside: true })
  run.event(id, 'MapStateSucceeded', {}, { aside: true, previous })
  const { mapRunArn: _ended, ...rest } = run.thread(id) ?? thread
  const now = run.put({ ...rest, phase: 'attempt' })
  const state = run.stateOf(now)
  leave(run, now, state, yield* resultHandover(run, now, state, results), state.Next)
}
