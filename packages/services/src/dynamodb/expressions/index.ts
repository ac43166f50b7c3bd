export type {
  Action,
  CompiledCondition,
  CompiledProjection,
  CompiledUpdate,
  Condition,
  NamedAttributes,
  Path,
} from './ast.ts'
export {
  parseCondition,
  parseFilter,
  parseKeyCondition,
  parseProjection,
  parseUpdate,
} from './compile.ts'
export {
  type CompiledKeyCondition,
  type KeyCondition,
  type KeyNames,
  keyCondition,
  type RangeCondition,
} from './key-condition.ts'
export {
  legacyExpected,
  legacyFilter,
  legacyKeyConditions,
} from './legacy.ts'
export { attributesToGet, legacyUpdates } from './legacy-updates.ts'
export { matches, valueAt } from './matching.ts'
export { pickPaths, project } from './projecting.ts'
export { isReservedWord } from './reserved-words.ts'
export {
  noSubstitutions,
  refuseUnused,
  type Substitutions,
  substitutions,
} from './substitutions.ts'
export { applyUpdate, type Updated } from './updating.ts'
