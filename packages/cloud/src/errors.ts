import { type AwsError, awsError, commonError, type Protocol } from '@cloud-orrery/models'
import { notModelled } from '@cloud-orrery/services'

/** Refusals that the request path itself gives, each in AWS's words where AWS has some. */

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
export function missingAuthenticationToken(protocol: Protocol): AwsError {
  const code = isJson(protocol)
    ? 'MissingAuthenticationTokenException'
    : 'MissingAuthenticationToken'
  return awsError(
    commonError(code, isJson(protocol) ? 400 : 403),
    isJson(protocol) ? 'Missing Authentication Token' : 'Request is missing Authentication Token',
  )
}

export function unknownAccessKey(
  protocol: Protocol,
  service: string,
  accessKeyId: string,
): AwsError {
  if (service === 's3') {
    return awsError(
      commonError('InvalidAccessKeyId', 403),
      'The AWS Access Key Id you provided does not exist in our records.',
      { fields: { AWSAccessKeyId: accessKeyId } },
    )
  }
  return isJson(protocol)
    ? awsError(
        commonError('UnrecognizedClientException', 400),
        'The security token included in the request is invalid.',
      )
    : awsError(
        commonError('InvalidClientTokenId', 403),
        'The security token included in the request is invalid.',
      )
}

export function expiredToken(protocol: Protocol, service: string): AwsError {
  if (service === 's3') {
    return awsError(commonError('ExpiredToken', 400), 'The provided token has expired.')
  }
  const message = 'The security token included in the request is expired'
  return isJson(protocol)
    ? awsError(commonError('ExpiredTokenException', 400), message)
    : awsError(commonError('ExpiredToken', 403), message)
}

export function signatureDoesNotMatch(
  protocol: Protocol,
  service: string,
  facts: { accessKeyId: string; stringToSign: string; canonicalRequest: string; signature: string },
): AwsError {
  if (service === 's3') {
    return awsError(
      commonError('SignatureDoesNotMatch', 403),
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      {
        fields: {
          AWSAccessKeyId: facts.accessKeyId,
          StringToSign: facts.stringToSign,
          SignatureProvided: facts.signature,
          StringToSignBytes: hexBytes(facts.stringToSign),
          CanonicalRequest: facts.canonicalRequest,
          CanonicalRequestBytes: hexBytes(facts.canonicalRequest),
        },
      },
    )
  }
  const code = isJson(protocol) ? 'InvalidSignatureException' : 'SignatureDoesNotMatch'
  return awsError(
    commonError(code, isJson(protocol) ? 400 : 403),
    `The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\nThe Canonical String for this request should have been\n'${facts.canonicalRequest}'\n\nThe String-to-Sign should have been\n'${facts.stringToSign}'\n`,
  )
}

/** A signature too old or from the future: more than fifteen minutes off. */
export function signatureExpired(
  protocol: Protocol,
  service: string,
  facts: { signedAtMs: number; nowMs: number },
): AwsError {
  const skewMs = 900_000
  if (service === 's3') {
    return awsError(
      commonError('RequestTimeTooSkewed', 403),
      'The difference between the request time and the current time is too large.',
      {
        fields: {
          RequestTime: compact(facts.signedAtMs),
          ServerTime: new Date(facts.nowMs).toISOString().replace(/\.\d+Z$/, 'Z'),
          MaxAllowedSkewMilliseconds: String(skewMs),
        },
      },
    )
  }
  const late = facts.signedAtMs < facts.nowMs
  const bound = late ? facts.nowMs - skewMs : facts.nowMs + skewMs
  const sign = late ? '-' : '+'
  const what = late ? 'Signature expired' : 'Signature not yet current'
  const relation = late ? 'is now earlier than' : 'is still later than'
  const code = isJson(protocol) ? 'InvalidSignatureException' : 'SignatureDoesNotMatch'
  return awsError(
    commonError(code, isJson(protocol) ? 400 : 403),
    `${what}: ${compact(facts.signedAtMs)} ${relation} ${compact(bound)} (${compact(facts.nowMs)} ${sign} 15 min.)`,
  )
}

export function presignedUrlExpired(facts: {
  expiresSeconds: number
  expiresAtMs: number
  nowMs: number
}): AwsError {
  const iso = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
  return awsError(commonError('AccessDenied', 403), 'Request has expired', {
    fields: {
      'X-Amz-Expires': String(facts.expiresSeconds),
      Expires: iso(facts.expiresAtMs),
      ServerTime: iso(facts.nowMs),
    },
  })
}

/** A denial in the form of the protocol, for services that do not name their own. */
export function accessDenied(protocol: Protocol, message: string, detail: unknown): AwsError {
  return isJson(protocol)
    ? awsError(commonError('AccessDeniedException', 400), message, { detail })
    : awsError(commonError('AccessDenied', 403), message, { detail })
}

export function invalidInput(protocol: Protocol, message: string): AwsError {
  return awsError(
    commonError(isJson(protocol) ? 'ValidationException' : 'ValidationError', 400),
    message,
  )
}

export function throttled(protocol: Protocol): AwsError {
  return awsError(
    commonError(isJson(protocol) ? 'ThrottlingException' : 'Throttling', 400),
    'Rate exceeded',
  )
}

export function internalFailure(): AwsError {
  return awsError(
    commonError('InternalFailure', 500),
    'The request processing has failed because of an unknown error, exception or failure.',
  )
}

/** `41 57 53`: S3 shows the bytes of what it calculated. */
function hexBytes(text: string): string {
  return Buffer.from(text)
    .toString('hex')
    .replace(/..(?=.)/g, '$& ')
}

function isJson(protocol: Protocol): boolean {
  return protocol !== 'awsQuery' && protocol !== 'ec2Query' && protocol !== 'restXml'
}

/** `20260101T000000Z` */
function compact(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '')
}
