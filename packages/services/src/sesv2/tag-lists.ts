/** Tags as the API lists them. */
export type TagList = readonly { readonly Key: string; readonly Value: string }[]

export function tagsOf(list: TagList = []): Record<string, string> {
  return Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]))
}

export function tagList(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}
