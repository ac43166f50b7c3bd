import type { AwsError } from '@cloud-orrery/models'

export type SignatureAlgorithm = 'AWS4-HMAC-SHA256' | 'AWS4-ECDSA-P256-SHA256'

export interface CredentialScope {
  /** `20150830`. */
  date: string
  /** One region for SigV4; the patterns of `X-Amz-Region-Set` for SigV4a. */
  regions: readonly string[]
  service: string
}

/**
 * How the body takes part in a signature.
 * `signed`: its SHA-256; `unsigned`: the literal `UNSIGNED-PAYLOAD`; `chunks-signed` and `chunks-unsigned`:
 * aws-chunked, each chunk signed or none; `events-signed`: an event stream whose messages are signed.
 */
export type PayloadMode =
  | 'signed'
  | 'unsigned'
  | 'chunks-signed'
  | 'chunks-unsigned'
  | 'events-signed'

/** What a signature says of itself, before anything is verified. */
export interface SignedRequest {
  algorithm: SignatureAlgorithm
  /** `query`: a presigned URL. */
  place: 'header' | 'query'
  accessKeyId: string
  scope: CredentialScope
  /** Lower case, as signed. */
  signedHeaders: readonly string[]
  signature: string
  /** `20150830T123600Z`, as signed. */
  amzDate: string
  /** The same as epoch milliseconds. */
  signedAtMs: number
  /** Presigned URLs: seconds that they are valid. */
  expiresSeconds?: number
  sessionToken?: string
  payload: PayloadMode
  /** aws-chunked with trailing headers. */
  trailer: boolean
}

/** No signature: undefined. One that can't be read: the error that AWS answers. */
export type SignatureReading = SignedRequest | AwsError | undefined

export type SignatureVerdict =
  | { ok: true }
  /** Both texts are quoted by AWS's `SignatureDoesNotMatch`. */
  | { ok: false; canonicalRequest: string; stringToSign: string }

export interface SigningCredentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
}
