import { invariant } from '@cloud-orrery/kernel'
import {
  type AwsError,
  awsError,
  commonError,
  type Protocol,
  type ServiceModel,
} from '@cloud-orrery/models'
import { type CommonFailure, commonFailure, protocolOf } from '@cloud-orrery/protocols'
import { notModelled } from '@cloud-orrery/services'
import type { Exchange } from './exchange.ts'

/** Refusals that the request path itself gives, each in AWS's words where AWS has some. */

/** In whose words a refusal is given: codes and statuses differ by protocol, and S3 and EC2 have their own. */
export interface Wording {
  readonly model: ServiceModel
  readonly protocol: Protocol
}

/** The request's protocol, or for internal calls the service's first. */
export function wordingOf({ model, resolved, request }: Exchange): Wording {
  invariant(model !== undefined, 'a call has a model')
  const protocol =
    resolved?.protocol ??
    (request === undefined ? undefined : protocolOf(model, request)) ??
    model.protocols[0]
  invariant(protocol !== undefined, `${model.name} has no protocol`)
  return { model, protocol }
}

export function serviceNotModelled(name: string): AwsError {
  return notModelled(`the service '${name}'. The coverage page lists what it does`)
}

export function operationNotModelled(service: string, operation: string): AwsError {
  return notModelled(`${service}:${operation}. The coverage page of ${service} lists what it does`)
}

export function parameterNotModelled(service: string, operation: string, name: string): AwsError {
  return notModelled(
    `the parameter ${name} of ${service}:${operation}. Leave it out, or see the coverage page of ${service}`,
  )
}

/** Source: SNS, SQS and IAM API references, "Common Errors". */
export function missingAuthenticationToken(wording: Wording): AwsError {
  return refusal(wording, 'missing-authentication', {
    json: 'Missing Authentication Token',
    other: 'Request is missing Authentication Token',
  })
}

/** A signature that cannot be read, in the protocol's own form. S3 words its own. */
export function incompleteSignature(wording: Wording, error: AwsError): AwsError {
  return isS3(wording) ? error : refusal(wording, 'incomplete-signature', error.message)
}

export function unknownAccessKey(wording: Wording, accessKeyId: string): AwsError {
  return refusal(
    wording,
    'unknown-access-key',
    {
      s3: 'The AWS Access Key Id you provided does not exist in our records.',
      ec2: notValidated,
      other: invalidToken,
    },
    isS3(wording) ? { AWSAccessKeyId: accessKeyId } : {},
  )
}

/** The session token of temporary credentials is missing, or another's. */
export function wrongSessionToken(wording: Wording, sessionToken: string | undefined): AwsError {
  return refusal(
    wording,
    'invalid-token',
    {
      s3: 'The provided token is malformed or otherwise invalid.',
      ec2: notValidated,
      other: invalidToken,
    },
    isS3(wording) && sessionToken !== undefined ? { 'Token-0': sessionToken } : {},
  )
}

const invalidToken = 'The security token included in the request is invalid.'
const notValidated = 'AWS was not able to validate the provided access credentials'

export function expiredToken(wording: Wording, sessionToken: string | undefined): AwsError {
  return refusal(
    wording,
    'expired-token',
    {
      s3: 'The provided token has expired.',
      ec2: 'Request has expired.',
      other: 'The security token included in the request is expired',
    },
    isS3(wording) && sessionToken !== undefined ? { 'Token-0': sessionToken } : {},
  )
}

export function signatureDoesNotMatch(
  wording: Wording,
  /** Signature Version 2 has no canonical request. */
  facts: {
    accessKeyId: string
    stringToSign: string
    canonicalRequest?: string
    signature: string
  },
): AwsError {
  return refusal(
    wording,
    'signature-does-not-match',
    {
      s3: 'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      ec2: notValidated,
      other: `The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\nThe Canonical String for this request should have been\n'${facts.canonicalRequest}'\n\nThe String-to-Sign should have been\n'${facts.stringToSign}'\n`,
    },
    isS3(wording)
      ? {
          AWSAccessKeyId: facts.accessKeyId,
          StringToSign: facts.stringToSign,
          SignatureProvided: facts.signature,
          StringToSignBytes: hexBytes(facts.stringToSign),
          ...(facts.canonicalRequest === undefined
            ? {}
            : {
                CanonicalRequest: facts.canonicalRequest,
                CanonicalRequestBytes: hexBytes(facts.canonicalRequest),
              }),
        }
      : {},
  )
}

