/** An attribute as an expression writes it: words and `#names` as they stand, indexes as numbers. */
export type PathSyntax = readonly (string | number)[]

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>='

export interface CallSyntax {
  readonly kind: 'call'
  readonly name: string
  readonly args: readonly OperandSyntax[]
}

export type OperandSyntax =
  | { readonly kind: 'path'; readonly path: PathSyntax }
  | { readonly kind: 'value'; readonly name: string }
  | CallSyntax

export type ConditionSyntax =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly ConditionSyntax[] }
  | { readonly kind: 'not'; readonly operand: ConditionSyntax }
  | {
      readonly kind: 'compare'
      readonly comparator: Comparator
      readonly left: OperandSyntax
      readonly right: OperandSyntax
    }
  | {
      readonly kind: 'between'
      readonly operand: OperandSyntax
      readonly low: OperandSyntax
      readonly high: OperandSyntax
    }
  | {
      readonly kind: 'in'
      readonly operand: OperandSyntax
      readonly list: readonly OperandSyntax[]
    }
  | CallSyntax

/** What SET can give an attribute. */
export type UpdateOperandSyntax =
  | { readonly kind: 'path'; readonly path: PathSyntax }
  | { readonly kind: 'value'; readonly name: string }
  | {
      readonly kind: 'call'
      readonly name: string
      readonly args: readonly UpdateOperandSyntax[]
    }
  | {
      readonly kind: '+' | '-'
      readonly left: UpdateOperandSyntax
      readonly right: UpdateOperandSyntax
    }

export type ActionSyntax =
  | { readonly kind: 'SET'; readonly path: PathSyntax; readonly value: UpdateOperandSyntax }
  | { readonly kind: 'REMOVE'; readonly path: PathSyntax }
  | {
      readonly kind: 'ADD' | 'DELETE'
      readonly path: PathSyntax
      readonly value: UpdateOperandSyntax
    }

/** What the text alone tells: the tree, and what is wrong whatever names and values come with it. */
export interface Parsed<T> {
  readonly tree: T
  /** Operators and functions in it. */
  readonly operators: number
  readonly hasRedundantParentheses: boolean
}
