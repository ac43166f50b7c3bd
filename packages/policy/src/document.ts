/**
 * A policy document as its author wrote it: JSON already read, strings and lists not yet unified.
 * Source: IAM User Guide, "Grammar of the IAM JSON policy language".
 */
export interface PolicyDocument {
  readonly Version?: '2012-10-17' | '2008-10-17'
  readonly Id?: string
  readonly Statement: Statement | readonly Statement[]
}

export interface Statement {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Principal?: PrincipalElement
  readonly NotPrincipal?: PrincipalElement
  readonly Action?: OneOrMany
  readonly NotAction?: OneOrMany
  readonly Resource?: OneOrMany
  readonly NotResource?: OneOrMany
  readonly Condition?: ConditionElement
}

export type OneOrMany<T = string> = T | readonly T[]

export type PrincipalElement =
  | '*'
  | {
      readonly AWS?: OneOrMany
      readonly Service?: OneOrMany
      readonly Federated?: OneOrMany
      readonly CanonicalUser?: OneOrMany
    }

/** Operator to condition key to the value or values it is compared with. */
export type ConditionElement = {
  readonly [operator: string]: { readonly [key: string]: OneOrMany<ConditionScalar> }
}

export type ConditionScalar = string | number | boolean

/** Where a document is to be used; each use has elements that it needs and elements it forbids. */
export type PolicyKind = 'identity' | 'managed' | 'resource' | 'trust' | 'boundary' | 'session'
