import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import {
  linkServiceModel,
  loadServiceModel,
  type Member,
  type ServiceModel,
  type Shape,
} from '@cloud-orrery/models'
import { describe, expect, test } from 'vitest'
import { serviceEntry } from './services.ts'
import type { SmithyModel } from './smithy-ast.ts'
import { readSmithy } from './smithy-reader.ts'
import { root } from './sources.ts'

/** Smithy models that AWS published in April 2025, not part of this repository. */
const folder = join(process.env['ORRERY_DATA'] ?? join(root, '../shared/data'), 'smithy')
const absent = existsSync(folder) ? '' : ` (skipped: ${folder} is absent)`
const names = [
  'iam',
  'sts',
  's3',
  'sqs',
  'sns',
  'events',
  'logs',
  'ssm',
  'cloudtrail',
  'cloudformation',
]

function published(name: string): ServiceModel {
  const entry = serviceEntry(name)
  const file = join(folder, `${entry.smithy}.json.gz`)
  const ast = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as SmithyModel
  return linkServiceModel(readSmithy(ast, entry, { name, source: 'April 2025', checksum: '' }))
}

/** How a member looks on the wire. */
function wire({ name, shape, ...member }: Member, xml: boolean): unknown {
  const { location, locationName, jsonName, xmlName, xmlFlattened, xmlAttribute, required } = member
  const own = xmlName === name || !xml ? undefined : xmlName
  const timestampFormat = member.timestampFormat ?? shape.timestampFormat
  const streaming = shape.streaming
  const facts = { location, locationName, jsonName, xmlName: own, xmlFlattened, xmlAttribute }
  return JSON.stringify({ ...facts, timestampFormat, streaming, required, type: typeOf(shape) })
}

/** botocore has no union where the service had a structure before Smithy. */
function typeOf({ type }: Shape): string {
  return type === 'union' ? 'structure' : type
}

function members(shape: Shape): Record<string, Member> {
  const { member, key, value } = shape
  const inner = Object.entries({ '[]': member, '{key}': key, '{value}': value })
  const present = inner.filter((it): it is [string, Member] => it[1] !== undefined)
  return { ...shape.members, ...Object.fromEntries(present) }
}

function differences(name: string): string[] {
  const ours = loadServiceModel(name)
  const theirs = published(name)
  // Services that speak JSON alone have left-over XML names.
  const xml = theirs.protocols.some((it) => it === 'restXml' || it === 'awsQuery')
  const found: string[] = []
  for (const [operation, { http, input, output }] of Object.entries(theirs.operations)) {
    const own = ours.operations[operation]
    if (own === undefined) found.push(`${operation} is gone`)
    else if (
      JSON.stringify([own.http?.method, own.http?.status]) !==
      JSON.stringify([http?.method, http?.status])
    ) {
      found.push(`${operation}: http`)
    } else if (own.input.name !== input.name || own.output.name !== output.name) {
      found.push(`${operation}: input or output`)
    }
  }
  for (const shape of Object.values(theirs.shapes)) {
    const own = ours.shapes[shape.name]
    if (own === undefined || shape.error !== undefined) continue
    const ownMembers = members(own)
    for (const [member, it] of Object.entries(members(shape))) {
      const mine = ownMembers[member]
      if (mine === undefined) found.push(`${shape.name}.${member} is gone`)
      else if (wire(mine, xml) !== wire(it, xml)) found.push(`${shape.name}.${member}`)
    }
  }
  return found
}

/** What AWS has changed since, or tells in one form only. */
const known: Readonly<Record<string, readonly string[]>> = {
  // One came to be required, two to be optional.
  cloudformation: [
    'DescribeStackEventsInput.StackName',
    'ListHookResultsInput.TargetType',
    'ListHookResultsInput.TargetId',
  ],
  // These came to be optional.
  iam: [
    'ServiceSpecificCredential.ServiceUserName',
    'ServiceSpecificCredential.ServicePassword',
    'ServiceSpecificCredentialMetadata.ServiceUserName',
  ],
  // Expires is a date in Smithy and any text on the wire; part numbers are text in Smithy.
  // Two answer No Content, as recorded.
  s3: [
    'PutBucketPolicy: http',
    'PutBucketTagging: http',
    'CopyObjectRequest.Expires',
    'CreateMultipartUploadRequest.Expires',
    'GetObjectAttributesParts.PartNumberMarker',
    'GetObjectAttributesParts.NextPartNumberMarker',
    'GetObjectAttributesRequest.PartNumberMarker',
    'GetObjectOutput.Expires',
    'HeadObjectOutput.Expires',
    'ListPartsOutput.PartNumberMarker',
    'ListPartsOutput.NextPartNumberMarker',
    'ListPartsRequest.PartNumberMarker',
    'PutObjectRequest.Expires',
    'WriteGetObjectResponseRequest.Expires',
  ],
  // One answer has become a structure, one member optional.
  logs: [
    'DeleteAccountPolicy: input or output',
    'PutDeliveryDestinationRequest.deliveryDestinationConfiguration',
  ],
}

describe.skipIf(absent !== '')(`the wire of April 2025 is the wire of our models${absent}`, () => {
  test.each(names)('%s', (name) => {
    expect(differences(name)).toEqual(known[name] ?? [])
  })
})
