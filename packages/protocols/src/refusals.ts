import { AwsError, commonError, type Protocol, type ServiceModel } from '@cloud-orrery/models'
import type { HttpRequest } from './http.ts'
import type { DecodeProblem } from './problem.ts'
import { actionOf, parameterOf } from './query/form.ts'
import { protocolOf } from './routing.ts'

const serialization = commonError('SerializationException', 400)
const malformedInput = commonError('MalformedInput', 400)
const malformedXml = commonError('MalformedXML', 400)
const invalidArgument = commonError('InvalidArgument', 400)
const invalidUri = commonError('InvalidURI', 400)
const invalidParameterValue = commonError('InvalidParameterValue', 400)
const unknownParameter = commonError('UnknownParameter', 400)

/** Source: S3 API reference, Error responses, `MalformedXML`. */
const malformedXmlMessage =
  'The XML you provided was not well-formed or did not validate against our published schema'

/** What AWS answers, in a protocol, to a request that it can't decode. */
export function refusalOf(
  model: ServiceModel,
  protocol: Protocol,
  problem: DecodeProblem,
): AwsError {
  switch (protocol) {
    case 'awsJson1_0':
    case 'awsJson1_1':
    case 'restJson1':
    case 'rpcv2Cbor':
      return new AwsError(serialization, problem.message)
    case 'awsQuery':
      return new AwsError(malformedInput, problem.message)
    case 'ec2Query':
      return ec2Refusal(problem)
    case 'restXml':
      return model.noErrorWrapping === true
        ? s3Refusal(problem)
        : new AwsError(malformedInput, problem.message)
    default:
      return protocol satisfies never
  }
}

function s3Refusal({ place, member, message, kind, value }: DecodeProblem): AwsError {
  if (place === 'body') return new AwsError(malformedXml, malformedXmlMessage)
  if (kind === 'syntax') return new AwsError(invalidUri, "Couldn't parse the specified URI.")
  const fields: Record<string, unknown> = {}
  if (member !== undefined) fields['ArgumentName'] = member
  if (value !== undefined) fields['ArgumentValue'] = value
  const text =
    kind === 'number' && member !== undefined
      ? `Provided ${member} not an integer or within integer range`
      : message
  return new AwsError(invalidArgument, text, { fields })
}

function ec2Refusal({ kind, member = '', message }: DecodeProblem): AwsError {
  if (kind !== 'unknown') return new AwsError(invalidParameterValue, message)
  return new AwsError(unknownParameter, `The parameter ${member} is not recognized`)
}

/**
 * The answer to a request that names no operation of the service: `resolveOperation` gave undefined.
 * Its protocol is `protocolOf(model, request)`, else the service's first.
 */
export function unknownOperation(model: ServiceModel, request: HttpRequest): AwsError {
  const protocol = protocolOf(model, request) ?? model.protocols[0]
  switch (protocol) {
    case 'awsQuery':
    case 'ec2Query':
      return unknownAction(model, request)
    case 'restXml':
      return model.noErrorWrapping === true
        ? new AwsError(
            commonError('MethodNotAllowed', 405),
            'The specified method is not allowed against this resource.',
            { fields: { Method: request.method, ResourceType: s3ResourceType(request.path) } },
          )
        : new AwsError(commonError('UnknownOperationException', 404), '')
    case 'restJson1':
      return new AwsError(commonError('UnknownOperationException', 404), '')
    default:
      return new AwsError(commonError('UnknownOperationException', 400), '')
  }
}

/** In path style: `/`, `/bucket`, `/bucket/key`. */
function s3ResourceType(path: string): string {
  if (path === '/') return 'SERVICE'
  return /^\/[^/]+\/?$/.test(path) ? 'BUCKET' : 'OBJECT'
}

/** Source: Common errors of the query APIs, `InvalidAction` and `MissingAction`. */
function unknownAction(model: ServiceModel, request: HttpRequest): AwsError {
  const action = actionOf(request)
  if (action === undefined || action === '') {
    return new AwsError(
      commonError('MissingAction', 400),
      'The request must contain the parameter Action.',
    )
  }
  if (model.protocols.includes('ec2Query')) {
    return new AwsError(
      commonError('InvalidAction', 400),
      `The action ${action} is not valid for this web service.`,
    )
  }
  const version = parameterOf(request, 'Version')
  return new AwsError(
    commonError('InvalidAction', 400),
    version === undefined
      ? `Could not find operation ${action}`
      : `Could not find operation ${action} for version ${version}`,
  )
}
