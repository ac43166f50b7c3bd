import { AwsError, commonError } from '@cloud-orrery/models'
import { emptyBody, type HttpRequest } from './http.ts'
import { emptyBodyHash, scopeText, sha256Hex } from './signature/canonical-request.ts'
import { payloadModeOf } from './signature/parse-signature.ts'
import type { SignedRequest } from './signature/signed-request.ts'
import { isSignatureOf } from './signature/verify-signature.ts'

/** The content of an aws-chunked body. */
export interface ChunkedBody {
  body: Uint8Array
  /** Trailing headers, lower case, without the trailer's own signature. */
  trailers: Record<string, string>
}

/** What the chunks' signatures are verified with: the verified request signature and its secret. */
export interface ChunkVerification {
  signed: SignedRequest
  secretAccessKey: string
}

/** Smallest chunk but the last, in bytes. Source: S3 API reference, Signature calculations: chunked upload. */
export const chunkBytesMin = 8192

const incompleteBody = commonError('IncompleteBody', 400)
const malformedTrailer = commonError('MalformedTrailerError', 400)
const invalidChunkSize = commonError('InvalidChunkSizeError', 403)
const missingContentLength = commonError('MissingContentLength', 411)
const signatureDoesNotMatch = commonError('SignatureDoesNotMatch', 403)

/** Whether a body is in chunks, by `x-amz-content-sha256` or `content-encoding`. */
export function isAwsChunked({ headers }: HttpRequest): boolean {
  const { payload } = payloadModeOf(headers['x-amz-content-sha256'])
  return (
    payload === 'chunks-signed' ||
    payload === 'chunks-unsigned' ||
    (headers['content-encoding'] ?? '').includes('aws-chunked')
  )
}

/** `content-encoding` as S3 keeps it: without `aws-chunked`; undefined where nothing else is left. */
export function contentEncodingBeside(encoding: string | undefined): string | undefined {
  const rest = (encoding ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== 'aws-chunked')
  return rest.length === 0 ? undefined : rest.join(',')
}

/**
 * Decodes an aws-chunked body. With `verification` the chain of chunk signatures and the trailer's are checked,
 * where the request says that they are signed. Checksums in trailers are returned, not judged: see
 * `statedChecksum`. Throws S3's `IncompleteBody`, `InvalidChunkSizeError`, `MalformedTrailerError`,
 * `MissingContentLength` and `SignatureDoesNotMatch`.
 */
export function decodeAwsChunked(
  request: HttpRequest,
  verification?: ChunkVerification,
): ChunkedBody {
  const { payload, trailer } = payloadModeOf(request.headers['x-amz-content-sha256'])
  const signedChunks = payload === 'chunks-signed'
  const length = request.headers['x-amz-decoded-content-length']
  if (length === undefined || !/^\d{1,15}$/.test(length)) {
    throw new AwsError(missingContentLength, 'You must provide the Content-Length HTTP header.')
  }
  const reader = new ChunkReader(request.body)
  const chain =
    signedChunks && verification !== undefined ? new SignatureChain(verification) : undefined
  const pieces: Uint8Array[] = []
  let total = 0
  for (;;) {
    const { size, signature } = reader.header()
    const data = reader.take(size)
    if (signedChunks && signature === undefined) throw incomplete()
    chain?.checkChunk(data, signature ?? '')
    if (size === 0) break
    checkSizeBefore(pieces)
    pieces.push(data)
    total += size
    if (!reader.skipNewline()) throw incomplete()
  }
  const trailers = reader.trailers()
  const trailerSignature = trailers['x-amz-trailer-signature']
  delete trailers['x-amz-trailer-signature']
  checkTrailers(trailers, trailer, request.headers['x-amz-trailer'])
  if (trailer) chain?.checkTrailer(trailers, trailerSignature ?? '')
  if (total !== Number(length)) throw incomplete()
  const [only = emptyBody] = pieces
  return { body: pieces.length <= 1 ? only : Buffer.concat(pieces, total), trailers }
}

/** A chunk that turns out not to be the last must have had the least size. */
function checkSizeBefore(pieces: readonly Uint8Array[]): void {
  const previous = pieces.at(-1)?.byteLength
  if (previous === undefined || previous >= chunkBytesMin) return
  throw new AwsError(
    invalidChunkSize,
    `Only the last chunk is allowed to have a size less than ${chunkBytesMin} bytes`,
    { fields: { Chunk: String(pieces.length + 1), BadChunkSize: String(previous) } },
  )
}

