import { invariant } from './errors.ts'
import { OrderedMap, type ScanOptions } from './ordered-map.ts'

/** Where a record lives. */
export interface Scope {
  readonly accountId: string
  readonly region: string
}

/** Anything that tables can be read through: a store and the scope to look in. */
export interface TableContext extends Scope {
  readonly store: Store
}

/** Which part of the scope separates records: every region, the account's one set, or all together. */
export type Partitioning = 'region' | 'account' | 'cloud'

export type Index<R> = (record: R) => string | readonly string[] | undefined

export interface TableOptions<R, I extends string> {
  /** The record's primary key; stable over its life. Compose with `orderedKey`. */
  key: (record: R) => string
  partition: Partitioning
  /** Secondary indexes; a record is listed under each value that its function gives. */
  indexes?: Record<I, Index<R>>
  /**
   * The name (an ARN) of the thing that the record is, for inventories: what a deletion must not leave.
   * Absent, or undefined for a record: a part, a message, history.
   */
  resource?: (record: R, scope: Scope) => string | undefined
  /**
   * Figures that follow from what else is noted: a failed call's changes to them are undone, but the journal does not
   * repeat them. They would be most of what it holds.
   */
  derived?: true
}

/** One change of one record. A list of them undoes, persists and shows what happened. */
export interface Change {
  readonly table: string
  readonly partition: string
  readonly key: string
  readonly before: unknown
  readonly after: unknown
}

/** One partition of one table. */
interface Rows {
  readonly partition: string
  readonly records: OrderedMap<object>
  readonly indexes: readonly RowIndex[]
}

interface RowIndex {
  readonly name: string
  readonly keysOf: Index<never>
  readonly entries: OrderedMap<string>
}

/** Where a table was last looked into: nearly always where it is looked into next. */
interface LastRows {
  readonly accountId: string
  readonly region: string
  readonly rows: Rows
}

const separator = '\u0000'

/** All records of one kind: frozen plain objects, ordered by key within their partition. */
export class Table<R extends object, I extends string = never> {
  readonly name: string
  readonly options: TableOptions<R, I>

  constructor(name: string, options: TableOptions<R, I>) {
    this.name = name
    this.options = options
  }

  get(ctx: TableContext, key: string): R | undefined {
    // The store holds under this table's name only what its `put` wrote.
    return ctx.store.rows(this, ctx).records.get(key) as R | undefined
  }

  has(ctx: TableContext, key: string): boolean {
    return this.get(ctx, key) !== undefined
  }

  /** Writes a new record or replaces the one with its key. */
  put(ctx: TableContext, record: R): R {
    const frozen = ctx.store.freeze(record)
    ctx.store.write(this, ctx, this.options.key(frozen), frozen)
    return frozen
  }

  /** Replaces some fields. Throws where the record is missing. */
  update(ctx: TableContext, key: string, fields: Partial<R>): R {
    const record = this.get(ctx, key)
    invariant(record !== undefined, `${this.name}: no record ${key} to update`)
    const next = { ...record, ...fields }
    invariant(
      this.options.key(next) === key,
      `${this.name}: an update may not change the key ${key}`,
    )
    return this.put(ctx, next)
  }

  /** Returns what stood there. */
  delete(ctx: TableContext, key: string): R | undefined {
    // As in `get`.
    return ctx.store.write(this, ctx, key, undefined) as R | undefined
  }

  /**
   * A number that changes with every write to the records of this scope, and is never given again: equal
   * stamps mean equal records, also across forks. For what is made of records and remembered.
   */
  stamp(ctx: TableContext): number {
    return ctx.store.rows(this, ctx).records.stamp
  }

  count(ctx: TableContext): number {
    return ctx.store.rows(this, ctx).records.size
  }

  /** Records in key order; may be stopped early, and the table may change meanwhile. */
  *scan(ctx: TableContext, options: ScanOptions = {}): Generator<R, void, undefined> {
    for (const [, record] of ctx.store.rows(this, ctx).records.scan(options)) {
      yield record as R // As in `get`.
    }
  }

  /** Records listed under `value` in an index, in key order. */
  *where(
    ctx: TableContext,
    index: I,
    value: string,
    options: { after?: string; reverse?: boolean } = {},
  ): Generator<R, void, undefined> {
    const rows = ctx.store.rows(this, ctx)
    const prefix = value + separator
    const scan: ScanOptions = { prefix }
    if (options.after !== undefined) scan.after = prefix + options.after
    if (options.reverse !== undefined) scan.reverse = options.reverse
    for (const [entry, key] of indexOf(rows, index).scan(scan)) {
      if (entry.length !== prefix.length + key.length) continue // A longer value that begins so.
      const record = rows.records.get(key)
      if (record !== undefined) yield record as R // As in `get`.
    }
  }

