import { loadServiceModel, type Operation, operationDescriptor } from '@cloud-orrery/models'
import { isSdkService } from './service-names.ts'

/** What a name as in `aws-sdk:dynamodb:getItem` means. */
export type SdkCall =
  | { readonly kind: 'call'; readonly operation: Operation }
  /** AWS has the service, Orrery has no model of it: refused by name when the call is made. */
  | { readonly kind: 'notModelled'; readonly service: string; readonly action: string }
  /** AWS does not know it: there is no such service, or the service has no such action. */
  | { readonly kind: 'unknown'; readonly reason: 'service' | 'action' }

/** Folders whose name is not that of the service in the SDK for Java 2. */
const foldersByName: Readonly<Record<string, string>> = {
  cloudwatchevents: 'events',
  cloudwatchlogs: 'logs',
  eventbridge: 'events',
  resourcegroupstaggingapi: 'tagging',
  sfn: 'states',
}

/** Folders that are known by another name only: `aws-sdk:events` is no service. */
const otherNames: ReadonlySet<string> = new Set(Object.values(foldersByName))

/**
 * The operation that a service and an action name: `sdkCall('sfn', 'startExecution')`. Services have the names of
 * AWS's SDK for Java 2 in lower case, actions begin with a small letter; the case of both matters.
 * Source: Step Functions Developer Guide, "Learning to use AWS service SDK integrations".
 */
export function sdkCall(service: string, action: string): SdkCall {
  if (!isSdkService(service) || otherNames.has(service))
    return { kind: 'unknown', reason: 'service' }
  const folder = foldersByName[service] ?? service
  const operations = modelledOperations(folder)
  if (operations === undefined) return { kind: 'notModelled', service, action }
  if (!/^[a-z]/.test(action)) return { kind: 'unknown', reason: 'action' }
  const name = action.charAt(0).toUpperCase() + action.slice(1)
  if (!Object.hasOwn(operations, name)) return { kind: 'unknown', reason: 'action' }
  return { kind: 'call', operation: operationDescriptor(folder, name) }
}

function modelledOperations(folder: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return loadServiceModel(folder).operations
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('no model of')) return undefined
    throw error
  }
}
