import type { State } from '../asl/definition.ts'
import { processorOf } from '../asl/definition.ts'
import { FieldFailure } from '../asl/failures.ts'
import { isArray, type Json, textOf } from '../asl/json.ts'
import { evaluateTemplate, evaluateTyped } from '../asl/jsonata.ts'
import { foundAt, numberIn, pathValue, payloadValue } from '../asl/payload.ts'
import type { Step } from '../asl/surroundings.ts'
import { argumentsOf, effectiveInput, resultHandover } from './data-flow.ts'
import { release } from './endings.ts'
import { leave } from './moves.ts'
import type { Run } from './run.ts'
import { type Group, itemsKey, mapItems, type Thread } from './threads.ts'

/** Iterations of an inline Map state that run at once. Source: Developer Guide, "Map state in Inline mode". */
const concurrencyMax = 40

export function* parallelState(run: Run, thread: Thread, state: State): Step<void> {
  const input = yield* argumentsOf(run, thread, state)
  run.event(thread.id, 'ParallelStateStarted')
  const branches = state.Branches ?? []
  const generation = thread.generation + 1
  const group: Group = {
    kind: 'Parallel',
    generation,
    total: branches.length,
    started: branches.length,
    succeeded: 0,
    concurrency: branches.length,
  }
  const parent = run.update(thread.id, { phase: 'waiting', generation, group })
  for (const index of orderOf(run, branches.length)) {
    const branch = branches[index]
    if (branch === undefined) continue
    const path = { state: thread.state, branch: index }
    run.put(child(run, parent, index, path, branch.StartAt, input))
    run.ready.push(`${thread.id}.${generation}.${index}`)
  }
  yield* finished(run, run.thread(thread.id) ?? parent)
}

/** Branches begin in the order of the definition; AWS promises none. */
function orderOf(run: Run, count: number): number[] {
  const order = Array.from({ length: count }, (_, index) => index)
  if (count < 2) return order
  return run.ctx.choose('states.branches', [order, order.toReversed()])
}

function child(
  run: Run,
  parent: Thread,
  index: number,
  step: { readonly state: string; readonly branch: number },
  startAt: string,
  input: Json,
): Thread {
  return {
    executionArn: parent.executionArn,
    id: `${parent.id}.${parent.generation}.${index}`,
    parentId: parent.id,
    index,
    block: [...parent.block, step],
    state: startAt,
    phase: 'enter',
    input,
    enteredAtMs: run.ctx.now(),
    enteredEventId: 0,
    beforeEventId: 0,
    lastEventId: parent.lastEventId,
    variables: {},
    retries: [],
    retryCount: 0,
    generation: 0,
  }
}

/** A Map state whose iterations run within the execution. */
export function* inlineMapState(run: Run, thread: Thread, state: State): Step<void> {
  const items = yield* itemsOf(run, thread, state)
  const concurrency = yield* maxConcurrency(run, thread, state)
  run.event(thread.id, 'MapStateStarted', { mapStateStartedEventDetails: { length: items.length } })
  const generation = thread.generation + 1
  const { executionArn, id } = thread
  mapItems.put(run.ctx, { executionArn, threadId: id, generation, items })
  const group: Group = {
    kind: 'Map',
    generation,
    total: items.length,
    started: 0,
    succeeded: 0,
    concurrency: concurrency === 0 ? concurrencyMax : Math.min(concurrency, concurrencyMax),
  }
  const parent = run.update(id, { phase: 'waiting', generation, group })
  for (let slot = 0; slot < group.concurrency && slot < items.length; slot += 1) {
    yield* startIteration(run, parent.id, state, parent.lastEventId)
  }
  yield* finished(run, run.thread(id) ?? parent)
}

export function* itemsOf(run: Run, thread: Thread, state: State): Step<readonly Json[]> {
  const isJsonata = run.languageOf(state) === 'JSONata'
  if (isJsonata) {
    const around = run.around(thread, thread.input)
    if (state.Items !== undefined) {
      const items =
        typeof state.Items === 'string'
          ? yield* evaluateTyped(state.Items, 'Items', around, 'array')
          : yield* evaluateTemplate(state.Items, 'Items', around, {})
      return isArray(items) ? items : [items]
    }
    if (isArray(thread.input)) return thread.input
    throw new FieldFailure(`Map state input must be an array but was: ${textOf(thread.input)}`, {
      error: 'States.QueryEvaluationError',
    })
  }
  const input = effectiveInput(run, thread, state)
  const path = state.ItemsPath ?? '$'
  const items = pathValue(path, run.around(thread, input))
  if (isArray(items)) return items
  throw new FieldFailure(`Reference path "${path}" must point to array.`, {})
}

