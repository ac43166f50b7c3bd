/** Smallest table of a Java `HashMap`, and the share of it that fills before it doubles. */
const smallestTable = 16
const loadFactor = 0.75

/**
 * The members of a list in the order in which a Java `HashMap` of them by name would give them: the order in
 * which AWS lists a stack's parameters, whatever the order in the template. Recorded:
 * test_updating_an_updated_stack_sets_status, test_nested_conditions, test_describe_template.
 */
export function inMapOrder<T>(members: readonly T[], name: (member: T) => string): T[] {
  let size = smallestTable
  while (members.length > size * loadFactor) size *= 2
  const slot = (member: T) => spread(name(member)) & (size - 1)
  return members.toSorted((left, right) => slot(left) - slot(right))
}

function spread(text: string): number {
  let hash = 0
  for (let i = 0; i < text.length; i += 1) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0
  return hash ^ (hash >>> 16)
}
