import type { AwsError, Protocol, ServiceModel } from '@cloud-orrery/models'
import { encodeError, type HttpRequest, type HttpResponse } from '@cloud-orrery/protocols'
import type { Exchange } from './exchange.ts'

/** Signing names of services whose bodies are XML, and whose requests do not show it. */
const xmlServices = new Set(['cloudfront', 's3-object-lambda', 's3-outposts', 's3express'])

/** A refusal that the client of a service can read of which the cloud knows nothing, in the form of its request. */
export function encodeUnknown(
  { requestId, signature }: Pick<Exchange, 'requestId' | 'signature'>,
  received: HttpRequest,
  error: AwsError,
): HttpResponse {
  const service = signature !== undefined && 'scope' in signature ? signature.scope.service : ''
  const protocol = protocolOfRequest(received, service)
  const response = encodeError(nothingKnown(service, protocol), protocol, undefined, error, {
    requestId,
    resource: received.path,
    method: received.method,
  })
  // Some clients of JSON look for the code in the body, others in a header.
  if (protocol === 'awsJson1_1') response.headers['x-amzn-errortype'] = error.code
  return response
}

/** As the request shows by itself; JSON where it does not. */
export function protocolOfRequest({ headers }: HttpRequest, service: string): Protocol {
  const type = headers['content-type'] ?? ''
  if (headers['smithy-protocol'] === 'rpc-v2-cbor') return 'rpcv2Cbor'
  if (type === 'application/x-amz-json-1.0') return 'awsJson1_0'
  if (type.startsWith('application/x-www-form-urlencoded')) {
    return service === 'ec2' ? 'ec2Query' : 'awsQuery'
  }
  if (xmlServices.has(service) || type.includes('xml')) return 'restXml'
  return 'awsJson1_1'
}

/** As much of a model as the words of an error ask for. */
function nothingKnown(name: string, protocol: Protocol): ServiceModel {
  return {
    name,
    sdkId: name,
    endpointPrefix: name,
    signingName: name,
    arnNamespace: name,
    eventSource: `${name}.amazonaws.com`,
    apiVersion: '',
    targetPrefix: '',
    protocols: [protocol],
    noErrorWrapping: name.startsWith('s3'),
    operations: {},
    shapes: {},
    checksum: '',
    source: '',
  }
}
