import type { AwsError, OperationModel, Protocol, ServiceModel } from '@cloud-orrery/models'
import type { Codec, ResponseContext } from '../codec.ts'
import { errorShape, queryCodeOf } from '../error-shape.ts'
import type { ErrorContext, HttpRequest, HttpResponse, ResolvedOperation } from '../http.ts'
import type { TextWriting } from '../text-values.ts'
import { encodeText } from '../values.ts'
import { errorMembers } from '../xml/error-members.ts'
import { escapeXml, namespaceAttribute, writeXmlMembers, xmlElement } from '../xml/xml-writer.ts'
import { requestParameters } from './form.ts'
import { parameterTree } from './parameter-tree.ts'
import { awsQueryNames, readQueryStructure } from './query-values.ts'

/**
 * awsQuery: parameters in a form or a query string, XML back.
 * Deviation: `Version` is not compared with the model's.
 */
export const awsQuery: Codec = { decode, encode, encodeError }

const writing: TextWriting = { timestamps: 'date-time' }

function decode(
  model: ServiceModel,
  { operation }: ResolvedOperation,
  request: HttpRequest,
): Record<string, unknown> {
  const tree = parameterTree(requestParameters(request))
  const input = readQueryStructure(tree, operation.input, awsQueryNames)
  const { QueueUrl } = operation.input.members ?? {}
  if (model.name === 'sqs' && QueueUrl !== undefined && input['QueueUrl'] === undefined) {
    const url = queueUrlOf(request)
    if (url !== undefined) input['QueueUrl'] = url
  }
  return input
}

/**
 * SQS's query clients call the queue's own URL, and may leave the parameter out.
 * Source: SQS developer guide, Making query API requests.
 */
function queueUrlOf({ path, headers }: HttpRequest): string | undefined {
  if (!/^\/\d{12}\/[\w.-]+$/.test(path)) return undefined
  return `https://${headers['host'] ?? 'sqs.amazonaws.com'}${path}`
}

function encode(
  model: ServiceModel,
  { operation }: ResolvedOperation,
  output: Record<string, unknown>,
  { requestId }: ResponseContext,
): HttpResponse {
  const { name } = operation
  // An operation without output has no result element; one with an empty output has an empty one.
  const hasOutput = model.shapes[operation.output.name] === operation.output
  const result = hasOutput
    ? xmlElement(`${name}Result`, '', writeXmlMembers(output, operation.output, writing))
    : ''
  const metadata = `<ResponseMetadata><RequestId>${escapeXml(requestId)}</RequestId></ResponseMetadata>`
  const xml = xmlElement(
    `${name}Response`,
    namespaceAttribute(model.xmlNamespace),
    result + metadata,
  )
  return response(200, xml, requestId)
}

function response(status: number, xml: string, requestId: string): HttpResponse {
  const body = encodeText(xml)
  const headers = {
    'x-amzn-requestid': requestId,
    'content-type': 'text/xml',
    'content-length': String(body.byteLength),
  }
  return { status, headers, body }
}

function encodeError(
  model: ServiceModel,
  _protocol: Protocol,
  operation: OperationModel | undefined,
  error: AwsError,
  { requestId }: ErrorContext,
): HttpResponse {
  const shape = errorShape(model, operation, error)
  const type = error.fault === 'client' ? 'Sender' : 'Receiver'
  const code = escapeXml(queryCodeOf(error, shape))
  const message = error.message === '' ? '' : `<Message>${escapeXml(error.message)}</Message>`
  const content = `<Type>${type}</Type><Code>${code}</Code>${message}${errorMembers(error, shape, writing)}`
  const xml = xmlElement(
    'ErrorResponse',
    namespaceAttribute(model.xmlNamespace),
    `<Error>${content}</Error><RequestId>${escapeXml(requestId)}</RequestId>`,
  )
  const status = error.queryStatus ?? shape?.error?.queryStatus ?? error.status
  const answer = response(status, xml, requestId)
  return { ...answer, headers: { ...answer.headers, ...error.headers } }
}