  /** Entries of an index whose value starts with or lies past something, in the index's order. */
  *scanIndex(
    ctx: TableContext,
    index: I,
    options: ScanOptions = {},
  ): Generator<R, void, undefined> {
    const rows = ctx.store.rows(this, ctx)
    for (const [, key] of indexOf(rows, index).scan(options)) {
      const record = rows.records.get(key)
      if (record !== undefined) yield record as R // As in `get`.
    }
  }

  first(ctx: TableContext, index: I, value: string): R | undefined {
    for (const record of this.where(ctx, index, value)) return record
    return undefined
  }

  /** Names of all things that the table holds, in every scope, sorted. */
  resources(ctx: { store: Store }): string[] {
    const { resource } = this.options
    if (resource === undefined) return []
    const names = new Set<string>()
    for (const scope of this.scopes(ctx)) {
      for (const record of this.scan({ store: ctx.store, ...scope })) {
        const name = resource(record, scope)
        if (name !== undefined) names.add(name)
      }
    }
    return [...names].sort()
  }

  /** The scopes that hold records of this table; parts that do not partition it are empty. */
  scopes(ctx: { store: Store }): Scope[] {
    return ctx.store.partitions(this.name).map((partition) => {
      const [accountId = '', region = ''] = partition.split('/')
      return { accountId, region }
    })
  }
}

export function table<R extends object, I extends string = never>(
  name: string,
  options: TableOptions<R, I>,
): Table<R, I> {
  return new Table(name, options)
}

/** Composes a key whose parts sort one after the other; numbers sort by size (0 to 2^53 - 1). */
export function orderedKey(...parts: readonly (string | number)[]): string {
  let key = ''
  for (let i = 0; i < parts.length; i += 1) {
    const part = parts[i] ?? ''
    if (i > 0) key += separator
    key += typeof part === 'number' ? String(part).padStart(16, '0') : part
  }
  return key
}

/** Tables reach the store by these two fields alone. */
type AnyTable = { name: string; options: TableOptions<never, string> }

/** All tables of one cloud. Forks share structure until written. */
export class Store {
  readonly #tables = new Map<string, Map<string, Rows>>()
  /** Records restored from JSON whose table nobody asked for yet. */
  readonly #restored = new Map<string, Map<string, object[]>>()
  readonly #last = new Map<AnyTable, LastRows>()
  readonly #derived = new Set<string>()
  readonly #deepFreeze: boolean
  #changes: Change[] | undefined

  constructor(options: { deepFreeze?: boolean } = {}) {
    this.#deepFreeze = options.deepFreeze ?? false
  }

