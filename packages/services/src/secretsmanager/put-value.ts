import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import { invalidParameter, tokenMissing, versionExists } from './errors.ts'
import { opened, type PlainValue, sealed } from './sealing.ts'
import { addVersion, current, moveStage } from './stages.ts'
import {
  type SecretRecord,
  secrets,
  stagedVersion,
  type VersionRecord,
  versionOf,
  versions,
} from './state.ts'

/** What every operation has that takes a value. */
export interface GivenValue {
  readonly ClientRequestToken?: string | undefined
  readonly SecretString?: string | undefined
  readonly SecretBinary?: Uint8Array | undefined
}

/** The value of a request; undefined where it gives none. */
export function plainValue({ SecretString, SecretBinary }: GivenValue): PlainValue | undefined {
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    )
  }
  if (SecretString !== undefined) return { kind: 'string', bytes: Buffer.from(SecretString) }
  return SecretBinary === undefined ? undefined : { kind: 'binary', bytes: SecretBinary }
}

export function requestToken({ ClientRequestToken }: GivenValue): string {
  if (ClientRequestToken === undefined) throw tokenMissing()
  return ClientRequestToken
}

/** As GetSecretValue shows it. */
export function shownValue({ kind, bytes }: PlainValue): {
  SecretString?: string
  SecretBinary?: Uint8Array
} {
  return kind === 'string'
    ? { SecretString: Buffer.from(bytes).toString() }
    : { SecretBinary: new Uint8Array(bytes) }
}

/**
 * A version with a value, made of a request. The same token with the same value gives back the version that is
 * there; the version that a rotation has prepared is filled in. `look` gives the secret as it is now, or throws.
 */
export async function putVersion(
  ctx: Context,
  look: () => SecretRecord,
  of: { readonly token: string; readonly value: PlainValue; readonly stages: readonly string[] },
): Promise<VersionRecord> {
  const { token, value, stages } = of
  const secret = look()
  const before = versionOf(ctx, secret.name, token)
  if (before?.value !== undefined) {
    if (!(await isSame(ctx, secret, before, value))) throw versionExists()
    return before
  }
  const place = { arn: secret.arn, versionId: token }
  const made = await sealed(ctx, place, value, secret.kmsKeyId)
  // KMS was asked, and has to be asked again by everyone who reads: a key that only encrypts is refused now.
  await opened(ctx, place, made)
  const { name } = look()
  const isFirst = stagedVersion(ctx, name, current) === undefined
  const labels = isFirst && !stages.includes(current) ? [...stages, current] : stages
  const prepared = versionOf(ctx, name, token)
  if (prepared === undefined) {
    return addVersion(ctx, name, { versionId: token, stages: labels, value: made })
  }
  if (prepared.value !== undefined) throw versionExists()
  const key = orderedKey(name, prepared.number)
  versions.update(ctx, key, { value: made, createdAtMs: ctx.now() })
  secrets.update(ctx, name, { changedAtMs: ctx.now() })
  for (const stage of labels) moveStage(ctx, prepared, stage)
  return versions.get(ctx, key) ?? prepared
}

async function isSame(
  ctx: Context,
  { arn }: SecretRecord,
  { versionId, value }: VersionRecord,
  wanted: PlainValue,
): Promise<boolean> {
  if (value === undefined || value.kind !== wanted.kind) return false
  const there = await opened(ctx, { arn, versionId }, value)
  return Buffer.from(there.bytes).equals(wanted.bytes)
}
