import type { Context } from '../../context.ts'
import { type Failure, StateFailure } from '../asl/failures.ts'
import type { Json } from '../asl/json.ts'
import type { Step } from '../asl/surroundings.ts'
import { asRole } from '../machines/roles.ts'
import { beginRun, countChild, endRun, isDone, startChildren } from './distributed-map.ts'
import { readItems } from './item-reader.ts'
import { latestChildren } from './map-children.ts'
import { writeResults } from './result-writer.ts'
import type { Run } from './run.ts'
import { executions, type MapRun, mapRuns } from './state.ts'
import type { MapRunInput } from './task-names.ts'
import { itemsKey, mapItems, type Thread } from './threads.ts'

/** What was fetched or written outside before a step of a run: its result, or its failure. */
export type Fetched =
  | { readonly kind: 'items'; readonly items: readonly Json[] }
  | { readonly kind: 'written'; readonly value: Json }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'nothing' }

/** The part of a step that leaves the service: reading items, or writing results. */
export async function fetchFor(ctx: Context, run: Run, input: MapRunInput): Promise<Fetched> {
  const mapRun = mapRuns.get(ctx, String(input.of))
  if (mapRun === undefined) return { kind: 'nothing' }
  const { roleArn, stateMachineArn } = run.execution
  const as = asRole(roleArn, stateMachineArn)
  try {
    if (input.step === 'begin' && mapRun.reader !== undefined) {
      return { kind: 'items', items: await readItems(ctx, mapRun.reader, as) }
    }
    if (input.step === 'end' && mapRun.writer !== undefined) {
      const children = latestChildren(ctx, mapRun.mapRunArn)
      const value = await writeResults(ctx, mapRun, children, mapRun.writer, as)
      return { kind: 'written', value }
    }
    return { kind: 'nothing' }
  } catch (error) {
    if (!(error instanceof StateFailure)) throw error
    return { kind: 'failed', failure: error.failure }
  }
}

/** One step of a run; gives true when the run is to end next. */
export function* mapRunStep(
  run: Run,
  thread: Thread,
  input: MapRunInput,
  fetched: Fetched,
  endNext: () => void,
): Step<void> {
  const mapRun = mapRuns.get(run.ctx, String(input.of))
  if (mapRun === undefined) return
  if (fetched.kind === 'failed') throw new StateFailure(fetched.failure)
  switch (input.step) {
    case 'begin': {
      const items = fetched.kind === 'items' ? fetched.items : keptItems(run, thread)
      yield* beginRun(run, thread, mapRun, items)
      startChildren(run, thread)
      if (isDone(current(run, mapRun))) endNext()
      return
    }
    case 'redrive': {
      startChildren(run, thread)
      if (isDone(current(run, mapRun))) endNext()
      return
    }
    case 'child': {
      const child = executions.get(run.ctx, input.childArn ?? '')
      if (child === undefined) return
      const counted = countChild(run, thread, child)
      if (isDone(counted)) endNext()
      else startChildren(run, thread)
      return
    }
    case 'end':
      yield* endRun(run, thread, fetched.kind === 'written' ? fetched.value : undefined)
  }
}

function current(run: Run, mapRun: MapRun): MapRun {
  return mapRuns.get(run.ctx, mapRun.mapRunArn) ?? mapRun
}

function keptItems(run: Run, { executionArn, id, generation }: Thread): readonly Json[] {
  return mapItems.get(run.ctx, itemsKey(executionArn, id, generation))?.items ?? []
}