/** The trailers that came are exactly those that `x-amz-trailer` announces. */
function checkTrailers(
  trailers: Readonly<Record<string, string>>,
  expected: boolean,
  announced: string | undefined,
): void {
  const names = expected ? (announced ?? '').toLowerCase().split(',') : []
  const wanted = names.map((name) => name.trim()).filter((name) => name !== '')
  const came = Object.keys(trailers)
  if (wanted.length === came.length && wanted.every((name) => Object.hasOwn(trailers, name))) return
  throw badTrailer()
}

function incomplete(): AwsError {
  return new AwsError(incompleteBody, 'The request body terminated unexpectedly')
}

function badTrailer(): AwsError {
  return new AwsError(
    malformedTrailer,
    'The request contained trailing data that was not well-formed or did not conform to our published schema.',
  )
}

/** Longest line between chunks: a size with a SigV4a signature, or a trailer. */
const lineBytesMax = 8192

class ChunkReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** `400;chunk-signature=<hex>`. */
  header(): { size: number; signature: string | undefined } {
    const line = this.#line()
    const match = /^([0-9A-Fa-f]{1,12})(?:;chunk-signature=([0-9a-f]+)\**)?$/.exec(line ?? '')
    if (match === null) throw incomplete()
    return { size: Number.parseInt(match[1] ?? '', 16), signature: match[2] }
  }

  take(size: number): Uint8Array {
    if (this.#at + size > this.#bytes.byteLength) throw incomplete()
    const piece = this.#bytes.subarray(this.#at, this.#at + size)
    this.#at += size
    return piece
  }

  skipNewline(): boolean {
    if (this.#bytes[this.#at] !== 13 || this.#bytes[this.#at + 1] !== 10) return false
    this.#at += 2
    return true
  }

  /** Lines up to an empty one or the end. */
  trailers(): Record<string, string> {
    const trailers: Record<string, string> = {}
    while (this.#at < this.#bytes.byteLength) {
      const line = this.#line()
      if (line === undefined) throw badTrailer()
      if (line === '') break
      const colon = line.indexOf(':')
      const name = line.slice(0, colon).trim().toLowerCase()
      if (colon <= 0 || !/^[a-z0-9-]+$/.test(name)) throw badTrailer()
      trailers[name] = line.slice(colon + 1).trim()
    }
    return trailers
  }

  /** The text up to CRLF, past which the reader then stands; undefined where there is no such end. */
  #line(): string | undefined {
    const end = Math.min(this.#bytes.byteLength - 1, this.#at + lineBytesMax)
    for (let i = this.#at; i < end; i++) {
      if (this.#bytes[i] !== 13 || this.#bytes[i + 1] !== 10) continue
      const line = Buffer.from(this.#bytes.subarray(this.#at, i)).toString('latin1')
      this.#at = i + 2
      return line
    }
    return undefined
  }
}

/** Each chunk's signature covers the one before it, the first the request's. */
class SignatureChain {
  readonly #verification: ChunkVerification
  #previous: string

  constructor(verification: ChunkVerification) {
    this.#verification = verification
    this.#previous = verification.signed.signature
  }

  checkChunk(data: Uint8Array, signature: string): void {
    this.#check('PAYLOAD', `${emptyBodyHash}\n${sha256Hex(data)}`, signature)
  }

  checkTrailer(trailers: Readonly<Record<string, string>>, signature: string): void {
    const text = Object.entries(trailers)
      .map(([name, value]) => `${name}:${value}\n`)
      .join('')
    this.#check('TRAILER', sha256Hex(text), signature.replace(/\*+$/, ''))
  }

  #check(kind: 'PAYLOAD' | 'TRAILER', hashes: string, signature: string): void {
    const { signed, secretAccessKey } = this.#verification
    const scope = scopeText(signed.scope, signed.algorithm === 'AWS4-HMAC-SHA256')
    const text = `${signed.algorithm}-${kind}\n${signed.amzDate}\n${scope}\n${this.#previous}\n${hashes}`
    if (!isSignatureOf(text, signature, signed, secretAccessKey)) {
      throw new AwsError(
        signatureDoesNotMatch,
        'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
        {
          fields: {
            AWSAccessKeyId: signed.accessKeyId,
            SignatureProvided: signature,
            StringToSign: text,
          },
        },
      )
    }
    this.#previous = signature
  }
}
