import type { Member, ServiceModel } from '@cloud-orrery/models'
import { describe, expect, test } from 'vitest'
import type { HttpRequest } from '../http.ts'
import { decodeInput } from '../protocol.ts'
import { resolveOperation } from '../routing.ts'
import { comparable, conventionalStructure } from './comparable-values.test-support.ts'
import {
  dataFolder,
  type VectorCase,
  type VectorGroup,
  vectorGroups,
  vectorModel,
} from './vector-models.test-support.ts'

const files = [
  ['ec2.json', false],
  ['json.json', false],
  ['json_1_0-query-compatible.json', false],
  ['json_1_0.json', false],
  ['query.json', false],
  ['rest-json.json', false],
  ['rest-xml.json', false],
  ['smithy-rpc-v2-cbor-non-query-compatible.json', true],
  ['smithy-rpc-v2-cbor-query-compatible.json', true],
  ['smithy-rpc-v2-cbor.json', true],
] as const

/** Cases that say nothing about what a server reads, each with its reason. */
const skipped: Readonly<Record<string, string>> = {
  ...reasons('a compressed request, given without its body', [
    ...[
      'SDKAppliedContentEncoding_ec2Query',
      'SDKAppendsGzipAndIgnoresHttpProvidedEncoding_ec2Query',
    ],
    ...['SDKAppliedContentEncoding_awsJson1_1', 'SDKAppliedContentEncoding_awsJson1_0'],
    'SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_1',
    'SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_0',
    ...[
      'SDKAppliedContentEncoding_awsQuery',
      'SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsQuery',
    ],
    ...['SDKAppliedContentEncoding_restJson1', 'SDKAppendedGzipAfterProvidedEncoding_restJson1'],
    ...['SDKAppliedContentEncoding_restXml', 'SDKAppendedGzipAfterProvidedEncoding_restXml'],
  ]),
  ...reasons('an empty list or map leaves nothing on the wire', [
    ...['Ec2EmptyQueryLists', 'QueryEmptyQueryMaps', 'RestJsonOmitsEmptyListQueryValues'],
    ...['RestJsonHttpPrefixHeadersAreNotPresent', 'HttpPrefixHeadersAreNotPresent'],
  ]),
  ...reasons('an absent structure payload is sent as `{}`, which reads as an empty structure', [
    ...['RestJsonHttpWithEmptyStructurePayload', 'RestJsonHttpWithHeadersButNoPayload'],
  ]),
}

function reasons(reason: string, ids: readonly string[]): Record<string, string> {
  return Object.fromEntries(ids.map((id) => [id, reason]))
}

/** The request of a vector as it reaches the server. */
function requestOf(group: VectorGroup, vector: VectorCase, binary: boolean): HttpRequest {
  const { serialized } = vector
  if (serialized === undefined) throw new Error('An input vector has a serialized request')
  // A path of the endpoint's own is taken off before a request is routed.
  const base = /^https:\/\/[^/]+(.*)$/.exec(group.clientEndpoint ?? '')?.[1] ?? ''
  const [path = '', query = ''] = serialized.uri.slice(base.length).split('?', 2)
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(serialized.headers ?? {})) {
    headers[name.toLowerCase()] = value
  }
  const isJson = group.metadata.protocol === 'json'
  // Vectors leave out what they are not about; the protocol has it in every request.
  if (isJson) headers['x-amz-target'] ??= `${group.metadata.targetPrefix}.${vector.given.name}`
  const text = serialized.body ?? (isJson ? '{}' : '')
  const body = Buffer.from(text, binary ? 'base64' : 'utf8')
  return { method: serialized.method, path, query, headers, body }
}

/** What a client fills in for a token that the caller left out. */
const filledToken = '00000000-0000-4000-8000-000000000000'

/**
 * What clients leave out of the map because it has a member of its own, servers put in.
 * Source: Smithy protocol tests, RestJsonServersPutAllQueryParamsInMap.
 */
function allParameters(uri: string, { shape }: Member): Record<string, unknown> {
  const map: Record<string, string[]> = {}
  for (const [name, value] of new URLSearchParams(uri.split('?')[1])) {
    map[name] = [...(map[name] ?? []), value]
  }
  if (shape.value?.shape.type === 'list') return map
  return Object.fromEntries(Object.entries(map).map(([name, [first]]) => [name, first]))
}

function expectedInput(model: ServiceModel, vector: VectorCase): unknown {
  const { given, params = {}, serialized } = vector
  const { input } = model.operations[given.name] ?? {}
  if (input === undefined) return {}
  const expected = conventionalStructure(params, input)
  for (const member of Object.values(input.members ?? {})) {
    if (member.idempotencyToken === true) expected[member.name] ??= filledToken
    if (member.location === 'queryParams') {
      expected[member.name] = allParameters(serialized?.uri ?? '', member)
    }
  }
  return comparable(expected)
}

function decoded(group: VectorGroup, vector: VectorCase, binary: boolean): unknown {
  const model = vectorModel(group, vector)
  const request = requestOf(group, vector, binary)
  const resolved = resolveOperation(model, request)
  expect(resolved?.operation.name).toBe(vector.given.name)
  if (resolved === undefined) return undefined
  return comparable(decodeInput(model, resolved, request))
}

describe.skipIf(dataFolder() === undefined)('a client request decodes to what was sent', () => {
  for (const [file, binary] of files) {
    describe(file, () => {
      for (const group of vectorGroups('input', file)) {
        for (const vector of group.cases) {
          test.skipIf(skipped[vector.id] !== undefined)(vector.id, () => {
            const model = vectorModel(group, vector)
            expect(decoded(group, vector, binary)).toEqual(expectedInput(model, vector))
          })
        }
      }
    })
  }
})
