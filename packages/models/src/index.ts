export * from './descriptor.ts'
export * from './error.ts'
export { linkServiceModel, loadServiceModel, type StoredServiceModel } from './load.ts'
export * from './shape.ts'
