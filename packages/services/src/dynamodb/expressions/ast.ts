import type { AttributeType, AttributeValue } from '../values/attribute-value.ts'
import type { Comparator } from './syntax.ts'

/** An attribute, or a place inside one: the attribute's name, then names in maps and indexes in lists. */
export type Path = readonly (string | number)[]

export type Operand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'value'; readonly value: AttributeValue }
  | { readonly kind: 'size'; readonly of: Operand }

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Condition[] }
  | { readonly kind: 'not'; readonly operand: Condition }
  | {
      readonly kind: 'compare'
      readonly comparator: Comparator
      readonly left: Operand
      readonly right: Operand
    }
  | {
      readonly kind: 'between'
      readonly operand: Operand
      readonly low: Operand
      readonly high: Operand
    }
  | { readonly kind: 'in'; readonly operand: Operand; readonly list: readonly Operand[] }
  | { readonly kind: 'exists' | 'notExists'; readonly path: Path }
  | { readonly kind: 'type'; readonly operand: Operand; readonly type: AttributeType }
  | { readonly kind: 'beginsWith'; readonly operand: Operand; readonly prefix: Operand }
  | { readonly kind: 'contains'; readonly operand: Operand; readonly part: Operand }

/** The attributes that an expression names: for `dynamodb:Attributes`, and for what keys must not be asked. */
export interface NamedAttributes {
  /** Top-level attributes, each once. */
  readonly attributes: readonly string[]
  /** Those of them that the expression looks into, with what it uses first: `.` or `[]`. */
  readonly nestedAttributes: readonly string[]
}

/** A condition or filter, ready to be asked of items. */
export interface CompiledCondition extends NamedAttributes {
  readonly root: Condition
}

export type UpdateOperand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'value'; readonly value: AttributeValue }
  | { readonly kind: 'ifNotExists'; readonly path: Path; readonly otherwise: UpdateOperand }
  | {
      readonly kind: 'listAppend' | '+' | '-'
      readonly left: UpdateOperand
      readonly right: UpdateOperand
    }

export type Action =
  | { readonly kind: 'SET'; readonly path: Path; readonly operand: UpdateOperand }
  | { readonly kind: 'REMOVE'; readonly path: Path }
  | { readonly kind: 'ADD' | 'DELETE'; readonly path: Path; readonly value: AttributeValue }

/** Places in an item, as a tree: an `A` where a path ends, further steps elsewhere. */
export interface PathTree<A> {
  readonly end?: A
  readonly steps?: ReadonlyMap<string | number, PathTree<A>>
}

/** An update, ready to be applied to items. */
export interface CompiledUpdate extends NamedAttributes {
  readonly actions: readonly Action[]
  readonly tree: PathTree<Action>
  /** Made of `AttributeUpdates`, which has words and types of its own. */
  readonly isLegacy?: boolean
}

/** A projection, ready to be applied to items. */
export interface CompiledProjection extends NamedAttributes {
  readonly paths: readonly Path[]
  readonly tree: PathTree<true>
}
