import type { Scope } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import { otherRegion, qualifierMismatch } from './errors.ts'

/** What a caller wrote where a function's name is asked for, read. */
export interface FunctionName {
  readonly accountId: string
  readonly region: string
  readonly name: string
  /** `$LATEST`, a version's number, an alias; absent for the function itself. */
  readonly qualifier?: string | undefined
  /** Whether the account was written. */
  readonly full: boolean
}

/**
 * A name, a partial ARN (`123456789012:function:name`) or an ARN, each with or without a qualifier. Source: the
 * model's pattern of `FunctionName`.
 */
const form =
  /^(?:arn:[^:]+:lambda:)?(?:([a-z]{2}(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?(?:function:)?([a-zA-Z0-9-_.]+)(?::(\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9-_]+))?$/

/** Undefined where the text is none; the model's own check says so in AWS's words. */
export function readFunctionName(scope: Scope, text: string): FunctionName | undefined {
  const match = form.exec(text)
  if (match === null) return undefined
  const [, region, accountId, name = '', qualifier] = match
  return {
    accountId: accountId ?? scope.accountId,
    region: region ?? scope.region,
    name,
    full: accountId !== undefined,
    ...(qualifier === undefined ? {} : { qualifier }),
  }
}

/** Where an operation on a function works: the account is the owner's. Bad names stay here and are refused later. */
export function scopeOfName(
  input: { readonly FunctionName?: unknown },
  ctx: Context,
): Partial<Scope> {
  const text = input.FunctionName
  if (typeof text !== 'string') return {}
  const name = readFunctionName(ctx, text)
  return name === undefined ? {} : { accountId: name.accountId }
}

/**
 * The function that a call means, with the qualifier of its name or of its own parameter. Throws where both are
 * given and differ, and where the ARN is one of another region.
 */
export function namedFunction(
  ctx: Context,
  text: string,
  qualifier?: string | undefined,
): FunctionName {
  const read = readFunctionName(ctx, text) ?? { ...plainScope(ctx), name: text, full: false }
  if (read.region !== ctx.region) throw otherRegion(read.region, ctx.region)
  if (qualifier === undefined) return read
  if (read.qualifier !== undefined && read.qualifier !== qualifier) throw qualifierMismatch()
  return { ...read, qualifier }
}

function plainScope({ accountId, region }: Scope): Scope {
  return { accountId, region }
}

export function functionArn(
  { partition }: { partition: string },
  { accountId, region, name, qualifier }: Omit<FunctionName, 'full'>,
): string {
  const arn = `arn:${partition}:lambda:${region}:${accountId}:function:${name}`
  return qualifier === undefined ? arn : `${arn}:${qualifier}`
}

/** An ARN's function and qualifier; undefined for other ARNs. */
export function readFunctionArn(arn: string): FunctionName | undefined {
  const parts = arn.split(':')
  const [head, , service, region = '', accountId = '', kind, name = '', qualifier] = parts
  if (head !== 'arn' || service !== 'lambda' || kind !== 'function' || parts.length > 8) {
    return undefined
  }
  return { accountId, region, name, full: true, ...(qualifier === undefined ? {} : { qualifier }) }
}
