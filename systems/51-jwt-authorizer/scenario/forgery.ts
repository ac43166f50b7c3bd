import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto'
import { RandomStream } from '@cloud-orrery/kernel'
import { newRsaKey } from '@cloud-orrery/services/shared/keys/rsa-keys'
import type { Aws } from '@cloud-orrery/vitest/scenario'
import { decodeJwt, importJWK, SignJWT } from 'jose'
import type { Outputs } from './jwt-apis.ts'

interface PublicKey extends JsonWebKey {
  readonly kid: string
}

/** The key that a token names, as everyone can read it. */
async function publicKeyOf(aws: Aws, { Issuer = '' }: Outputs, token: string): Promise<PublicKey> {
  const answer = await aws.fetch(`${Issuer}/.well-known/jwks.json`)
  const { keys } = (await answer.json()) as { keys: PublicKey[] } // A key set of RFC 7517.
  const { kid } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())
  const key = keys.find((one) => one.kid === kid)
  if (key === undefined) throw new Error(`the key set lacks ${kid}`)
  return key
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** What someone with a good token of their own, the public keys and no other secret can make of it. */
export async function forgeries(aws: Aws, outputs: Outputs, token: string) {
  const key = await publicKeyOf(aws, outputs, token)
  const claims = decodeJwt(token)
  const wanted = { ...claims, scope: `admin-${outputs['ClientId']}` }
  const [header = '', , signature = ''] = token.split('.')
  const pem = createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
  const bySecret = `${part({ alg: 'HS256', kid: key.kid })}.${part(wanted)}`
  const ownKey = await importJWK({ ...newRsaKey(new RandomStream([5, 1, 6, 6])) }, 'RS256')
  const signed = (alg: string) => new SignJWT(wanted).setProtectedHeader({ alg, kid: key.kid })
  return {
    changedScope: `${header}.${part(wanted)}.${signature}`,
    unsigned: `${part({ alg: 'none' })}.${part(wanted)}.`,
    byPublicKeyAsSecret: `${bySecret}.${createHmac('sha256', pem).update(bySecret).digest('base64url')}`,
    // A judge that does not take the algorithm has no need to look at the signature.
    byElliptic: `${part({ alg: 'ES256', kid: key.kid })}.${part(wanted)}.${part({})}`,
    byOwnKey: await signed('RS256').sign(ownKey),
    cut: token.slice(0, token.lastIndexOf('.')),
  }
}
