import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Claim } from '../../define.ts'
import { accessDenied, invalidArgument } from '../errors.ts'

/** The fields of Signature Version 4, as S3 names them where one is missing, in its order. */
const fieldsOfV4 = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'X-Amz-Signature'] as const

/** Those of Signature Version 2. */
const fieldsOfV2 = ['AWSAccessKeyId', 'Signature'] as const

/**
 * Who signed a form's policy; undefined for a form that nobody signed. Source: S3 API Reference, "Authenticating
 * Requests in Browser-Based Uploads Using POST". Recorded: S3, POST without some fields, February 2026.
 * Throws InvalidArgument, AccessDenied.
 */
export function formClaim(fields: ReadonlyMap<string, string>): Claim | undefined {
  const has = (name: string) => fields.has(name.toLowerCase())
  const value = (name: string) => fields.get(name.toLowerCase()) ?? ''
  const policy = fields.get('policy')
  if (policy === undefined) return undefined
  if (fieldsOfV4.some(has)) {
    requireAll(fieldsOfV4, has)
    return claimOfV4(policy, value)
  }
  if (!fieldsOfV2.some(has)) throw accessDenied()
  requireAll(fieldsOfV2, has)
  return {
    accessKeyId: value('AWSAccessKeyId'),
    ...tokenOf(value('x-amz-security-token')),
    signature: value('signature'),
    stringToSign: policy,
    isBy: (secret) =>
      isSame(createHmac('sha1', secret).update(policy).digest('base64'), value('signature')),
  }
}

function claimOfV4(policy: string, value: (name: string) => string): Claim {
  const signature = value('X-Amz-Signature')
  const credential = value('X-Amz-Credential').split('/')
  const [accessKeyId = '', date = '', region = '', service = '', end] = credential
  if (end !== 'aws4_request' || service !== 's3' || credential.length !== 5) {
    throw invalidArgument(
      'Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
      'X-Amz-Credential',
      value('X-Amz-Credential'),
    )
  }
  const algorithm = value('X-Amz-Algorithm')
  if (algorithm !== 'AWS4-HMAC-SHA256') {
    throw invalidArgument(
      'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"',
      'X-Amz-Algorithm',
      algorithm,
    )
  }
  return {
    accessKeyId,
    ...tokenOf(value('x-amz-security-token')),
    signature,
    stringToSign: policy,
    isBy(secret) {
      let key: string | Buffer = `AWS4${secret}`
      for (const part of [date, region, service, 'aws4_request']) {
        key = createHmac('sha256', key).update(part).digest()
      }
      return isSame(createHmac('sha256', key).update(policy).digest('hex'), signature)
    },
  }
}

function tokenOf(sessionToken: string): { sessionToken?: string } {
  return sessionToken === '' ? {} : { sessionToken }
}

function requireAll(names: readonly string[], has: (name: string) => boolean): void {
  for (const name of names) if (!has(name)) throw missingField(name)
}

export function missingField(name: string) {
  return invalidArgument(
    `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
    name,
    '',
  )
}

function isSame(one: string, other: string): boolean {
  const a = Buffer.from(one)
  const b = Buffer.from(other)
  return a.byteLength === b.byteLength && timingSafeEqual(a, b)
}
