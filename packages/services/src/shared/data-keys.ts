import { orderedKey, type Table, table } from '@cloud-orrery/kernel'
import { Decrypt, GenerateDataKey } from '@cloud-orrery/models/kms'
import type { Context } from '../context.ts'

/**
 * A data key that a service has of KMS for one of its callers: it asks again when the time of reuse is over, so
 * that a permission that is taken away works on until then.
 */
export interface KnownDataKey {
  /** What is encrypted: the ARN of a queue or topic. */
  readonly holder: string
  /** A role's sessions share their keys. */
  readonly principal: string
  /** Base64. */
  readonly ciphertext: string
  /** The key of KMS as the holder names it; absent for a key that this caller only decrypted. */
  readonly keyId?: string
  readonly untilMs: number
}

export type KnownDataKeys = Table<KnownDataKey>

export function knownDataKeys(name: string): KnownDataKeys {
  return table<KnownDataKey>(name, {
    key: ({ holder, principal, ciphertext }) => orderedKey(holder, principal, ciphertext),
    partition: 'region',
  })
}

/** For whom, for what and with which key something is encrypted. */
export interface Encryption {
  readonly known: KnownDataKeys
  readonly holder: string
  /** Key id, alias or ARN of either. */
  readonly keyId: string
  readonly context: Readonly<Record<string, string>>
  readonly reuseMs: number
}

/** The data key that the caller may still use; undefined when KMS has to be asked. */
export function dataKeyInUse(ctx: Context, of: Encryption): string | undefined {
  for (const { keyId, untilMs, ciphertext } of knownTo(ctx, of)) {
    if (keyId === of.keyId && untilMs > ctx.now()) return ciphertext
  }
  return undefined
}

/** Asks KMS, in the caller's name, for a new data key, and to open it: producers need both permissions. */
export async function newDataKey(ctx: Context, of: Encryption): Promise<string> {
  const { known, holder, keyId, context: EncryptionContext, reuseMs } = of
  const { accountId } = ctx
  const made = await ctx.call(
    GenerateDataKey,
    { KeyId: keyId, KeySpec: 'AES_256', EncryptionContext },
    { accountId },
  )
  const CiphertextBlob = made.CiphertextBlob ?? new Uint8Array()
  await ctx.call(Decrypt, { CiphertextBlob, EncryptionContext }, { accountId })
  const ciphertext = Buffer.from(CiphertextBlob).toString('base64')
  forgetOld(ctx, of)
  const untilMs = ctx.now() + reuseMs
  known.put(ctx, { holder, principal: principalOf(ctx), ciphertext, keyId, untilMs })
  return ciphertext
}

/** Whether the caller opened a data key already, within the time of reuse. */
export function isOpen(ctx: Context, of: Omit<Encryption, 'keyId'>, ciphertext: string): boolean {
  const found = of.known.get(ctx, orderedKey(of.holder, principalOf(ctx), ciphertext))
  return found !== undefined && found.untilMs > ctx.now()
}

/** Asks KMS, in the caller's name, to open a data key. */
export async function openDataKey(
  ctx: Context,
  of: Omit<Encryption, 'keyId'>,
  ciphertext: string,
): Promise<void> {
  const { known, holder, context: EncryptionContext, reuseMs } = of
  const CiphertextBlob = new Uint8Array(Buffer.from(ciphertext, 'base64'))
  const { accountId } = ctx
  await ctx.call(Decrypt, { CiphertextBlob, EncryptionContext }, { accountId })
  forgetOld(ctx, of)
  const untilMs = ctx.now() + reuseMs
  known.put(ctx, { holder, principal: principalOf(ctx), ciphertext, untilMs })
}

/** Forgets what belongs to a holder that is deleted. */
export function forgetDataKeys(ctx: Context, known: KnownDataKeys, holder: string): void {
  for (const it of [...known.scan(ctx, { prefix: orderedKey(holder, '') })]) {
    known.delete(ctx, orderedKey(it.holder, it.principal, it.ciphertext))
  }
}

function forgetOld(ctx: Context, of: Pick<Encryption, 'known' | 'holder'>): void {
  for (const { holder, principal, ciphertext, untilMs } of [...knownTo(ctx, of)]) {
    if (untilMs <= ctx.now()) of.known.delete(ctx, orderedKey(holder, principal, ciphertext))
  }
}

function knownTo(ctx: Context, { known, holder }: Pick<Encryption, 'known' | 'holder'>) {
  return known.scan(ctx, { prefix: orderedKey(holder, principalOf(ctx), '') })
}

function principalOf({ caller: { principal } }: Context): string {
  switch (principal.kind) {
    case 'role-session':
      return principal.roleArn
    case 'service':
      return principal.service
    case 'federated':
      return principal.provider
    case 'anonymous':
      return 'anonymous'
    default:
      return principal.arn
  }
}
