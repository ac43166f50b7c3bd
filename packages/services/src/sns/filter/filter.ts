export type FilterScope = 'MessageAttributes' | 'MessageBody'

/** One member of a property's list, as the policy has it. */
export type Condition =
  | string
  | number
  | boolean
  | null
  | { readonly exists: boolean }
  | { readonly prefix: string }
  | { readonly suffix: string }
  | { readonly 'equals-ignore-case': string }
  | { readonly cidr: string }
  | { readonly numeric: readonly (string | number)[] }
  | {
      readonly 'anything-but':
        | string
        | number
        | readonly (string | number)[]
        | { readonly prefix: string }
        | { readonly 'equals-ignore-case': string }
    }

/** One property and what it may be; any of the conditions will do. */
export interface FieldTest {
  /** Dotted path. */
  readonly path: string
  readonly conditions: readonly Condition[]
}

/** A filter policy, ready to judge messages: one branch must hold, in it every field. `$or` makes branches. */
export interface Filter {
  readonly scope: FilterScope
  readonly branches: readonly (readonly FieldTest[])[]
}