/** A signature too old or from the future: more than fifteen minutes off. */
export function signatureExpired(
  wording: Wording,
  facts: { signedAtMs: number; nowMs: number },
): AwsError {
  const skewMs = 900_000
  if (isS3(wording)) {
    return refusal(
      wording,
      'request-expired',
      'The difference between the request time and the current time is too large.',
      {
        RequestTime: compact(facts.signedAtMs),
        ServerTime: iso(facts.nowMs),
        MaxAllowedSkewMilliseconds: String(skewMs),
      },
    )
  }
  if (isEc2(wording)) return refusal(wording, 'request-expired', 'Request has expired.')
  const late = facts.signedAtMs < facts.nowMs
  const bound = late ? facts.nowMs - skewMs : facts.nowMs + skewMs
  const sign = late ? '-' : '+'
  const what = late ? 'Signature expired' : 'Signature not yet current'
  const relation = late ? 'is now earlier than' : 'is still later than'
  // Source: IAM User Guide, "Troubleshoot signed requests": a query API answers SignatureDoesNotMatch.
  return refusal(
    wording,
    'signature-does-not-match',
    `${what}: ${compact(facts.signedAtMs)} ${relation} ${compact(bound)} (${compact(facts.nowMs)} ${sign} 15 min.)`,
  )
}

export function presignedUrlExpired(facts: {
  /** Absent for Signature Version 2, whose URLs state the moment alone. */
  expiresSeconds?: number
  expiresAtMs: number
  nowMs: number
}): AwsError {
  return awsError(commonError('AccessDenied', 403), 'Request has expired', {
    fields: {
      ...(facts.expiresSeconds === undefined
        ? {}
        : { 'X-Amz-Expires': String(facts.expiresSeconds) }),
      Expires: iso(facts.expiresAtMs),
      ServerTime: iso(facts.nowMs),
    },
  })
}

/** Signed more than fifteen minutes in the future. The words are those that S3 is known for, not recorded. */
export function presignedUrlNotYetValid(): AwsError {
  return awsError(commonError('AccessDenied', 403), 'Request is not valid yet')
}

/** A denial in the form of the protocol, for services that do not name their own. */
export function accessDenied(wording: Wording, message: string): AwsError {
  return refusal(wording, 'access-denied', message)
}

export function invalidInput(wording: Wording, message: string): AwsError {
  return refusal(wording, 'validation', message)
}

export function throttled(wording: Wording): AwsError {
  return refusal(wording, 'throttled', {
    s3: 'Please reduce your request rate.',
    ec2: 'Request limit exceeded.',
    other: 'Rate exceeded',
  })
}

export function internalFailure(wording: Wording | undefined): AwsError {
  const other =
    'The request processing has failed because of an unknown error, exception or failure.'
  if (wording === undefined) return awsError(commonError('InternalFailure', 500), other)
  return refusal(wording, 'internal', {
    s3: 'We encountered an internal error. Please try again.',
    ec2: 'An internal error has occurred',
    other,
  })
}

/** The same failure in the words of those who have their own. */
interface Words {
  readonly s3?: string
  readonly ec2?: string
  readonly json?: string
  readonly other: string
}

function refusal(
  wording: Wording,
  failure: CommonFailure,
  words: string | Words,
  fields: Record<string, unknown> = {},
): AwsError {
  const message = typeof words === 'string' ? words : wordsFor(wording, words)
  return commonFailure(wording.model, wording.protocol, failure, message, { fields })
}

function wordsFor(wording: Wording, { s3, ec2, json, other }: Words): string {
  if (isS3(wording)) return s3 ?? other
  if (isEc2(wording)) return ec2 ?? other
  const { protocol } = wording
  const isJson = protocol !== 'awsQuery' && protocol !== 'restXml'
  return isJson ? (json ?? other) : other
}

function isS3({ model }: Wording): boolean {
  return model.noErrorWrapping === true
}

function isEc2({ protocol }: Wording): boolean {
  return protocol === 'ec2Query'
}

/** As S3 writes bytes: `41 57 53 34`. */
function hexBytes(text: string): string {
  return (Buffer.from(text).toString('hex').match(/../g) ?? []).join(' ')
}

/** `20260101T000000Z` */
function compact(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '')
}

/** `2026-01-01T00:00:00Z` */
function iso(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}
