import { AwsError, type OperationModel, type ServiceModel } from '@cloud-orrery/models'
import { describe, expect, test } from 'vitest'
import { encodeError, encodeOutput } from '../protocol.ts'
import { decodeText } from '../values.ts'
import { parseXml, type XmlElement } from '../xml/xml-reader.ts'
import { type ReadResponse, readError, readOutput } from './client-reading.test-support.ts'
import { comparable, conventionalStructure } from './comparable-values.test-support.ts'
import {
  dataFolder,
  type VectorCase,
  type VectorGroup,
  vectorGroups,
  vectorModel,
} from './vector-models.test-support.ts'

const files = [
  'ec2.json',
  'json.json',
  'json_1_0-query-compatible.json',
  'json_1_0.json',
  'query.json',
  'rest-json.json',
  'rest-xml.json',
  'smithy-rpc-v2-cbor-query-compatible.json',
  'smithy-rpc-v2-cbor.json',
] as const

/** Cases that say nothing about what a server writes, each with its reason. */
const skipped: Readonly<Record<string, string>> = {
  HttpPrefixHeadersAreNotPresent: 'whether no such header is an empty map is the client’s choice',
  NoOutputClientAllowsEmptyCbor: 'a body that a server leaves out and a client bears',
}

/** What AWS's own response is, as bytes. */
function vectorResponse(group: VectorGroup, { response }: VectorCase): ReadResponse {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(response?.headers ?? {})) {
    headers[name.toLowerCase()] = value
  }
  const binary = group.metadata.protocol === 'smithy-rpc-v2-cbor'
  const body = Buffer.from(response?.body ?? '', binary ? 'base64' : 'utf8')
  return { status: response?.status_code ?? 200, headers, body }
}

interface Subject {
  model: ServiceModel
  operation: OperationModel
  protocol: ServiceModel['protocols'][number]
}

function subjectOf(group: VectorGroup, vector: VectorCase): Subject {
  const model = vectorModel(group, vector)
  const operation = model.operations[vector.given.name]
  const [protocol] = model.protocols
  if (operation === undefined || protocol === undefined) throw new Error('A vector has a model')
  return { model, operation, protocol }
}

function buffered(response: ReturnType<typeof encodeOutput>): ReadResponse {
  const { status, headers, body } = response
  if (!(body instanceof Uint8Array)) throw new Error('No vector streams')
  return { status, headers, body }
}

function encodedOutput({ model, operation, protocol }: Subject, vector: VectorCase): ReadResponse {
  const output = conventionalStructure(vector.result ?? {}, operation.output)
  return buffered(encodeOutput(model, { protocol, operation, labels: {} }, output, 'requestid'))
}

/** The error as a handler would throw it. */
function encodedError({ model, operation, protocol }: Subject, vector: VectorCase): ReadResponse {
  const { error = {}, response, errorCode = '' } = vector
  const { Message, message, ...rest } = error
  const [shape] = operation.errors
  const status = response?.status_code ?? 400
  const descriptor = {
    kind: 'error',
    code: shape?.name ?? errorCode,
    status,
    fault: status < 500 ? 'client' : 'server',
    ...(shape?.name === errorCode ? {} : { queryCode: errorCode, queryStatus: status }),
  } as const
  const fields = shape === undefined ? rest : conventionalStructure(rest, shape)
  const thrown = new AwsError(descriptor, String(Message ?? message ?? ''), { fields })
  return buffered(encodeError(model, protocol, operation, thrown, { requestId: 'foo-id' }))
}

/** Status and content type, and the element that wraps an XML body, where a name for it is modelled. */
function frame({ operation, protocol }: Subject, response: ReadResponse, vector: VectorCase) {
  const { status, headers, body } = response
  const stated = Object.keys(vector.response?.headers ?? {}).some((name) =>
    /^content-type$/i.test(name),
  )
  const outer = { status, contentType: stated ? headers['content-type']?.split(';')[0] : undefined }
  const text = decodeText(body)
  if (!text.trimStart().startsWith('<')) return outer
  const root = parseXml(text)
  const payload = Object.values(operation.output.members ?? {}).find(
    ({ location }) => location === 'payload',
  )
  const isNamed = (protocol !== 'restXml' || operation.output.xmlName) ?? payload?.shape.xmlName
  return { ...outer, root: isNamed ? root.name : undefined, namespaces: namespaces(root) }
}

/** Namespace declarations, with the root's own name left out. */
function namespaces(root: XmlElement): string[] {
  const found = new Set<string>()
  const visit = (element: XmlElement, name: string) => {
    for (const [key, value] of Object.entries(element.attributes ?? {})) {
      if (key.startsWith('xmlns')) found.add(`${name} ${key} ${value}`)
    }
    for (const child of element.children) visit(child, child.name)
  }
  visit(root, '')
  return [...found].sort()
}

function checkOutput(group: VectorGroup, vector: VectorCase): void {
  const subject = subjectOf(group, vector)
  const { operation, protocol } = subject
  const expected = comparable(conventionalStructure(vector.result ?? {}, operation.output))
  const theirs = vectorResponse(group, vector)
  const ours = encodedOutput(subject, vector)
  expect(comparable(readOutput(protocol, operation, theirs))).toEqual(expected)
  expect(comparable(readOutput(protocol, operation, ours))).toEqual(expected)
  if (theirs.body.byteLength > 0) {
    expect(frame(subject, ours, vector)).toEqual(frame(subject, theirs, vector))
  } else expect(ours.status).toBe(theirs.status)
}

function checkError(group: VectorGroup, vector: VectorCase): void {
  const subject = subjectOf(group, vector)
  const { operation, protocol } = subject
  const [shape] = operation.errors
  const theirs = vectorResponse(group, vector)
  const ours = encodedError(subject, vector)
  const read = readError(protocol, shape, ours)
  const fields = shape === undefined ? {} : conventionalStructure(vector.error ?? {}, shape)
  const { Message: _upper, message: _lower, ...expected } = fields
  expect(read).toEqual({
    code: vector.errorCode,
    message: vector.errorMessage,
    fields: comparable(expected),
  })
  expect(comparable(readError(protocol, shape, theirs).fields)).toEqual(comparable(expected))
  expect(ours.status).toBe(theirs.status)
}

describe.skipIf(dataFolder() === undefined)('a response means what AWS’s own means', () => {
  for (const file of files) {
    describe(file, () => {
      for (const group of vectorGroups('output', file)) {
        for (const vector of group.cases) {
          test.skipIf(skipped[vector.id] !== undefined)(vector.id, () => {
            if (vector.errorCode === undefined) checkOutput(group, vector)
            else checkError(group, vector)
          })
        }
      }
    })
  }
})