export function* maxConcurrency(run: Run, thread: Thread, state: State): Step<number> {
  const around = run.around(thread, effectiveInput(run, thread, state))
  if (state.MaxConcurrency !== undefined) {
    if (typeof state.MaxConcurrency === 'number') return state.MaxConcurrency
    return Number(yield* evaluateTyped(state.MaxConcurrency, 'MaxConcurrency', around, 'integer'))
  }
  const path = state.MaxConcurrencyPath
  if (path === undefined) return 0
  const value = foundAt(path, around)
  const number = numberIn(value)
  if (number !== undefined && Number.isInteger(number) && number >= 0) return number
  const shown = typeof value === 'string' ? value : textOf(value ?? null)
  throw new FieldFailure(
    `The MaxConcurrencyPath field refers to value "${shown}" which is not a valid integer: ${path}`,
  )
}

function* startIteration(run: Run, parentId: string, state: State, previous: number): Step<void> {
  const parent = run.thread(parentId)
  const group = parent?.group
  if (parent === undefined || group === undefined || group.started >= group.total) return
  const index = group.started
  const { executionArn, generation } = parent
  const items = mapItems.get(run.ctx, itemsKey(executionArn, parentId, generation))?.items ?? []
  const value = items[index] ?? null
  const mapItem = { Index: index, Value: value }
  const before = run.update(parentId, { group: { ...group, started: index + 1 } })
  const step = { state: parent.state, branch: 0 }
  const { StartAt } = processorOf(state)
  const created = run.put({ ...child(run, before, index, step, StartAt, value), mapItem })
  run.event(
    created.id,
    'MapIterationStarted',
    { mapIterationStartedEventDetails: { name: parent.state, index } },
    { previous },
  )
  run.ready.push(created.id)
  const input = yield* iterationInput(run, { ...parent, mapItem }, state, value)
  run.update(created.id, { input })
}

/** ItemSelector (or the older Parameters) evaluated for one item, else the item. */
export function* iterationInput(run: Run, thread: Thread, state: State, value: Json): Step<Json> {
  const selector = state.ItemSelector ?? state.Parameters
  if (selector === undefined) return value
  if (run.languageOf(state) === 'JSONata') {
    return yield* evaluateTemplate(selector, 'ItemSelector', run.around(thread, thread.input), {})
  }
  return payloadValue(selector, run.around(thread, effectiveInput(run, thread, state)))
}

/** A branch or iteration came to its end. */
export function* childSucceeded(run: Run, ended: Thread): Step<void> {
  const parent = run.thread(ended.parentId ?? '')
  const group = parent?.group
  if (parent === undefined || group === undefined) return
  const isMap = group.kind === 'Map'
  run.update(ended.id, { joined: true })
  const last = isMap
    ? run.event(
        ended.id,
        'MapIterationSucceeded',
        { mapIterationSucceededEventDetails: { name: parent.state, index: ended.index } },
        { aside: true },
      )
    : ended.lastEventId
  const now = run.update(parent.id, {
    lastEventId: last,
    group: { ...group, succeeded: group.succeeded + 1 },
  })
  if (isMap) yield* startIteration(run, parent.id, run.stateOf(parent), ended.lastEventId)
  yield* finished(run, run.thread(parent.id) ?? now)
}

/** Leaves the state when all its children have ended. */
function* finished(run: Run, thread: Thread): Step<void> {
  const { group } = thread
  if (group === undefined || group.succeeded < group.total) return
  const state = run.stateOf(thread)
  const outputs: Json[] = []
  for (const ended of run.children(thread.id, thread.generation)) {
    outputs[ended.index] = ended.output ?? null
    run.remove(ended.id, (gone) => release(run, gone))
  }
  release(run, thread)
  run.event(
    thread.id,
    group.kind === 'Map' ? 'MapStateSucceeded' : 'ParallelStateSucceeded',
    {},
    { aside: true },
  )
  const { group: _done, ...rest } = run.thread(thread.id) ?? thread
  const now = run.put({ ...rest, phase: 'attempt' })
  leave(run, now, state, yield* resultHandover(run, now, state, outputs), state.Next)
}
