import { AwsError } from '@cloud-orrery/models'
import {
  type HttpRequest,
  headersNotSigned,
  parsePresignedV2,
  parseSignature,
  payloadMismatch,
  type SignedRequest,
  verifyPresignedV2,
  verifySignature,
} from '@cloud-orrery/protocols'
import type { Caller } from '@cloud-orrery/services'
import type { Cloud } from '../cloud.ts'
import * as refusal from '../errors.ts'
import type { Exchange } from '../exchange.ts'
import { anyIdentity, type Identity, identityOf } from '../identity.ts'

/** The in-process door sets it, so that tests can call from anywhere; the port never lets it through. */
export const sourceIpHeader = 'x-orrery-source-ip'

/**
 * Set by the in-process door when a client's endpoint is `http:`, and by the port for requests without TLS to a true
 * name. Deviation: as an endpoint (`http://127.0.0.1:4566`) the port counts as TLS although it has none, since on AWS the
 * same client would use TLS; else every bucket that enforces it would be closed to a local command line.
 */
export const plainHttpHeader = 'x-orrery-plain-http'

/** How far a signature's time may be off, either way. Source: IAM User Guide, "Signature Version 4". */
const clockSkewMsMax = 15 * 60_000

/** Finds out who calls, from the signature. Calls without one are anonymous, where the operation allows it. */
export function authenticate(cloud: Cloud, exchange: Exchange): void {
  const { received, resolved, service } = exchange
  if (received === undefined || resolved === undefined || service === undefined) return
  const wording = refusal.wordingOf(exchange)
  if (exchange.handler?.unsigned === true) {
    if (!authenticatedByClaim(cloud, exchange, received, wording)) anonymous(cloud, exchange)
    return
  }
  if (exchange.handler?.isHttp === true && isOfAnotherScheme(received)) {
    anonymous(cloud, exchange)
    return
  }
  const isS3 = service.name === 's3'
  const signed = isS3 ? parseSignature(received, 's3') : exchange.signature
  if (signed instanceof AwsError) throw refusal.incompleteSignature(wording, signed)
  if (signed === undefined) {
    if (isS3 && authenticatedByV2(cloud, exchange, received, wording)) return
    if (resolved.operation.optionalAuth !== true && !isS3) {
      throw refusal.missingAuthenticationToken(wording)
    }
    anonymous(cloud, exchange)
    return
  }
  const identity = identify(cloud, signed, wording)
  verifyTime(cloud, signed, wording)
  if (!cloud.acceptAnyCredentials && exchange.verifiedKeys?.has(signed.accessKeyId) !== true) {
    verify(exchange, received, signed, identity, wording)
    exchange.verifiedKeys?.add(signed.accessKeyId)
  }
  exchange.caller = callerOf(identity, received)
  exchange.accountId = identity.accountId
}

/** A token for an API or a user's site behind plain HTTP: `Authorization` there is theirs, unless it is a signature. */
function isOfAnotherScheme({ headers }: HttpRequest): boolean {
  const { authorization } = headers
  return authorization !== undefined && !authorization.trim().startsWith('AWS')
}

function anonymous(cloud: Cloud, exchange: Exchange): void {
  const { received } = exchange
  exchange.caller = {
    principal: { kind: 'anonymous' },
    ...(received === undefined ? {} : circumstancesOf(received)),
  }
  exchange.accountId = cloud.defaultAccountId
}

/** By what the operation itself reads: the fields of a form. False where the request has no such claim. */
function authenticatedByClaim(
  cloud: Cloud,
  exchange: Exchange,
  received: HttpRequest,
  wording: refusal.Wording,
): boolean {
  const claim = exchange.handler?.claimed?.(exchange.request ?? received)
  if (claim === undefined) return false
  const { accessKeyId, signature, stringToSign } = claim
  const identity = identify(cloud, claim, wording)
  if (!cloud.acceptAnyCredentials && !claim.isBy(identity.secretAccessKey)) {
    throw refusal.signatureDoesNotMatch(wording, { accessKeyId, signature, stringToSign })
  }
  exchange.caller = callerOf(identity, received)
  exchange.accountId = identity.accountId
  return true
}

/** As who last called with an identity: one client's calls share it, in the journal too. */
const callers = new WeakMap<Caller, Caller>()

