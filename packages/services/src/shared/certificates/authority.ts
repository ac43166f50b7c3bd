import { table } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { newRsaKey, type RsaPrivateJwk } from '../keys/rsa-keys.ts'
import { type DistinguishedName, signedCertificate } from './x509.ts'

/** The model's stand-in for Amazon's certificate authority: a root, and below it the one that signs. */
interface AuthorityRecord {
  readonly name: 'public'
  /** PEM. */
  readonly root: string
  /** PEM. */
  readonly intermediate: string
  /** Of the intermediate. */
  readonly key: RsaPrivateJwk
}

export const authorities = table<AuthorityRecord>('certificates.authorities', {
  key: (it) => it.name,
  partition: 'cloud',
})

const rootName: DistinguishedName = [
  ['C', 'US'],
  ['O', 'Amazon'],
  ['CN', 'Orrery model root CA'],
]
const intermediateName: DistinguishedName = [
  ['C', 'US'],
  ['O', 'Amazon'],
  ['CN', 'Orrery model RSA 2048'],
]

const dayMs = 86_400_000
/** Both last longer than any run: the model has no rollover of authorities. */
const authorityMs = 20 * 365 * dayMs

/** The authority of this cloud. Its keys follow the seed; the first use makes them. */
export function publicAuthority(ctx: Context): AuthorityRecord {
  const there = authorities.get(ctx, 'public')
  if (there !== undefined) return there
  const rootKey = newRsaKey(ctx.random)
  const key = newRsaKey(ctx.random)
  const common = {
    signingKey: rootKey,
    issuer: rootName,
    notBeforeMs: ctx.now() - dayMs,
    notAfterMs: ctx.now() + authorityMs,
    usages: ['DIGITAL_SIGNATURE', 'CERTIFICATE_SIGNING', 'CRL_SIGNING'],
  } as const
  const root = signedCertificate({
    ...common,
    subject: rootName,
    publicKey: rootKey,
    serial: newSerial(ctx),
    pathLength: 1,
  })
  const intermediate = signedCertificate({
    ...common,
    subject: intermediateName,
    publicKey: key,
    serial: newSerial(ctx),
    pathLength: 0,
  })
  return authorities.put(ctx, { name: 'public', root, intermediate, key })
}

/** 16 bytes, positive. */
function newSerial(ctx: Context): Uint8Array {
  const serial = ctx.random.bytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x01
  return serial
}

export interface IssuedCertificate {
  /** PEM. */
  readonly certificate: string
  /** The authority's own certificate and the root's, PEM. */
  readonly chain: string
  readonly key: RsaPrivateJwk
}

/** A certificate for servers, with a key of its own, valid from today's midnight on. */
export function issueCertificate(
  ctx: Context,
  names: readonly string[],
  { notBeforeMs, notAfterMs }: { notBeforeMs: number; notAfterMs: number },
): IssuedCertificate {
  const authority = publicAuthority(ctx)
  const key = newRsaKey(ctx.random)
  const certificate = signedCertificate({
    subject: [['CN', names[0] ?? '']],
    issuer: intermediateName,
    publicKey: key,
    signingKey: authority.key,
    serial: newSerial(ctx),
    notBeforeMs,
    notAfterMs,
    usages: ['DIGITAL_SIGNATURE', 'KEY_ENCIPHERMENT'],
    names,
    extendedUsages: ['TLS_WEB_SERVER_AUTHENTICATION', 'TLS_WEB_CLIENT_AUTHENTICATION'],
  })
  return { certificate, chain: `${authority.intermediate}${authority.root}`, key }
}
