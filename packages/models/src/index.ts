export * from './descriptor.ts'
export * from './error.ts'
export * from './iam.ts'
export {
  linkServiceModel,
  loadServiceModel,
  type StoredMember,
  type StoredOperation,
  type StoredServiceModel,
  type StoredShape,
} from './load.ts'
export * from './managed-policies.ts'
export * from './managed-policies.ts'
export { compilePattern } from './pattern.ts'
export * from './resource-schema.ts'
export { knownResourceTypes, resourceSchema } from './resources.ts'
export * from './serverless.ts'
export * from './shape.ts'
export {
  type Violation,
  type ViolationKind,
  validateInput,
  validationMessage,
  violationText,
} from './validate.ts'
export type { EpochMs } from './values.ts'
