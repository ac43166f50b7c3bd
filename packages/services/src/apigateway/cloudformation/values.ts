import type { ResourceTag } from '@cloud-orrery/models'
import type { PatchOperation } from '@cloud-orrery/models/apigateway'
import type { ResourceContext } from '../../context.ts'

/** The stack's tags and the template's own, which win. */
export function tagsOf(
  ctx: ResourceContext,
  own: readonly ResourceTag[] | undefined,
): Record<string, string> {
  const given = Object.fromEntries((own ?? []).map(({ Key, Value }) => [Key, Value]))
  return { ...ctx.stackTags, ...given }
}

/** Replaces of what a template changed, by path; what it no longer has is removed, or set to nothing. */
export function changes(
  fields: Readonly<Record<string, readonly [before: unknown, after: unknown]>>,
): PatchOperation[] {
  const operations: PatchOperation[] = []
  for (const [path, [before, after]] of Object.entries(fields)) {
    if (JSON.stringify(before) === JSON.stringify(after)) continue
    operations.push(
      after === undefined
        ? { op: 'replace', path, value: '' }
        : { op: 'replace', path, value: textOf(after) },
    )
  }
  return operations
}

/** Additions and removals by which a list of names becomes another: under a path, as its last part. */
export function listChanges(
  path: string,
  before: readonly string[] = [],
  after: readonly string[] = [],
): PatchOperation[] {
  const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1')
  return [
    ...before
      .filter((name) => !after.includes(name))
      .map((name) => ({ op: 'remove', path: `${path}/${escaped(name)}` })),
    ...after
      .filter((name) => !before.includes(name))
      .map((name) => ({ op: 'add', path: `${path}/${escaped(name)}` })),
  ]
}

export function textOf(value: unknown): string {
  return typeof value === 'string'
    ? value
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value)
}

/** Templates give flags as texts too. */
export function flags(
  map: Readonly<Record<string, boolean | string>> | undefined,
): Record<string, boolean> | undefined {
  if (map === undefined) return undefined
  return Object.fromEntries(
    Object.entries(map).map(([key, value]) => [key, String(value) === 'true']),
  )
}
