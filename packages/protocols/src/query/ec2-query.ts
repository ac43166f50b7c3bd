import type { AwsError, OperationModel, Protocol, ServiceModel } from '@cloud-orrery/models'
import type { Codec, ResponseContext } from '../codec.ts'
import { errorShape, queryCodeOf } from '../error-shape.ts'
import type { ErrorContext, HttpRequest, HttpResponse, ResolvedOperation } from '../http.ts'
import { DecodeProblem } from '../problem.ts'
import type { TextWriting } from '../text-values.ts'
import { encodeText } from '../values.ts'
import { errorMembers } from '../xml/error-members.ts'
import { escapeXml, namespaceAttribute, writeXmlMembers, xmlElement } from '../xml/xml-writer.ts'
import { requestParameters } from './form.ts'
import { type ParameterNode, parameterTree } from './parameter-tree.ts'
import { ec2QueryNames, readQueryStructure } from './query-values.ts'

/** ec2Query: like awsQuery, with its own names, no wrapping of results, and its own errors. */
export const ec2Query: Codec = { decode, encode, encodeError }

/** EC2 writes dates as `2018-05-10T08:05:20.000Z`. */
const writing: TextWriting = { timestamps: 'date-time', fraction: true }

const prologue = '<?xml version="1.0" encoding="UTF-8"?>\n'

function decode(
  _model: ServiceModel,
  { operation }: ResolvedOperation,
  request: HttpRequest,
): Record<string, unknown> {
  const tree = parameterTree(requestParameters(request))
  refuseUnknown(tree, operation)
  return readQueryStructure(tree, operation.input, ec2QueryNames)
}

/** Parameters of the request itself, in either signature version. */
const requestParameterNames = new Set([
  ...['Action', 'Version', 'AWSAccessKeyId', 'Signature', 'SignatureMethod', 'SignatureVersion'],
  ...['Timestamp', 'Expires', 'SecurityToken', 'AUTHPARAMS'],
])

/** EC2 refuses top-level parameters that the action does not have. */
function refuseUnknown(tree: ParameterNode, operation: OperationModel): void {
  const known = new Set(Object.values(operation.input.members ?? {}).map(ec2QueryNames.member))
  for (const name of tree.children?.keys() ?? []) {
    if (known.has(name) || requestParameterNames.has(name) || name.startsWith('X-Amz-')) continue
    throw new DecodeProblem('unknown', 'Unknown parameter', 'body', name)
  }
}

function encode(
  model: ServiceModel,
  { operation }: ResolvedOperation,
  output: Record<string, unknown>,
  { requestId }: ResponseContext,
): HttpResponse {
  const members = writeXmlMembers(output, operation.output, writing)
  const xml = xmlElement(
    `${operation.name}Response`,
    namespaceAttribute(model.xmlNamespace),
    `<requestId>${escapeXml(requestId)}</requestId>${members}`,
  )
  return response(200, xml, requestId)
}

function response(status: number, xml: string, requestId: string): HttpResponse {
  const body = encodeText(prologue + xml)
  const headers = {
    'x-amzn-requestid': requestId,
    'content-type': 'text/xml;charset=UTF-8',
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
  const code = escapeXml(queryCodeOf(error, shape))
  const message = error.message === '' ? '' : `<Message>${escapeXml(error.message)}</Message>`
  const content = `<Code>${code}</Code>${message}${errorMembers(error, shape, writing)}`
  const xml = `<Response><Errors><Error>${content}</Error></Errors><RequestID>${escapeXml(requestId)}</RequestID></Response>`
  const answer = response(error.status, xml, requestId)
  return { ...answer, headers: { ...answer.headers, ...error.headers } }
}
