import { table } from '@cloud-orrery/kernel'

/** A request that was sent to whoever makes a custom resource, until its answer or its time is up. */
export interface CustomRequest {
  readonly requestId: string
  readonly stackId: string
  readonly operationId: string
  readonly stepId: string
  readonly askedBy: string
  readonly logicalId: string
  readonly kind: 'Create' | 'Update' | 'Delete'
  /** As the request named it; for a creation the one that AWS makes up in case that the answer has none. */
  readonly physicalId: string
}

/** What the record of a custom resource keeps of the answer that made it. */
export interface CustomState {
  readonly requestId?: string
  readonly data?: unknown
  readonly noEcho?: boolean
}

export const customRequests = table<CustomRequest, 'step'>('cloudformation.customRequests', {
  key: (request) => request.requestId,
  partition: 'region',
  indexes: { step: (request) => request.askedBy },
})

/** The one question that a step has open. */
export function askedBy(operation: { readonly id: string }, step: { readonly id: string }): string {
  return `${operation.id}/${step.id}`
}
