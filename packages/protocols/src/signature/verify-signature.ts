import { type KeyObject, sign as signBytes, verify as verifyBytes } from 'node:crypto'
import { AwsError, commonError } from '@cloud-orrery/models'
import type { HttpRequest } from '../http.ts'
import {
  canonicalRequest,
  isS3Family,
  payloadHash,
  sha256Hex,
  stringToSign,
} from './canonical-request.ts'
import type { CredentialScope, SignatureVerdict, SignedRequest } from './signed-request.ts'
import { derivedKeyPair, hmac, signingKey } from './signing-key.ts'

/**
 * Whether the signature is the one that this secret makes. Dates, lives and scopes are not judged here, nor, for
 * S3's family, whether the body has the hash that it states: see `payloadMismatch`.
 */
export function verifySignature(
  request: HttpRequest,
  signed: SignedRequest,
  secretAccessKey: string,
): SignatureVerdict {
  const canonical = canonicalRequest(request, signed, payloadHash(request, signed))
  const text = stringToSign(signed, canonical)
  const ok = isSignatureOf(text, signed.signature, signed, secretAccessKey)
  return ok ? { ok: true } : { ok: false, canonicalRequest: canonical, stringToSign: text }
}

type Signer = Pick<SignedRequest, 'algorithm' | 'accessKeyId' | 'scope'>

/** Whether `signature` (hex) is that of `text`: of a request, a chunk or an event. */
export function isSignatureOf(
  text: string,
  signature: string,
  signer: Signer,
  secretAccessKey: string,
): boolean {
  if (signer.algorithm === 'AWS4-HMAC-SHA256') {
    return signatureOf(text, signer, secretAccessKey) === signature
  }
  if (!hexText.test(signature)) return false
  const { publicKey } = derivedKeyPair(signer.accessKeyId, secretAccessKey)
  return verifyBytes('sha256', Buffer.from(text), publicKey, Buffer.from(signature, 'hex'))
}

const hexText = /^(?:[0-9a-f]{2})+$/

/** One client's requests share their scope, and with it the key, for a day. */
let latestKey: { scope: CredentialScope; secretAccessKey: string; key: KeyObject } | undefined

function keyOf(scope: CredentialScope, secretAccessKey: string): KeyObject {
  if (latestKey?.scope === scope && latestKey.secretAccessKey === secretAccessKey) {
    return latestKey.key
  }
  const key = signingKey(secretAccessKey, scope.date, scope.regions[0] ?? '', scope.service)
  latestKey = { scope, secretAccessKey, key }
  return key
}

/** The signature of a text, in hex. SigV4a's differ from call to call: ECDSA is randomised. */
export function signatureOf(text: string, signer: Signer, secretAccessKey: string): string {
  if (signer.algorithm === 'AWS4-HMAC-SHA256') {
    return hmac(keyOf(signer.scope, secretAccessKey), text).toString('hex')
  }
  const { privateKey } = derivedKeyPair(signer.accessKeyId, secretAccessKey)
  return signBytes('sha256', Buffer.from(text), privateKey).toString('hex')
}

/**
 * S3's refusal of a request with `x-amz-` headers that its signature leaves out, undefined where all are
 * signed. Recorded: S3, presigned PUT with further headers, February 2026; the body's own hash was not counted.
 */
export function headersNotSigned(
  request: HttpRequest,
  signed: SignedRequest,
): AwsError | undefined {
  if (!isS3Family(signed.scope.service)) return undefined
  const missing = Object.keys(request.headers).filter(
    (name) =>
      name.startsWith('x-amz-') &&
      name !== 'x-amz-content-sha256' &&
      !signed.signedHeaders.includes(name),
  )
  if (missing.length === 0) return undefined
  return new AwsError(
    commonError('AccessDenied', 403),
    'There were headers present in the request which were not signed',
    { fields: { HeadersNotSigned: missing.sort().join(', ') } },
  )
}

/**
 * S3's refusal of a body whose hash is not the one in `x-amz-content-sha256`; undefined where it is, or where
 * none is stated. Source: S3 API reference, Error responses, `XAmzContentSHA256Mismatch`.
 */
export function payloadMismatch(request: HttpRequest, signed: SignedRequest): AwsError | undefined {
  if (!isS3Family(signed.scope.service) || signed.payload !== 'signed') return undefined
  const stated = payloadHash(request, signed)
  if (stated === 'UNSIGNED-PAYLOAD') return undefined
  if (!/^[0-9a-fA-F]{64}$/.test(stated)) {
    return new AwsError(
      commonError('InvalidArgument', 400),
      'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
      { fields: { ArgumentName: 'x-amz-content-sha256', ArgumentValue: stated } },
    )
  }
  const computed = sha256Hex(request.body)
  if (computed === stated.toLowerCase()) return undefined
  return new AwsError(
    commonError('XAmzContentSHA256Mismatch', 400),
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    { fields: { ClientComputedContentSHA256: stated, S3ComputedContentSHA256: computed } },
  )
}
