export { principalContext } from './context.ts'
export { missingContextKeys, usedContextKeys } from './context-keys.ts'
export type { CoverageState, ElementCoverage } from './coverage/element-coverage.ts'
export {
  type AskedRequest,
  type CallName,
  type HeldPolicy,
  type HeldPolicyType,
  identityOwner,
} from './coverage/held-policy.ts'
export {
  type ConditionCoverage,
  coverPolicies,
  type StatementCoverage,
} from './coverage/statement-coverage.ts'
export { type UnusedGrant, unusedGrants, unusedGrantText } from './coverage/unused-grants.ts'
export type * from './decision.ts'
export { type DenialWording, denialMessage } from './denial-message.ts'
export type * from './document.ts'
export { evaluate } from './evaluate.ts'
export { explain } from './explain.ts'
export {
  type Generalised,
  type LeastPolicy,
  type LeastPolicyOptions,
  leastPolicy,
} from './least/least-policy.ts'
export { type Leaning, leaningOf, type Need } from './least/need.ts'
export {
  type PackedDocument,
  type Packing,
  type PrincipalKind,
  packStatements,
} from './least/packing.ts'
export { type Variant, variantsOf } from './least/variant.ts'
export { parsePolicy } from './parse.ts'
export { matchesAction, matchesArn } from './pattern.ts'
export { PolicyError, type PolicyProblem } from './policy-error.ts'
export { applyChange } from './remedy.ts'
export type * from './request.ts'
export type { ResourceGrammar } from './resource-grammar.ts'
