import { loadServiceModel } from './load.ts'
import type { OperationModel, ServiceModel } from './shape.ts'

/**
 * One API operation, typed. Generated modules export one per operation:
 * `import { SendMessage } from '@cloud-orrery/models/sqs'`.
 */
export interface Operation<Input = unknown, Output = unknown> {
  readonly kind: 'operation'
  /** Folder name of the service: `sqs`. */
  readonly service: string
  readonly name: string
  /** Types only; never present at run time. */
  readonly types?: { input: Input; output: Output }
}

/** A modelled error: `import { QueueDoesNotExist } from '@cloud-orrery/models/sqs'`. */
export interface ErrorDescriptor<Fields = unknown> {
  readonly kind: 'error'
  /** The shape's name; the code in the awsJson and rest protocols. */
  readonly code: string
  readonly status: number
  readonly fault: 'client' | 'server'
  /** What awsQuery and ec2Query clients see, where it differs. */
  readonly queryCode?: string
  readonly queryStatus?: number
  readonly types?: { fields: Fields }
}

/** A CloudFormation resource type, typed: `import { AwsSqsQueue } from '@cloud-orrery/models/sqs'`. */
export interface ResourceType<Properties = unknown, Attributes = unknown> {
  readonly kind: 'resource'
  /** Folder name of the service that owns it: `sqs`. */
  readonly service: string
  /** `AWS::SQS::Queue`. */
  readonly typeName: string
  readonly types?: { properties: Properties; attributes: Attributes }
}

export type InputOf<O> = O extends Operation<infer I, unknown> ? I : never
export type OutputOf<O> = O extends Operation<unknown, infer R> ? R : never

export function operationDescriptor<I, O>(service: string, name: string): Operation<I, O> {
  return { kind: 'operation', service, name }
}

export function errorDescriptor<F = unknown>(
  code: string,
  status: number,
  fault: 'client' | 'server',
  query?: { code: string; status: number },
): ErrorDescriptor<F> {
  return query === undefined
    ? { kind: 'error', code, status, fault }
    : { kind: 'error', code, status, fault, queryCode: query.code, queryStatus: query.status }
}

export function resourceDescriptor<P, A>(service: string, typeName: string): ResourceType<P, A> {
  return { kind: 'resource', service, typeName }
}

/** The model of the service that an operation belongs to; loaded on first use. */
export function serviceModelOf(operation: Operation): ServiceModel {
  return loadServiceModel(operation.service)
}

export function operationModelOf(operation: Operation): OperationModel {
  const model = loadServiceModel(operation.service).operations[operation.name]
  if (model === undefined)
    throw new Error(`${operation.service} has no operation ${operation.name}`)
  return model
}
