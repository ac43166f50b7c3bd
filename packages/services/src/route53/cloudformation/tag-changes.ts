interface Tag {
  readonly Key: string
  readonly Value: string
}

interface TagChanges {
  AddTags?: readonly Tag[]
  RemoveTagKeys?: readonly string[]
}

/** What a ChangeTagsForResource has to say; undefined where nothing changes. Tags of the stack come first. */
export function tagChanges(
  before: readonly Tag[],
  now: readonly Tag[],
  stackTags: Readonly<Record<string, string>>,
): TagChanges | undefined {
  const wanted = new Map<string, string>()
  for (const [Key, Value] of Object.entries(stackTags)) {
    // Route 53 keeps the `aws:` prefix for itself.
    if (!Key.startsWith('aws:')) wanted.set(Key, Value)
  }
  for (const { Key, Value } of now) wanted.set(Key, Value)
  const gone = before.map(({ Key }) => Key).filter((key) => !wanted.has(key))
  const added = [...wanted].map(([Key, Value]) => ({ Key, Value }))
  if (gone.length === 0 && added.length === 0) return undefined
  return {
    ...(added.length === 0 ? {} : { AddTags: added }),
    ...(gone.length === 0 ? {} : { RemoveTagKeys: gone }),
  }
}
