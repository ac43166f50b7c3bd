import type { ResourceTag } from '@cloud-orrery/models'
import type { ResourceContext } from '../../context.ts'

/** The stack's tags and the template's own, which win. */
export function tagsOf(
  ctx: ResourceContext,
  own: readonly ResourceTag[] | undefined,
): Record<string, string> {
  const given = Object.fromEntries((own ?? []).map(({ Key, Value }) => [Key, Value]))
  return { ...ctx.stackTags, ...given }
}