function callerOf({ caller }: Identity, received: HttpRequest): Caller {
  const seen = circumstancesOf(received)
  const last = callers.get(caller)
  const isSame =
    last?.sourceIp === seen.sourceIp &&
    last.userAgent === seen.userAgent &&
    last.referer === seen.referer &&
    last.secureTransport === seen.secureTransport
  if (last !== undefined && isSame) return last
  const made = { ...caller, ...seen }
  callers.set(caller, made)
  return made
}

/** URLs presigned with Signature Version 2. False where the request has no such signature. */
function authenticatedByV2(
  cloud: Cloud,
  exchange: Exchange,
  received: HttpRequest,
  wording: refusal.Wording,
): boolean {
  const presigned = parsePresignedV2(received)
  if (presigned === undefined) return false
  const { accessKeyId, signature } = presigned
  const identity = identify(cloud, presigned, wording)
  const { clock } = cloud.kernel
  // Deviation: such a URL says when it ends, not when it was made, so moving the clock does not end it sooner.
  const expiresAtMs = clock.timeOfStamp(presigned.expiresAtMs)
  if (expiresAtMs < clock.nowMs) {
    throw refusal.presignedUrlExpired({ expiresAtMs, nowMs: clock.nowMs })
  }
  const verdict = verifyPresignedV2(
    exchange.request ?? received,
    presigned,
    identity.secretAccessKey,
  )
  if (!verdict.ok && !cloud.acceptAnyCredentials) {
    const { stringToSign } = verdict
    throw refusal.signatureDoesNotMatch(wording, { accessKeyId, signature, stringToSign })
  }
  exchange.caller = { ...identity.caller, ...circumstancesOf(received) }
  exchange.accountId = identity.accountId
  return true
}

/** What a request shows of its sender besides the signature. */
function circumstancesOf({ headers }: HttpRequest): {
  sourceIp: string
  userAgent?: string
  referer?: string
  secureTransport: boolean
} {
  const { 'user-agent': userAgent, referer } = headers
  const sourceIp = headers[sourceIpHeader] ?? '127.0.0.1'
  const secureTransport = headers[plainHttpHeader] === undefined
  return {
    sourceIp,
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(referer === undefined ? {} : { referer }),
    secureTransport,
  }
}

function identify(
  cloud: Cloud,
  signed: Pick<SignedRequest, 'accessKeyId' | 'sessionToken'>,
  wording: refusal.Wording,
): Identity {
  const { accessKeyId, sessionToken } = signed
  const identity = identityOf(cloud, accessKeyId)
  if (identity === undefined) {
    if (cloud.acceptAnyCredentials) return anyIdentity(cloud, accessKeyId)
    throw refusal.unknownAccessKey(wording, accessKeyId)
  }
  if (sessionToken !== identity.sessionToken) {
    throw refusal.wrongSessionToken(wording, sessionToken)
  }
  if (identity.expiresAtMs !== undefined && identity.expiresAtMs <= cloud.kernel.clock.nowMs) {
    throw refusal.expiredToken(wording, sessionToken)
  }
  return identity
}

function verify(
  exchange: Exchange,
  received: HttpRequest,
  signed: SignedRequest,
  { secretAccessKey }: Identity,
  wording: refusal.Wording,
): void {
  const verdict = verifySignature(received, signed, secretAccessKey)
  if (!verdict.ok) {
    const { accessKeyId, signature } = signed
    throw refusal.signatureDoesNotMatch(wording, { accessKeyId, signature, ...verdict })
  }
  const refused = headersNotSigned(received, signed) ?? payloadMismatch(received, signed)
  if (refused !== undefined) throw refused
  exchange.verification = { signed, secretAccessKey }
}

/** Refuses a signature that is too old or too young, or a presigned URL whose life is over. */
function verifyTime(cloud: Cloud, signed: SignedRequest, wording: refusal.Wording): void {
  const { clock } = cloud.kernel
  const { nowMs } = clock
  const { expiresSeconds } = signed
  const signedAtMs = clock.timeOfStamp(signed.signedAtMs)
  if (expiresSeconds === undefined) {
    if (Math.abs(signedAtMs - nowMs) <= clockSkewMsMax) return
    throw refusal.signatureExpired(wording, { signedAtMs, nowMs })
  }
  if (signedAtMs - nowMs > clockSkewMsMax) throw refusal.presignedUrlNotYetValid()
  const expiresAtMs = signedAtMs + expiresSeconds * 1000
  if (expiresAtMs < nowMs) {
    throw refusal.presignedUrlExpired({ expiresSeconds, expiresAtMs, nowMs })
  }
}