  fork(): Store {
    const copy = new Store({ deepFreeze: this.#deepFreeze })
    for (const name of this.#derived) copy.#derived.add(name)
    for (const [name, partitions] of this.#tables) {
      const copied = new Map<string, Rows>()
      for (const [partition, rows] of partitions) {
        const indexes = rows.indexes.map(({ entries, ...index }) => ({
          ...index,
          entries: entries.fork(),
        }))
        copied.set(partition, { partition, records: rows.records.fork(), indexes })
      }
      copy.#tables.set(name, copied)
    }
    for (const [name, partitions] of this.#restored) copy.#restored.set(name, new Map(partitions))
    return copy
  }

  /** Everything as plain data, in a stable order. */
  export(): Record<string, Record<string, object[]>> {
    const out: Record<string, Record<string, object[]>> = {}
    for (const { name, partition, records } of this.pages(Number.POSITIVE_INFINITY)) {
      out[name] ??= {}
      out[name][partition] = records
    }
    return out
  }

  /** The same in pages of at most `recordsMax` records; a fork's pages can be taken at leisure. */
  *pages(
    recordsMax: number,
  ): Generator<{ name: string; partition: string; records: object[] }, void, undefined> {
    for (const name of [...new Set([...this.#tables.keys(), ...this.#restored.keys()])].sort()) {
      for (const partition of this.partitions(name)) {
        let records: object[] = []
        for (const record of this.#recordsOf(name, partition)) {
          records.push(record)
          if (records.length < recordsMax) continue
          yield { name, partition, records }
          records = []
        }
        if (records.length > 0) yield { name, partition, records }
      }
    }
  }

  *#recordsOf(name: string, partition: string): Generator<object, void, undefined> {
    const rows = this.#tables.get(name)?.get(partition)
    if (rows === undefined) yield* this.#restored.get(name)?.get(partition) ?? []
    else for (const [, record] of rows.records.scan()) yield record
  }

  /** Takes what `export` gave. Tables pick their records up when they are first used. */
  import(data: Record<string, Record<string, object[]>>): void {
    for (const [name, partitions] of Object.entries(data)) {
      this.#restored.set(name, new Map(Object.entries(partitions)))
    }
  }

  /** Names of the partitions in which a table has records, sorted. */
  partitions(name: string): string[] {
    const names = new Set(this.#restored.get(name)?.keys())
    for (const [partition, { records }] of this.#tables.get(name) ?? []) {
      if (records.size > 0) names.add(partition)
    }
    return [...names].sort()
  }

  /** Starts collecting changes; the returned function ends it and hands them over. */
  collect(): () => Change[] {
    const outer = this.#changes
    const own: Change[] = []
    this.#changes = own
    return () => {
      this.#changes = outer
      if (outer !== undefined) for (const change of own) outer.push(change)
      return own
    }
  }

  /** Whether the journal notes a change: see `derived`. */
  isNoted({ table }: Change): boolean {
    return !this.#derived.has(table)
  }

  rows(table: AnyTable, scope: Scope): Rows {
    const { accountId, region } = scope
    const last = this.#last.get(table)
    if (last?.accountId === accountId && last.region === region) return last.rows
    const rows = this.#findRows(table, scope)
    this.#last.set(table, { accountId, region, rows })
    return rows
  }

  #findRows(table: AnyTable, scope: Scope): Rows {
    const partition = partitionOf(table.options.partition, scope)
    let partitions = this.#tables.get(table.name)
    if (partitions === undefined) {
      partitions = new Map()
      this.#tables.set(table.name, partitions)
    }
    let rows = partitions.get(partition)
    if (rows === undefined) {
      const indexes = Object.entries<Index<never>>(table.options.indexes ?? {}).map(
        ([name, keysOf]) => ({ name, keysOf, entries: new OrderedMap<string>() }),
      )
      rows = { partition, records: new OrderedMap(), indexes }
      if (table.options.derived === true) this.#derived.add(table.name)
      partitions.set(partition, rows)
      const restored = this.#restored.get(table.name)
      for (const record of restored?.get(partition) ?? []) {
        this.#set(rows, keyOf(table, record), this.freeze(record))
      }
      restored?.delete(partition)
    }
    return rows
  }

  /** Writes or (with undefined) deletes one record, keeps the indexes, and notes the change. */
  write(table: AnyTable, scope: Scope, key: string, after: object | undefined): object | undefined {
    const rows = this.rows(table, scope)
    const before = this.#set(rows, key, after)
    if (this.#changes !== undefined && (before !== undefined || after !== undefined)) {
      const { partition } = rows
      this.#changes.push({ table: table.name, partition, key, before, after })
    }
    return before
  }

  /** Takes changes of this store back, last first. */
  undo(changes: readonly Change[]): void {
    for (const change of changes.toReversed()) {
      const rows = this.#tables.get(change.table)?.get(change.partition)
      invariant(rows !== undefined, `undo: no rows of ${change.table} in ${change.partition}`)
      // The change was noted by `write`, whose records are objects.
      this.#set(rows, change.key, change.before as object | undefined)
    }
  }

  freeze<R extends object>(record: R): R {
    return this.#deepFreeze ? deepFreeze(record) : Object.freeze(record)
  }

  #set(rows: Rows, key: string, after: object | undefined): object | undefined {
    const before = after === undefined ? rows.records.delete(key) : rows.records.set(key, after)
    for (const { keysOf, entries } of rows.indexes) {
      // The records were written under the name of the table that has this index.
      const was = before === undefined ? undefined : keysOf(before as never)
      const is = after === undefined ? undefined : keysOf(after as never)
      if (was === is) continue
      if (typeof was !== 'object' && typeof is !== 'object') {
        if (was !== undefined) entries.delete(was + separator + key)
        if (is !== undefined) entries.set(is + separator + key, key)
        continue
      }
      const [old, now] = [listOf(was), listOf(is)]
      for (const value of old) if (!now.includes(value)) entries.delete(value + separator + key)
      for (const value of now) if (!old.includes(value)) entries.set(value + separator + key, key)
    }
    return before
  }
}

function indexOf(rows: Rows, name: string): OrderedMap<string> {
  const index = rows.indexes.find((index) => index.name === name)
  invariant(index !== undefined, `no index ${name}`)
  return index.entries
}

function keyOf(table: AnyTable, record: object): string {
  // The record was written under this table's name, so it is of the table's own type.
  return table.options.key(record as never)
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return none
  return typeof value === 'string' ? [value] : value
}

const none: readonly string[] = []

function partitionOf(partitioning: Partitioning, { accountId, region }: Scope): string {
  switch (partitioning) {
    case 'region':
      return `${accountId}/${region}`
    case 'account':
      return accountId
    case 'cloud':
      return ''
  }
}

/** Frozen all the way down already: a value that is only frozen itself may hold others that are not. */
const deeplyFrozen = new WeakSet<object>()

function deepFreeze<T extends object>(value: T): T {
  if (ArrayBuffer.isView(value) || deeplyFrozen.has(value)) return value
  deeplyFrozen.add(value)
  Object.freeze(value)
  for (const child of Object.values(value)) {
    if (typeof child === 'object' && child !== null) deepFreeze(child)
  }
  return value
}
