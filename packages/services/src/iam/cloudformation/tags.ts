import type { ResourceTag } from '@cloud-orrery/models'
import type { ResourceContext } from '../../context.ts'

/**
 * A resource's own tags and the stack's. IAM's types take no `aws:cloudformation:` tags: their schemas say so.
 * Recorded: AWS::IAM::User, which has none.
 */
export function tagsOf(ctx: ResourceContext, own: readonly ResourceTag[] = []): ResourceTag[] {
  const tags = new Map<string, string>()
  for (const [key, value] of Object.entries(ctx.stackTags)) {
    if (!key.startsWith('aws:')) tags.set(key, value)
  }
  for (const { Key, Value } of own) tags.set(Key, Value)
  return [...tags].map(([Key, Value]) => ({ Key, Value }))
}

/** What to tag and untag to come from one list of tags to another. */
export function tagChanges(
  before: readonly ResourceTag[],
  now: readonly ResourceTag[],
): { readonly set: ResourceTag[]; readonly gone: string[] } {
  const old = new Map(before.map(({ Key, Value }) => [Key, Value]))
  const wanted = new Set(now.map(({ Key }) => Key))
  return {
    set: now.filter(({ Key, Value }) => old.get(Key) !== Value),
    gone: [...old.keys()].filter((key) => !wanted.has(key)),
  }
}
