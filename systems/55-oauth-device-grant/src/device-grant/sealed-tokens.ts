import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { DecryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { settings } from './settings.ts'

const kms = new KMSClient({})

/** Tokens that wait, as they are stored: under a data key that is stored under the key of the stack. */
export interface Sealed {
  readonly key: Uint8Array
  readonly nonce: Uint8Array
  readonly tag: Uint8Array
  readonly body: Uint8Array
}

/** What they are for is sealed with them: they open for the same request of the same client only. */
export interface Purpose {
  readonly request: string
  readonly client: string
}

/** Three tokens are larger than what KMS itself encrypts (4,096 bytes), so a data key does it. */
export async function seal(text: string, purpose: Purpose): Promise<Sealed> {
  const { Plaintext, CiphertextBlob } = await kms.send(
    new GenerateDataKeyCommand({
      KeyId: settings.keyId,
      KeySpec: 'AES_256',
      EncryptionContext: { ...purpose },
    }),
  )
  if (Plaintext === undefined || CiphertextBlob === undefined) throw new Error('KMS made no key')
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', Plaintext, nonce)
  const body = Buffer.concat([cipher.update(text), cipher.final()])
  return { key: CiphertextBlob, nonce, tag: cipher.getAuthTag(), body }
}

export async function unseal(sealed: Sealed, purpose: Purpose): Promise<string> {
  const { Plaintext } = await kms.send(
    new DecryptCommand({
      KeyId: settings.keyId,
      CiphertextBlob: sealed.key,
      EncryptionContext: { ...purpose },
    }),
  )
  if (Plaintext === undefined) throw new Error('KMS opened no key')
  const decipher = createDecipheriv('aes-256-gcm', Plaintext, sealed.nonce)
  decipher.setAuthTag(sealed.tag)
  return Buffer.concat([decipher.update(sealed.body), decipher.final()]).toString()
}
