import {
  type Member,
  type Operation,
  operationDescriptor,
  operationModelOf,
  type Shape,
} from '@cloud-orrery/models'
import { pascalCase, sdkCall } from '../shared/sdk-calls/index.ts'
import { isArray, isObject, type Json } from './asl/json.ts'
import { taskResource } from './asl/task-resource.ts'
import { invalid } from './errors.ts'

/** Deeper values than the models have are left alone. */
const depthMax = 50

/** Operations behind the optimised integrations, by service and action. */
const optimised: Readonly<Record<string, Operation>> = {
  'dynamodb:deleteItem': operationDescriptor('dynamodb', 'DeleteItem'),
  'dynamodb:getItem': operationDescriptor('dynamodb', 'GetItem'),
  'dynamodb:putItem': operationDescriptor('dynamodb', 'PutItem'),
  'dynamodb:updateItem': operationDescriptor('dynamodb', 'UpdateItem'),
  'events:putEvents': operationDescriptor('events', 'PutEvents'),
  'lambda:invoke': operationDescriptor('lambda', 'Invoke'),
  'sns:publish': operationDescriptor('sns', 'Publish'),
  'sqs:sendMessage': operationDescriptor('sqs', 'SendMessage'),
  'states:startExecution': operationDescriptor('states', 'StartExecution'),
}

/**
 * Refuses a mocked result that the API of the task could not give. `STRICT` asks for required fields too, `PRESENT`
 * looks at those that are there; what the API does not know is never looked at. Recorded: states, TestState, 2025.
 */
export function checkMockedResult(
  resource: string,
  result: Json,
  mode: 'STRICT' | 'PRESENT',
): void {
  const operation = operationOf(resource)
  if (operation === undefined || !isObject(result)) return
  const problem = problemOf('', operationModelOf(operation).output, result, mode, 0)
  if (problem !== undefined) throw invalid(`Mock result schema validation error: ${problem}`)
}

function operationOf(arn: string): Operation | undefined {
  const resource = taskResource(arn)
  if (resource?.kind !== 'service' || resource.pattern !== 'requestResponse') return undefined
  const { service, action } = resource
  if (!service.startsWith('aws-sdk:')) {
    const name = `${service}:${action}`
    return Object.hasOwn(optimised, name) ? optimised[name] : undefined
  }
  const found = sdkCall(service.slice('aws-sdk:'.length), action)
  return found.kind === 'call' ? found.operation : undefined
}

function problemOf(
  name: string,
  shape: Shape,
  value: Json,
  mode: 'STRICT' | 'PRESENT',
  depth: number,
): string | undefined {
  if (depth > depthMax || value === null) return undefined
  switch (shape.type) {
    case 'structure':
    case 'union': {
      if (!isObject(value)) return `Field '${name}' must be an object`
      for (const member of Object.values(shape.members ?? {})) {
        const problem = memberProblem(member, value[pascalCase(member.name)], mode, depth)
        if (problem !== undefined) return problem
      }
      return undefined
    }
    case 'list': {
      if (!isArray(value)) return `Field '${name}' must be an array`
      const of = shape.member?.shape
      return of && firstProblem(value, (it) => problemOf(name, of, it, mode, depth + 1))
    }
    case 'map': {
      if (!isObject(value)) return `Field '${name}' must be an object`
      const of = shape.value?.shape
      return (
        of &&
        firstProblem(Object.entries(value), ([key, it]) => problemOf(key, of, it, mode, depth + 1))
      )
    }
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `Field '${name}' must be a boolean`
    case 'document':
      return undefined
    case 'string':
    case 'enum':
    case 'blob':
    case 'timestamp':
      return typeof value === 'string' ? undefined : `Field '${name}' must be a string`
    default:
      return typeof value === 'number' ? undefined : `Field '${name}' must be a number`
  }
}

function firstProblem<T>(
  items: readonly T[],
  problem: (item: T) => string | undefined,
): string | undefined {
  for (const item of items) {
    const found = problem(item)
    if (found !== undefined) return found
  }
  return undefined
}

function memberProblem(
  member: Member,
  value: Json | undefined,
  mode: 'STRICT' | 'PRESENT',
  depth: number,
): string | undefined {
  const name = pascalCase(member.name)
  if (value === undefined) {
    return member.required === true && mode === 'STRICT'
      ? `Required field '${name}' is missing`
      : undefined
  }
  return (
    problemOf(name, member.shape, value, mode, depth + 1) ?? constraintProblem(name, member, value)
  )
}

function constraintProblem(name: string, member: Member, value: Json): string | undefined {
  const { shape } = member
  const length = typeof value === 'string' || isArray(value) ? value.length : undefined
  if (typeof value === 'number') {
    const min = member.rangeMin ?? shape.rangeMin
    const max = member.rangeMax ?? shape.rangeMax
    if (min !== undefined && value < min) return `Field '${name}' is less than the minimum value`
    if (max !== undefined && value > max) return `Field '${name}' exceeds the maximum value`
  }
  if (length !== undefined) {
    const min = member.lengthMin ?? shape.lengthMin
    const max = member.lengthMax ?? shape.lengthMax
    if (min !== undefined && length < min) {
      return `Field '${name}' is smaller than the minimum length`
    }
    if (max !== undefined && length > max) return `Field '${name}' exceeds the maximum length`
  }
  return undefined
}
