export * from './decision.ts'
export * from './document.ts'
export * from './request.ts'
