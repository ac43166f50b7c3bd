import { AwsError, commonError, type Protocol, type ServiceModel } from '@cloud-orrery/models'

/**
 * Refusals that any service can give before an operation runs. Each protocol has its own name and status for
 * them. Source: Common errors of the query, JSON and REST APIs; S3 API reference, Error responses; EC2 API
 * error codes.
 */
export type CommonFailure =
  | 'access-denied'
  | 'signature-does-not-match'
  | 'unknown-access-key'
  | 'expired-token'
  | 'invalid-token'
  | 'missing-authentication'
  | 'incomplete-signature'
  | 'request-expired'
  | 'throttled'
  | 'internal'
  | 'unavailable'
  | 'validation'

type Named = readonly [code: string, status: number]

const query: Readonly<Record<CommonFailure, Named>> = {
  'access-denied': ['AccessDenied', 403],
  'signature-does-not-match': ['SignatureDoesNotMatch', 403],
  'unknown-access-key': ['InvalidClientTokenId', 403],
  'expired-token': ['ExpiredToken', 403],
  'invalid-token': ['InvalidClientTokenId', 403],
  'missing-authentication': ['MissingAuthenticationToken', 403],
  'incomplete-signature': ['IncompleteSignature', 400],
  'request-expired': ['RequestExpired', 400],
  throttled: ['Throttling', 400],
  internal: ['InternalFailure', 500],
  unavailable: ['ServiceUnavailable', 503],
  validation: ['ValidationError', 400],
}

const ec2: Readonly<Record<CommonFailure, Named>> = {
  ...query,
  'access-denied': ['UnauthorizedOperation', 403],
  'signature-does-not-match': ['AuthFailure', 401],
  'unknown-access-key': ['AuthFailure', 401],
  'expired-token': ['RequestExpired', 400],
  'invalid-token': ['AuthFailure', 401],
  throttled: ['RequestLimitExceeded', 503],
  internal: ['InternalError', 500],
  unavailable: ['Unavailable', 503],
  validation: ['InvalidParameterValue', 400],
}

const json: Readonly<Record<CommonFailure, Named>> = {
  'access-denied': ['AccessDeniedException', 400],
  'signature-does-not-match': ['InvalidSignatureException', 400],
  'unknown-access-key': ['UnrecognizedClientException', 400],
  'expired-token': ['ExpiredTokenException', 400],
  'invalid-token': ['UnrecognizedClientException', 400],
  'missing-authentication': ['MissingAuthenticationTokenException', 400],
  'incomplete-signature': ['IncompleteSignatureException', 400],
  'request-expired': ['InvalidSignatureException', 400],
  throttled: ['ThrottlingException', 400],
  internal: ['InternalFailure', 500],
  unavailable: ['ServiceUnavailableException', 503],
  validation: ['ValidationException', 400],
}

const restJson: Readonly<Record<CommonFailure, Named>> = {
  ...json,
  'access-denied': ['AccessDeniedException', 403],
  'signature-does-not-match': ['InvalidSignatureException', 403],
  'unknown-access-key': ['UnrecognizedClientException', 403],
  'expired-token': ['ExpiredTokenException', 403],
  'invalid-token': ['UnrecognizedClientException', 403],
  'missing-authentication': ['MissingAuthenticationTokenException', 403],
  'incomplete-signature': ['IncompleteSignatureException', 403],
  'request-expired': ['InvalidSignatureException', 403],
  throttled: ['ThrottlingException', 429],
}

const s3: Readonly<Record<CommonFailure, Named>> = {
  ...query,
  'unknown-access-key': ['InvalidAccessKeyId', 403],
  'expired-token': ['ExpiredToken', 400],
  'invalid-token': ['InvalidToken', 400],
  'missing-authentication': ['AccessDenied', 403],
  'incomplete-signature': ['AuthorizationHeaderMalformed', 400],
  'request-expired': ['RequestTimeTooSkewed', 403],
  throttled: ['SlowDown', 503],
  internal: ['InternalError', 500],
  validation: ['InvalidArgument', 400],
}

const byProtocol: Readonly<Record<Protocol, Readonly<Record<CommonFailure, Named>>>> = {
  awsJson1_0: json,
  awsJson1_1: json,
  rpcv2Cbor: json,
  restJson1: restJson,
  restXml: query,
  awsQuery: query,
  ec2Query: ec2,
}

/**
 * A refusal that is no service's own, by the name that this protocol has for it. Services whose first protocol
 * was query keep its names for query clients: `queryCode` carries them into `x-amzn-query-error`.
 */
export function commonFailure(
  model: ServiceModel,
  protocol: Protocol,
  failure: CommonFailure,
  message: string,
  options?: { fields?: Record<string, unknown>; detail?: unknown },
): AwsError {
  const names = model.noErrorWrapping === true ? s3 : byProtocol[protocol]
  const [code, status] = names[failure]
  const descriptor = commonError(code, status)
  if (model.awsQueryCompatible !== true || protocol === 'awsQuery') {
    return new AwsError(descriptor, message, options)
  }
  const [queryCode, queryStatus] = query[failure]
  return new AwsError({ ...descriptor, queryCode, queryStatus }, message, options)
}
