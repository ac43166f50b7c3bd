import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import type { Authorization } from '../define.ts'
import { invalidName, isReplica, markedForDeletion, secretNotFound } from './errors.ts'
import { type SecretRecord, secretArn, secrets } from './state.ts'

const nameText = /^[A-Za-z0-9/_+=.@!-]+$/

/** A hyphen and six characters at the end of each secret's ARN. */
const suffixLength = 7

/** How a `SecretId` names a secret: by name, by ARN, or by ARN without its last seven characters. */
interface Reference {
  readonly name: string
  /** Absent where the caller gave a name: the context's own. */
  readonly region?: string
  readonly accountId?: string
  readonly isArn: boolean
}

function parsed(id: string): Reference {
  if (!id.startsWith('arn:')) return { name: id, isArn: false }
  const [, , , region = '', accountId = '', , ...rest] = id.split(':')
  return { name: rest.join(':'), region, accountId, isArn: true }
}

/** The account of a secret that is named by ARN. */
export function scopeOf({ SecretId }: { readonly SecretId?: string | undefined }): {
  accountId?: string
} {
  // Asked before the input is checked: the model requires SecretId, the caller may have left it out.
  const { accountId = '' } = typeof SecretId === 'string' ? parsed(SecretId) : {}
  return /^\d{12}$/.test(accountId) ? { accountId } : {}
}

export function findSecret(ctx: Context, id: string): SecretRecord | undefined {
  const { name, region = ctx.region, accountId = ctx.accountId, isArn } = parsed(id)
  if (region !== ctx.region || accountId !== ctx.accountId) return undefined
  const whole = secrets.get(ctx, name)
  if (whole !== undefined || !isArn) return whole
  const found = secrets.get(ctx, name.slice(0, -suffixLength))
  return found?.arn === id ? found : undefined
}

/** Throws what every operation answers of a name that cannot be one, or that is nobody's. */
export function theSecret(ctx: Context, id: string): SecretRecord {
  checkName(parsed(id).name)
  const found = findSecret(ctx, id)
  if (found === undefined) throw secretNotFound()
  return found
}

export function checkName(name: string): void {
  if (!nameText.test(name)) throw invalidName()
}

/** A secret that is not marked for deletion. */
export function theActiveSecret(ctx: Context, id: string): SecretRecord {
  const secret = theSecret(ctx, id)
  if (secret.deletionAtMs !== undefined) throw markedForDeletion()
  return secret
}

/** A secret that may be changed: no replica, and not marked for deletion. */
export function theOwnSecret(ctx: Context, id: string): SecretRecord {
  const secret = theActiveSecret(ctx, id)
  checkPrimary(ctx, secret)
  return secret
}

export function checkPrimary(ctx: Context, secret: SecretRecord): void {
  if (isReplicaHere(ctx, secret)) throw isReplica()
}

export function isReplicaHere({ region }: Context, { primaryRegion }: SecretRecord): boolean {
  return primaryRegion !== undefined && primaryRegion !== region
}

/**
 * How an operation on a secret is judged.
 * Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Secrets Manager".
 */
export function judged(ctx: Context, id: string, more: RequestContext = {}): Authorization {
  const found = findSecret(ctx, id)
  const resource = found?.arn ?? (id.startsWith('arn:') ? id : secretArn(ctx, id))
  return {
    resource,
    context: { 'secretsmanager:SecretId': resource, ...contextOf(found), ...more },
  }
}

/** Condition keys that a secret itself has. */
function contextOf(secret: SecretRecord | undefined): RequestContext {
  if (secret === undefined) return {}
  const { rotation, primaryRegion, tags } = secret
  return {
    ...(rotation === undefined
      ? {}
      : { 'secretsmanager:resource/AllowRotationLambdaArn': rotation.functionArn }),
    ...(primaryRegion === undefined ? {} : { 'secretsmanager:SecretPrimaryRegion': primaryRegion }),
    ...Object.fromEntries(
      Object.entries(tags).flatMap(([key, value]) => [
        [`aws:ResourceTag/${key}`, value],
        [`secretsmanager:ResourceTag/${key}`, value],
      ]),
    ),
  }
}
