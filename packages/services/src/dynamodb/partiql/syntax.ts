import type { Position } from './tokens.ts'

export type Steps = readonly (string | number)[]

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>='

/** An expression of PartiQL as a statement writes it. */
export type Term =
  | { readonly kind: 'path'; readonly steps: Steps; readonly position: Position }
  | { readonly kind: 'string' | 'number'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' | 'missing' }
  | { readonly kind: 'parameter'; readonly index: number }
  | { readonly kind: 'list' | 'bag'; readonly elements: readonly Term[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [string, Term])[] }
  | CallTerm
  | {
      readonly kind: 'compare'
      readonly comparator: Comparator
      readonly left: Term
      readonly right: Term
    }
  | { readonly kind: '+' | '-' | '||'; readonly left: Term; readonly right: Term }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Term[] }
  | { readonly kind: 'not'; readonly operand: Term }
  | { readonly kind: 'between'; readonly operand: Term; readonly low: Term; readonly high: Term }
  | { readonly kind: 'in'; readonly operand: Term; readonly list: Term }
  | { readonly kind: 'is'; readonly operand: Term; readonly type: string; readonly not: boolean }

export interface CallTerm {
  readonly kind: 'call'
  /** Lower case. */
  readonly name: string
  readonly args: readonly Term[]
  readonly position: Position
}

/** The table, and perhaps the index, that a statement names. */
export interface Source {
  readonly tableName: string
  readonly indexName?: string
}

export interface Select extends Source {
  readonly kind: 'select'
  /** Absent: all attributes. */
  readonly projection?: readonly Steps[]
  readonly where?: Term
  readonly orderBy?: readonly { readonly name: string; readonly descending: boolean }[]
}

export interface Insert extends Source {
  readonly kind: 'insert'
  readonly item: Term
}

export interface Returning {
  readonly which: 'ALL' | 'MODIFIED'
  readonly when: 'OLD' | 'NEW'
}

export type Assignment =
  | { readonly kind: 'set'; readonly steps: Steps; readonly value: Term }
  | { readonly kind: 'remove'; readonly steps: Steps }

export interface Update extends Source {
  readonly kind: 'update'
  readonly assignments: readonly Assignment[]
  readonly where?: Term
  readonly returning?: Returning
}

export interface Delete extends Source {
  readonly kind: 'delete'
  readonly where?: Term
  readonly returning?: Returning
}

/** `EXISTS(SELECT ...)` in a transaction: a check of one item. */
export interface Exists extends Source {
  readonly kind: 'exists'
  readonly select: Select
}

export type Statement = (Select | Insert | Update | Delete | Exists) & {
  /** How many `?` it has. */
  readonly parameters: number
}
