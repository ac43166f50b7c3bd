// Written by hand in the form of the generated ones: hello is Orrery's own, no AWS model has it.
import {
  errorDescriptor,
  operationDescriptor,
  type ResourceType,
  resourceDescriptor,
} from '../../descriptor.ts'
import type { EpochMs } from '../../values.ts'

export interface CreateGreetingRequest {
  Name: string
  Text?: string | undefined
  ExpiresInSeconds?: number | undefined
  Language?: string | undefined
}
export interface CreateGreetingResponse {
  GreetingArn: string
}
export interface DeleteGreetingRequest {
  Name: string
}
export interface GetGreetingRequest {
  Name: string
}
export interface GetGreetingResponse {
  GreetingArn: string
  Text: string
  CreatedAt: EpochMs
}
export const CreateGreeting = operationDescriptor<CreateGreetingRequest, CreateGreetingResponse>(
  'hello',
  'CreateGreeting',
)
export const DeleteGreeting = operationDescriptor<DeleteGreetingRequest, Record<string, never>>(
  'hello',
  'DeleteGreeting',
)
export const GetGreeting = operationDescriptor<GetGreetingRequest, GetGreetingResponse>(
  'hello',
  'GetGreeting',
)
export const GreetingExists = errorDescriptor('GreetingExists', 400, 'client')
export const GreetingNotFound = errorDescriptor('GreetingNotFound', 400, 'client')

export interface OrreryHelloGreetingProperties {
  Name?: string | undefined
  Text?: string | undefined
}
export interface OrreryHelloGreetingAttributes {
  Arn: string
  Name: string
}
export const OrreryHelloGreeting: ResourceType<
  OrreryHelloGreetingProperties,
  OrreryHelloGreetingAttributes
> = resourceDescriptor('hello', 'Orrery::Hello::Greeting')
