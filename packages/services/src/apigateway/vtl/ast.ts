/** A mapping template, taken apart. Source: Apache Velocity 1.7 user guide, "VTL Reference". */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'reference'; readonly reference: Reference }
  | { readonly kind: 'set'; readonly target: Reference; readonly value: Expression }
  | {
      readonly kind: 'if'
      readonly branches: readonly { readonly test: Expression; readonly body: readonly Node[] }[]
      readonly otherwise: readonly Node[]
    }
  | {
      readonly kind: 'foreach'
      readonly name: string
      readonly list: Expression
      readonly body: readonly Node[]
    }
  | {
      readonly kind: 'macro'
      readonly name: string
      readonly parameters: readonly string[]
      readonly body: readonly Node[]
    }
  | { readonly kind: 'define'; readonly name: string; readonly body: readonly Node[] }
  | {
      readonly kind: 'call'
      readonly name: string
      readonly args: readonly Expression[]
      readonly source: string
    }
  | { readonly kind: 'break' }
  | { readonly kind: 'stop' }

/** `$a.b(c)[0]` */
export interface Reference {
  readonly name: string
  readonly steps: readonly Step[]
  /** `$!a`: nothing is put out where nothing is there. */
  readonly quiet: boolean
  /** As it stands in the template. */
  readonly source: string
}

export type Step =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'method'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'index'; readonly index: Expression }

export type Operator =
  | '||'
  | '&&'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'

export type Expression =
  | { readonly kind: 'constant'; readonly value: string | number | boolean | null }
  | { readonly kind: 'text'; readonly nodes: readonly Node[] }
  | { readonly kind: 'reference'; readonly reference: Reference }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'range'; readonly from: Expression; readonly to: Expression }
  | {
      readonly kind: 'map'
      readonly entries: readonly { readonly key: Expression; readonly value: Expression }[]
    }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'negative'; readonly operand: Expression }
  | {
      readonly kind: 'binary'
      readonly operator: Operator
      readonly left: Expression
      readonly right: Expression
    }

/** A template that is none, or that does what it may not. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
}
