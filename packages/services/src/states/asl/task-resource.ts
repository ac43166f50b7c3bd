import type { TaskResource } from '../executions/contract.ts'

const servicePattern =
  /^arn:[^:]+:states:(?:[^:]*):(?:[^:]*):(aws-sdk:[A-Za-z0-9]+|[A-Za-z0-9-]+):([A-Za-z0-9]+)(\.[\w:]+)?$/

/** What a Task state's `Resource` names; undefined where it is none that Step Functions knows. */
export function taskResource(arn: string): TaskResource | undefined {
  const [prefix, , service, , , kind] = arn.split(':')
  if (prefix !== 'arn') return undefined
  if (service === 'lambda' && kind === 'function') return { kind: 'lambda', arn }
  if (service !== 'states') return undefined
  if (kind === 'activity') return { kind: 'activity', arn }
  const match = servicePattern.exec(arn)
  if (match === null) return undefined
  const [, name = '', action = '', suffix] = match
  const pattern = suffix?.slice(1)
  if (pattern === undefined) {
    return { kind: 'service', arn, service: name, action, pattern: 'requestResponse' }
  }
  if (pattern !== 'sync' && pattern !== 'sync:2' && pattern !== 'waitForTaskToken') return undefined
  return { kind: 'service', arn, service: name, action, pattern }
}

/** `resource` as histories show it: `sendMessage.waitForTaskToken`. */
export function shownResource(resource: Extract<TaskResource, { kind: 'service' }>): string {
  const { action, pattern } = resource
  return pattern === 'requestResponse' ? action : `${action}.${pattern}`
}
