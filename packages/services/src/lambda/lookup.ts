import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import type { Authorization } from '../define.ts'
import { functionNotFound } from './errors.ts'
import { type FunctionName, functionArn, namedFunction } from './names.ts'
import {
  type AliasRecord,
  aliases,
  type FunctionRecord,
  functions,
  type VersionRecord,
  versions,
} from './state.ts'

export const latest = '$LATEST'

/** What a name with its qualifier leads to. */
export interface Found {
  readonly fn: FunctionRecord
  readonly version: VersionRecord
  readonly alias?: AliasRecord
}

export function versionKey(functionName: string, number: number): string {
  return orderedKey(functionName, number)
}

/** The number in a qualifier; undefined for an alias. `$LATEST` is 0. */
export function versionNumber(qualifier: string | undefined): number | undefined {
  if (qualifier === undefined || qualifier === latest) return 0
  return /^\d+$/.test(qualifier) ? Number(qualifier) : undefined
}

export function qualifierOf(version: number): string {
  return version === 0 ? latest : String(version)
}

export function find(ctx: Context, { name, qualifier }: FunctionName): Found | undefined {
  const fn = functions.get(ctx, name)
  if (fn === undefined) return undefined
  const number = versionNumber(qualifier)
  if (number !== undefined) {
    const version = versions.get(ctx, versionKey(name, number))
    return version === undefined ? undefined : { fn, version }
  }
  const alias = aliases.get(ctx, orderedKey(name, qualifier ?? ''))
  if (alias === undefined) return undefined
  const version = versions.get(ctx, versionKey(name, alias.version))
  return version === undefined ? undefined : { fn, version, alias }
}

/** Throws `Function not found` with the ARN that was looked for. */
export function found(ctx: Context, name: FunctionName): Found {
  const it = find(ctx, name)
  if (it === undefined) throw functionNotFound(functionArn(ctx, name))
  return it
}

/** The function itself, whatever its qualifier. */
export function theFunction(ctx: Context, name: FunctionName): FunctionRecord {
  const fn = functions.get(ctx, name.name)
  if (fn === undefined) throw functionNotFound(functionArn(ctx, { ...name, qualifier: undefined }))
  return fn
}

export function theLatest(ctx: Context, name: string): VersionRecord {
  const version = versions.get(ctx, versionKey(name, 0))
  if (version === undefined) throw functionNotFound(name)
  return version
}

/** Writes a change of a version; whoever changes it gives it another revision. */
export function changeVersion(
  ctx: Context,
  version: VersionRecord,
  change: Partial<VersionRecord>,
): VersionRecord {
  const key = versionKey(version.functionName, version.number)
  return versions.update(ctx, key, { ...change, revisionId: ctx.ids.uuid() })
}

/** How most operations are judged: on the function's ARN, without a qualifier. */
export function judgedFunction(
  ctx: Context,
  text: string,
  options: {
    qualifier?: string | undefined
    action?: string
    context?: Authorization['context']
  } = {},
): Authorization {
  const named = namedFunction(ctx, text, options.qualifier)
  const { action, context } = options
  const fn = functions.get(ctx.at({ accountId: named.accountId }), named.name)
  return {
    resource: functionArn(ctx, named),
    context: { ...tagContext(fn?.tags ?? {}), ...context },
    ...(action === undefined ? {} : { action }),
  }
}

export function tagContext(tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
  )
}

export function requestTagContext(
  tags: Readonly<Record<string, string>> | undefined,
): Record<string, string | readonly string[]> {
  if (tags === undefined || Object.keys(tags).length === 0) return {}
  return {
    ...Object.fromEntries(
      Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value]),
    ),
    'aws:TagKeys': Object.keys(tags),
  }
}
