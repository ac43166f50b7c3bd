import type { Statement } from './document.ts'
import type { Principal } from './request.ts'

export type PolicyType =
  | 'identity'
  | 'resource'
  | 'boundary'
  | 'session'
  | 'service-control'
  | 'resource-control'

/** A statement that applied to the request. `statementIndex` counts from 0 in its document. */
export interface MatchedStatement {
  readonly policy: PolicyType
  readonly source: string
  readonly arn?: string
  readonly sid?: string
  readonly statementIndex: number
  readonly effect: 'Allow' | 'Deny'
}

export interface Decision {
  readonly allowed: boolean
  readonly reason: 'allowed' | 'explicit-deny' | 'implicit-deny'
  /** The statement that decided; absent where none did (an implicit deny, or root by right). */
  readonly decidedBy?: MatchedStatement
  /** For an implicit deny: the kind of policy whose `Allow` was needed and not there. */
  readonly missing?: PolicyType
  /** Every statement that applied, in the order of the policies. */
  readonly matched: readonly MatchedStatement[]
  /** The whole evaluation. Computed when first read, then kept. */
  readonly explanation: Explanation
}

/** Plain data; `explain` renders it as lines. */
export interface Explanation {
  readonly principal: Principal
  readonly action: string
  readonly resource: string
  readonly crossAccount: boolean
  /** The condition keys that the policies ask for, with their values; absent ones as `null`. */
  readonly contextKeys: Readonly<Record<string, string | readonly string[] | null>>
  readonly policies: readonly PolicyExplanation[]
  /** Why it came out so, one sentence. */
  readonly outcome: string
  /** The smallest change that would allow the request; absent when it is allowed. */
  readonly remedy?: Remedy
}

/** Changes that, made together, allow the request. */
export interface Remedy {
  readonly changes: readonly Change[]
  /** An allow that all but applies, and what keeps it from applying. */
  readonly nearest?: string
}

export type Change = RemoveStatement | AddStatement

/** A deny has to go, or to be narrowed so that it no longer applies. */
export interface RemoveStatement {
  readonly kind: 'remove-statement'
  readonly policy: PolicyType
  readonly source: string
  readonly sid?: string
  readonly statementIndex: number
}

export interface AddStatement {
  readonly kind: 'add-statement'
  readonly policy: PolicyType
  /** The level of organization policies that lacks an allow, from 0. */
  readonly level?: number
  readonly statement: Statement
}

export interface PolicyExplanation {
  readonly policy: PolicyType
  readonly source: string
  readonly statements: readonly StatementExplanation[]
}

export interface StatementExplanation {
  readonly statementIndex: number
  readonly sid?: string
  readonly effect: 'Allow' | 'Deny'
  readonly matched: boolean
  /** The first element that did not fit, when `matched` is false. */
  readonly failed?: StatementElement
  /** One sentence on the element that did not fit. */
  readonly why: string
  readonly conditions: readonly ConditionExplanation[]
}

export type StatementElement =
  | 'Principal'
  | 'NotPrincipal'
  | 'Action'
  | 'NotAction'
  | 'Resource'
  | 'NotResource'
  | 'Condition'

export interface ConditionExplanation {
  readonly operator: string
  readonly key: string
  /** The policy's values with variables filled in; a variable without a value stays as written. */
  readonly policyValues: readonly string[]
  /** The request's values; `null` when the request has no such key. */
  readonly requestValues: readonly string[] | null
  readonly met: boolean
}
