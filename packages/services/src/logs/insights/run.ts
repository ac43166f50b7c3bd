import { aggregate, isAggregate, momentsOf } from './aggregation.ts'
import { compared, compile, type Evaluator, isTrue } from './evaluate.ts'
import { type CallSurroundings, shown } from './functions.ts'
import { extraction } from './patterns.ts'
import type { EventRow, Row, Value } from './records.ts'
import type { Command, Named } from './syntax.ts'

/** Rows that a query returns where it does not say. Source: StartQuery, `limit`: also the most. */
export const rowsMax = 10_000

/** One row of results: its fields in the order in which they are shown. */
export type ResultRow = readonly (readonly [field: string, value: string])[]

/** A row with fields that the query added. */
class WorkingRow implements Row {
  readonly base: Row
  readonly own = new Map<string, Value>()

  constructor(base: Row) {
    this.base = base
  }

  get(name: string): Value | undefined {
    return this.own.get(name) ?? this.base.get(name)
  }
}

/** What a query says, taken apart and ready to run. */
export interface Plan {
  /** `events`: the newest first. */
  run(events: Iterable<EventRow>): { rows: readonly ResultRow[]; matched: number }
}

interface State {
  rows: WorkingRow[]
  /** Fields that are shown; undefined until a command names some. */
  shown: readonly string[] | undefined
  readonly moments: Set<string>
  /** Rows are no longer events. */
  aggregated: boolean
  limit: number
}

/** Compiles every expression, so that mistakes show before anything runs. */
export function planOf(
  commands: readonly Command[],
  limit: number,
  around: CallSurroundings,
): Plan {
  const steps = commands.map((command) => stepOf(command, around))
  return {
    run(events) {
      const state: State = {
        rows: [],
        shown: undefined,
        moments: new Set(['@timestamp', '@ingestionTime']),
        aggregated: false,
        limit,
      }
      for (const event of events) state.rows.push(new WorkingRow(event))
      const matched = { count: 0, isCounted: false }
      for (const [i, step] of steps.entries()) {
        if (commands[i]?.kind === 'stats' && !matched.isCounted) {
          matched.count = state.rows.length
          matched.isCounted = true
        }
        step(state)
      }
      if (!matched.isCounted) matched.count = state.rows.length
      const rows = state.rows.slice(0, state.limit).map((row) => resultOf(row, state))
      return { rows, matched: matched.count }
    },
  }
}

type Step = (state: State) => void

function stepOf(command: Command, around: CallSurroundings): Step {
  switch (command.kind) {
    case 'fields':
      return columnsStep(command.columns, around, false)
    case 'display':
      return columnsStep(command.columns, around, true)
    case 'filter': {
      const test = compile(command.test, around)
      return (state) => {
        state.rows = state.rows.filter((row) => isTrue(test(row)))
      }
    }
    case 'parse':
      return parseStep(command, around)
    case 'stats':
      return statsStep(command, around)
    case 'sort':
      return sortStep(command, around)
    case 'limit':
      return (state) => {
        state.rows = state.rows.slice(0, command.count)
        state.limit = Math.min(rowsMax, command.count)
      }
    case 'dedup':
      return dedupStep(command.fields)
  }
}

/** `fields` adds to what is shown, `display` takes its place. */
function columnsStep(columns: readonly Named[], around: CallSurroundings, replaces: boolean): Step {
  const compiled = columns.map(({ name, expression }) => ({
    name,
    isPlain: expression.kind === 'field' && expression.name === name,
    of: compile(expression, around),
  }))
  const names = columns.map(({ name }) => name)
  const moments = momentsOf(columns)
  return (state) => {
    for (const row of state.rows) {
      for (const { name, isPlain, of } of compiled) {
        const value = isPlain ? undefined : of(row)
        if (value !== undefined) row.own.set(name, value)
      }
    }
    for (const name of moments) state.moments.add(name)
    state.shown = replaces ? names : [...new Set([...(state.shown ?? []), ...names])]
  }
}

function parseStep(command: Extract<Command, { kind: 'parse' }>, around: CallSurroundings): Step {
  const of = compile(command.of, around)
  const extract = extraction(command.pattern, command.names)
  return (state) => {
    const names = new Set<string>(command.names)
    for (const row of state.rows) {
      const text = of(row)
      const found = text === undefined ? undefined : extract(String(text))
      for (const [name, value] of found ?? []) {
        row.own.set(name, value)
        names.add(name)
      }
    }
    // What was parsed is shown where the query names no fields of its own.
    state.shown = [...new Set([...(state.shown ?? []), ...names])]
  }
}

function statsStep(
  { columns, by }: Extract<Command, { kind: 'stats' }>,
  around: CallSurroundings,
): Step {
  aggregate([], columns, by, around) // Its mistakes show now.
  return (state) => {
    const groups = aggregate(state.rows, columns, by, around)
    state.rows = groups.map((values) => new WorkingRow({ get: (name) => values.get(name) }))
    state.shown = [...by, ...columns].map(({ name }) => name)
    for (const name of momentsOf([...by, ...columns])) state.moments.add(name)
    state.aggregated = true
  }
}

function sortStep({ keys }: Extract<Command, { kind: 'sort' }>, around: CallSurroundings): Step {
  const compiled = keys.map(({ name, expression, descending }) => {
    const of: Evaluator = isAggregate(expression) ? () => undefined : compile(expression, around)
    // What an earlier command made under this name is that column.
    return { of: (row: Row) => row.get(name) ?? of(row), descending }
  })
  return (state) => {
    const keyed = state.rows.map((row) => ({ row, values: compiled.map(({ of }) => of(row)) }))
    keyed.sort((a, b) => {
      for (const [i, { descending }] of compiled.entries()) {
        const order = ordered(a.values[i], b.values[i])
        if (order !== 0) return descending ? -order : order
      }
      return 0
    })
    state.rows = keyed.map(({ row }) => row)
  }
}

/** What is missing comes first. */
function ordered(left: Value | undefined, right: Value | undefined): number {
  if (left === undefined || right === undefined)
    return Number(left !== undefined) - Number(right !== undefined)
  return compared(left, right) ?? 0
}

/** The first of each in the order of now. */
function dedupStep(fields: readonly string[]): Step {
  return (state) => {
    const seen = new Set<string>()
    state.rows = state.rows.filter((row) => {
      const key = JSON.stringify(fields.map((name) => row.get(name)))
      if (seen.has(key)) return false
      seen.add(key)
      return true
    })
  }
}

function resultOf(row: WorkingRow, { shown: names, moments, aggregated }: State): ResultRow {
  const fields = (names ?? ['@timestamp', '@message']).flatMap((name) => {
    const value = row.get(name)
    return value === undefined ? [] : [[name, shown(value, moments.has(name))] as const]
  })
  const ptr = aggregated ? undefined : row.get('@ptr')
  return ptr === undefined ? fields : [...fields, ['@ptr', String(ptr)] as const]
}
