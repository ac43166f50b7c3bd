import type { OpsItemDataValue } from '@cloud-orrery/models/ssm'
import { invalidParameter, limitExceeded } from './errors.ts'
import { automationsMax, operationalDataBytesMax, relatedResourcesMax } from './limits.ts'

export type OperationalData = Readonly<Record<string, OpsItemDataValue>>

export const dedupKey = '/aws/dedup'
export const resourcesKey = '/aws/resources'
export const automationsKey = '/aws/automations'

/** Keys that have a meaning for OpsCenter, though their prefix is reserved. */
const known: ReadonlySet<string> = new Set([dedupKey, resourcesKey, automationsKey])
const reserved = /^\/?(amazon|aws|amzn|ssm)/i

/** Refuses what no OpsItem may carry. Source: CreateOpsItem, `OperationalData`. */
export function checkOperationalData(data: OperationalData): void {
  for (const [key, { Value = '' }] of Object.entries(data)) {
    if (reserved.test(key) && !known.has(key)) {
      throw refused(
        `The operational data key ${key} is not valid. Keys can't begin with: amazon, aws, amzn, ssm, /amazon, /aws, /amzn, /ssm.`,
      )
    }
    if (Buffer.byteLength(Value) > operationalDataBytesMax) {
      throw limitExceeded('operational data value size in bytes', operationalDataBytesMax)
    }
  }
  dedupStringOf(data)
  if (resourceArnsOf(data).length > relatedResourcesMax) {
    throw limitExceeded('related resources per OpsItem', relatedResourcesMax)
  }
  if (automationIdsOf(data).length > automationsMax) {
    throw limitExceeded('Automation runbooks per OpsItem', automationsMax)
  }
}

/** The deduplication string; undefined where there is none, and the item is no duplicate of any. */
export function dedupStringOf(data: OperationalData): string | undefined {
  const value = data[dedupKey]?.Value
  if (value === undefined) return undefined
  const parsed = parse(dedupKey, value)
  if (isObject(parsed) && typeof parsed['dedupString'] === 'string') return parsed['dedupString']
  throw refused(`The value of ${dedupKey} must be JSON with the member dedupString.`)
}

/** ARNs of the related resources, as they are listed. */
export function resourceArnsOf(data: OperationalData): string[] {
  return idsOf(data, resourcesKey, 'arn')
}

/** Names or ARNs of the runbooks that are offered with the item. */
export function automationIdsOf(data: OperationalData): string[] {
  return idsOf(data, automationsKey, 'automationId')
}

/**
 * What two items have in common that are the same: the deduplication string without regard to case, and
 * the resources. Source: Systems Manager User Guide, "Working with deduplication strings".
 */
export function dedupOf(data: OperationalData): string | undefined {
  const dedupString = dedupStringOf(data)
  if (dedupString === undefined) return undefined
  return JSON.stringify([dedupString.toLowerCase(), ...resourceArnsOf(data).sort()])
}

/** What may be seen by everyone who may list the items. */
export function searchable(data: OperationalData): OperationalData {
  return Object.fromEntries(
    Object.entries(data).filter(([, { Type }]) => Type === 'SearchableString'),
  )
}

function idsOf(data: OperationalData, key: string, member: string): string[] {
  const value = data[key]?.Value
  if (value === undefined) return []
  const parsed = parse(key, value)
  if (!Array.isArray(parsed)) throw refused(`The value of ${key} must be a JSON array.`)
  return parsed.map((entry: unknown) => {
    const id = isObject(entry) ? entry[member] : undefined
    if (typeof id === 'string') return id
    throw refused(`Each element of ${key} must have the member ${member}.`)
  })
}

function parse(key: string, value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    throw refused(`The value of ${key} is not valid JSON.`) // What JSON.parse says is no one's business.
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refused(reason: string) {
  return invalidParameter('OperationalData', reason)
}
