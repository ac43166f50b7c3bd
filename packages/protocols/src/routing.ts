import type { OperationModel, Protocol, ServiceModel } from '@cloud-orrery/models'
import type { HttpRequest, ResolvedOperation } from './http.ts'
import { actionOf, versionOf } from './query/form.ts'
import { matchRoute } from './rest/routes.ts'

/**
 * Which protocol and operation a request means, or undefined; `protocolOf` and `unknownOperation` then give the
 * form and the error of the answer. Throws `AwsError` (`InvalidURI`) for a path that can't be percent-decoded.
 */
export function resolveOperation(
  model: ServiceModel,
  request: HttpRequest,
): ResolvedOperation | undefined {
  const protocol = protocolOf(model, request)
  switch (protocol) {
    case undefined:
      return undefined
    case 'awsJson1_0':
    case 'awsJson1_1':
      return named(model, protocol, targetOperation(request))
    case 'rpcv2Cbor':
      return named(model, protocol, cborOperation(request))
    case 'awsQuery':
      return hasVersion(model, request) ? named(model, protocol, actionOf(request)) : undefined
    case 'ec2Query':
      return named(model, protocol, actionOf(request))
    case 'restJson1':
    case 'restXml': {
      const match = matchRoute(model, request)
      return match === undefined ? undefined : { protocol, ...match }
    }
    default:
      return protocol satisfies never
  }
}

/**
 * The protocol that a request is written in, by its form; undefined where it is none that the service speaks.
 * A service with one protocol is always answered in that one.
 */
export function protocolOf(model: ServiceModel, request: HttpRequest): Protocol | undefined {
  const { protocols } = model
  const [first] = protocols
  if (first === 'restJson1' || first === 'restXml') return first
  const { headers } = request
  const speaks = (protocol: Protocol) => (protocols.includes(protocol) ? protocol : undefined)
  if (headers['smithy-protocol'] !== undefined) {
    return headers['smithy-protocol'] === 'rpc-v2-cbor' ? speaks('rpcv2Cbor') : undefined
  }
  if (headers['x-amz-target'] !== undefined) return jsonProtocol(protocols, headers['content-type'])
  if (protocols.includes('rpcv2Cbor') && cborPath.test(request.path)) return 'rpcv2Cbor'
  return speaks('awsQuery') ?? speaks('ec2Query') ?? (protocols.length === 1 ? first : undefined)
}

/** Versions before the model's that AWS still answers. Source: SQS API reference, "API versions". */
const olderVersions: Readonly<Record<string, readonly string[]>> = {
  sqs: ['2011-10-01', '2009-02-01', '2008-01-01'],
}

/** An operation is one of a version of its API; a link that names none means the newest. */
function hasVersion({ name, apiVersion }: ServiceModel, request: HttpRequest): boolean {
  const version = versionOf(request)
  return (
    version === undefined ||
    version === apiVersion ||
    olderVersions[name]?.includes(version) === true
  )
}

/** The version in the content type decides; without one, what the service speaks. */
function jsonProtocol(
  protocols: readonly Protocol[],
  contentType: string | undefined,
): Protocol | undefined {
  const asked = contentType?.includes('json-1.0')
    ? 'awsJson1_0'
    : contentType?.includes('json-1.1')
      ? 'awsJson1_1'
      : undefined
  if (asked !== undefined && protocols.includes(asked)) return asked
  return protocols.find((protocol) => protocol === 'awsJson1_0' || protocol === 'awsJson1_1')
}

/** `AmazonSQS.SendMessage` names `SendMessage`; the part before the point is not judged. */
function targetOperation({ headers }: HttpRequest): string | undefined {
  const target = headers['x-amz-target']
  return target?.slice(target.lastIndexOf('.') + 1)
}

const cborPath = /\/service\/[^/]+\/operation\/([^/]+)$/

function cborOperation({ path }: HttpRequest): string | undefined {
  return cborPath.exec(path)?.[1]
}

function named(
  model: ServiceModel,
  protocol: Protocol,
  name: string | undefined,
): ResolvedOperation | undefined {
  const operation = name === undefined ? undefined : operationNamed(model, name)
  return operation === undefined ? undefined : { protocol, operation, labels: {} }
}

const operationsByName = new WeakMap<ServiceModel, Map<string, OperationModel>>()

function operationNamed(model: ServiceModel, name: string): OperationModel | undefined {
  let operations = operationsByName.get(model)
  if (operations === undefined) {
    operations = new Map(Object.entries(model.operations))
    operationsByName.set(model, operations)
  }
  return operations.get(name)
}
