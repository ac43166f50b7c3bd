import type { TagFilter } from '@cloud-orrery/models/tagging'
import type { TaggedResource } from '../define.ts'

export interface Filters {
  readonly TagFilters?: readonly TagFilter[] | undefined
  readonly ResourceTypeFilters?: readonly string[] | undefined
  readonly ResourceARNList?: readonly string[] | undefined
}

/** All filters have to fit; of the values of one, any. Source: Resource Groups Tagging API reference, GetResources. */
export function matches(resource: TaggedResource, filters: Filters): boolean {
  const { TagFilters = [], ResourceTypeFilters = [], ResourceARNList } = filters
  const isType = ResourceTypeFilters.length === 0
  return (
    (ResourceARNList === undefined || ResourceARNList.includes(resource.arn)) &&
    (isType || ResourceTypeFilters.some((type) => isOfType(resource.arn, type))) &&
    TagFilters.every((filter) => hasTag(resource, filter))
  )
}

function hasTag({ tags }: TaggedResource, { Key = '', Values = [] }: TagFilter): boolean {
  const value = Object.hasOwn(tags, Key) ? tags[Key] : undefined
  return value !== undefined && (Values.length === 0 || Values.includes(value))
}

/**
 * `service` or `service:type`, as they stand in ARNs. Kinds whose ARNs have no type are known by the names of the
 * reference, "Services that support the Resource Groups Tagging API".
 */
export function isOfType(arn: string, filter: string): boolean {
  const [service, type] = filter.split(':')
  const [, , own = '', , , ...rest] = arn.split(':')
  if (service !== own) return false
  return type === undefined || type === typeOf(own, rest.join(':'))
}

const untyped: Readonly<Record<string, string>> = { s3: 'bucket', sns: 'topic', sqs: 'queue' }

function typeOf(service: string, resource: string): string {
  return untyped[service] ?? /^[^/:]+/.exec(resource)?.[0] ?? ''
}
