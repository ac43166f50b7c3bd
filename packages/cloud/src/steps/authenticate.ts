import { AwsError, type Protocol } from '@cloud-orrery/models'
import {
  headersNotSigned,
  parseSignature,
  payloadMismatch,
  type SignedRequest,
  verifySignature,
} from '@cloud-orrery/protocols'
import { accessKeys, type Caller, sessions, users } from '@cloud-orrery/services'
import type { Cloud } from '../cloud.ts'
import * as refusal from '../errors.ts'
import type { Exchange } from '../exchange.ts'

/** The in-process door sets it, so that tests can call from anywhere; the port never lets it through. */
export const sourceIpHeader = 'x-orrery-source-ip'

/**
 * Set by the in-process door when a client's endpoint is `http:`.
 * Deviation: the port counts as TLS although it has none, since on AWS the same client would use TLS;
 * else every bucket that enforces it would be closed to a local command line.
 */
export const plainHttpHeader = 'x-orrery-plain-http'

/** How far a signature's time may be off, either way. Source: IAM User Guide, "Signature Version 4". */
const clockSkewMsMax = 15 * 60_000

/** Finds out who calls, from the signature. Calls without one are anonymous, where the operation allows it. */
export function authenticate(cloud: Cloud, exchange: Exchange): void {
  const { received, resolved, service } = exchange
  if (received === undefined || resolved === undefined || service === undefined) return
  const protocol = resolved.protocol
  const about = {
    sourceIp: received.headers[sourceIpHeader] ?? '127.0.0.1',
    ...(received.headers['user-agent'] === undefined
      ? {}
      : { userAgent: received.headers['user-agent'] }),
    secureTransport: received.headers[plainHttpHeader] === undefined,
  }
  const signed = parseSignature(received, service.name === 's3' ? 's3' : 'common')
  if (signed === undefined) {
    if (resolved.operation.optionalAuth !== true && service.name !== 's3') {
      throw refusal.missingAuthenticationToken(protocol)
    }
    exchange.caller = { principal: { kind: 'anonymous' }, ...about }
    exchange.accountId = cloud.defaultAccountId
    return
  }
  if (signed instanceof AwsError) throw signed
  const found = credentialOf(cloud, signed, protocol, service.name)
  verifyTime(cloud, signed, protocol, service.name)
  if (!cloud.acceptAnyCredentials && exchange.verifiedKeys?.has(signed.accessKeyId) !== true) {
    const verdict = verifySignature(received, signed, found.secretAccessKey)
    if (!verdict.ok) {
      throw refusal.signatureDoesNotMatch(protocol, service.name, {
        accessKeyId: signed.accessKeyId,
        signature: signed.signature,
        ...verdict,
      })
    }
    const refused = headersNotSigned(received, signed) ?? payloadMismatch(received, signed)
    if (refused !== undefined) throw refused
    exchange.verification = { signed, secretAccessKey: found.secretAccessKey }
    exchange.verifiedKeys?.add(signed.accessKeyId)
  }
  exchange.caller = { ...found.caller, ...about }
  exchange.accountId = found.accountId
}

interface Credential {
  secretAccessKey: string
  accountId: string
  caller: Caller
}

function credentialOf(
  cloud: Cloud,
  signed: SignedRequest,
  protocol: Protocol,
  service: string,
): Credential {
  const scope = cloud.scope(cloud.defaultAccountId, cloud.defaultRegion)
  const { accessKeyId } = signed
  const session = sessions.get(scope, accessKeyId)
  if (session !== undefined) {
    if (signed.sessionToken !== session.sessionToken) {
      throw refusal.unknownAccessKey(protocol, service, accessKeyId)
    }
    if (session.expiresAtMs <= cloud.kernel.clock.nowMs)
      throw refusal.expiredToken(protocol, service)
    return session
  }
  const key = accessKeys.get(scope, accessKeyId)
  if (key === undefined || key.status !== 'Active') {
    if (cloud.acceptAnyCredentials) return administrator(cloud, accessKeyId)
    throw refusal.unknownAccessKey(protocol, service, accessKeyId)
  }
  const { accountId, userName, secretAccessKey } = key
  if (userName === undefined) {
    const arn = `arn:aws:iam::${accountId}:root`
    const caller: Caller = { principal: { kind: 'root', accountId, arn }, accessKeyId }
    return { secretAccessKey, accountId, caller }
  }
  const user = users.get(cloud.scope(accountId, cloud.defaultRegion), userName.toLowerCase())
  if (user === undefined) throw refusal.unknownAccessKey(protocol, service, accessKeyId)
  const { arn, userId, tags } = user
  const caller: Caller = {
    principal: { kind: 'user', accountId, arn, userId, userName: user.userName, tags },
    accessKeyId,
  }
  return { secretAccessKey, accountId, caller }
}

/**
 * For people who come from other emulators: any key is the administrator's. A key of twelve digits names
 * its account, as those emulators have it.
 */
function administrator(cloud: Cloud, accessKeyId: string): Credential {
  const accountId = /^\d{12}$/.test(accessKeyId) ? accessKeyId : cloud.defaultAccountId
  cloud.openAccount(accountId)
  const arn = `arn:aws:iam::${accountId}:root`
  return {
    secretAccessKey: '',
    accountId,
    caller: { principal: { kind: 'root', accountId, arn }, accessKeyId },
  }
}

/**
 * A stamp near model time is read as model time (code inside the cloud, clients that were told); any
 * other was made by the wall's time and is carried over by how the clock was moved.
 */
function verifyTime(
  cloud: Cloud,
  signed: SignedRequest,
  protocol: Protocol,
  service: string,
): void {
  const { clock } = cloud.kernel
  const nowMs = clock.nowMs
  const inModelTime = Math.abs(signed.signedAtMs - nowMs) <= clockSkewMsMax
  const signedAtMs = inModelTime ? signed.signedAtMs : clock.fromWall(signed.signedAtMs)
  if (signed.expiresSeconds !== undefined) {
    const expiresAtMs = signedAtMs + signed.expiresSeconds * 1000
    if (expiresAtMs < nowMs) {
      throw refusal.presignedUrlExpired({
        expiresSeconds: signed.expiresSeconds,
        expiresAtMs,
        nowMs,
      })
    }
    return
  }
  if (Math.abs(signedAtMs - nowMs) > clockSkewMsMax) {
    throw refusal.signatureExpired(protocol, service, { signedAtMs: signed.signedAtMs, nowMs })
  }
}
