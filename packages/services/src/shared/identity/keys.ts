import type { Ids } from '@cloud-orrery/kernel'
import type { Credentials } from './accounts.ts'

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const secretAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** What stands after the four letters of an access key id. */
const keyCharacters = 16
/** The first ten of them carry the account: 50 bits, of which the 2nd to 41st are its number. */
const accountCharacters = 10
const keyForm = /^(AKIA|ASIA)[A-Z2-7]{16}$/

/**
 * An access key id of an account. AWS's own ids carry their account in bits 1 to 40 of the part after the
 * prefix, which is how GetAccessKeyInfo can answer for any key; the rest is drawn.
 */
export function accessKeyId(ids: Ids, prefix: 'AKIA' | 'ASIA', accountId: string): string {
  const drawn = BigInt(`0x${ids.hex(3)}`) & 0x1ffn
  let bits = (1n << 49n) | (BigInt(accountId) << 9n) | drawn
  let text = ''
  for (let i = 0; i < accountCharacters; i += 1) {
    text = (base32[Number(bits & 31n)] ?? '') + text
    bits >>= 5n
  }
  return prefix + text + ids.from(base32, keyCharacters - accountCharacters)
}

/** The account that an access key id carries; undefined for an id of another form. */
export function accountOfAccessKey(id: string): string | undefined {
  if (!keyForm.test(id)) return undefined
  let bits = 0n
  for (const character of id.slice(4, 4 + accountCharacters)) {
    bits = (bits << 5n) | BigInt(base32.indexOf(character))
  }
  return String((bits >> 9n) & ((1n << 40n) - 1n)).padStart(12, '0')
}

/** Forty characters, as AWS gives them. */
export function secretAccessKey(ids: Ids): string {
  return ids.from(secretAlphabet, 40)
}

/** Credentials of a session. Tokens are opaque; AWS's start with these characters and vary in length. */
export function sessionCredentials(ids: Ids, accountId: string): Required<Credentials> {
  return {
    accessKeyId: accessKeyId(ids, 'ASIA', accountId),
    secretAccessKey: secretAccessKey(ids),
    sessionToken: `IQoJb3JpZ2luX2Vj${ids.from(secretAlphabet, 284)}`,
  }
}
