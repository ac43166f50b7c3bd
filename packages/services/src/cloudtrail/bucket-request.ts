import type { OperationModel } from '@cloud-orrery/models'
import { elementOf, isRecord, lowerFirst } from './elements.ts'

type Json = Readonly<Record<string, unknown>>

/**
 * `requestParameters` of S3, which records the HTTP request rather than the API's members: the bucket and
 * the host, headers and queries by their own names, the subresource that the address names (`policy: ''`).
 * Source: S3 User Guide, "CloudTrail log file entries for Amazon S3".
 */
export function bucketRequest(operation: OperationModel, input: Json, region: string): Json {
  const out: Record<string, unknown> = {}
  const bucket = input['Bucket']
  if (typeof bucket === 'string') out['bucketName'] = bucket
  out['Host'] = typeof bucket === 'string' ? `${bucket}.${hostOf(region)}` : hostOf(region)
  for (const subresource of subresourcesOf(operation)) out[subresource] = ''
  for (const [name, member] of Object.entries(operation.input.members ?? {})) {
    if (name === 'Bucket') continue
    const value = elementOf(member, input[name], 'hide')
    if (value === undefined) continue
    if (name === 'Policy' && typeof value === 'string') out['bucketPolicy'] = parsed(value)
    else if (member.location === 'payload') out[member.xmlName ?? name] = withXmlNames(input[name])
    else out[member.locationName ?? lowerFirst(name)] = value
  }
  return out
}

function hostOf(region: string): string {
  return `s3.${region}.amazonaws.com`
}

/** Query keys without a value that are part of the operation's address: `/{Bucket}?policy`. */
function subresourcesOf({ http }: OperationModel): string[] {
  const query = http?.uri.split('?')[1] ?? ''
  return query.split('&').filter((part) => part !== '' && !part.includes('='))
}

/** Bodies keep the names that they have in XML, which are the model's. */
function withXmlNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withXmlNames)
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withXmlNames(item)]))
}

/** A policy is shown as the JSON that it is; one that is none stays text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}
