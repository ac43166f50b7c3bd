/**
 * The scopes of someone's groups, for one app client: `admin-<client id>`. The client is part of the name so that a
 * scope says for which client it was given.
 */
export function scopesOfGroups(groups: readonly string[], clientId: string): string[] {
  // Scopes are separated by spaces: a name with one in it would read as two.
  return groups.filter((group) => !/\s/.test(group)).map((group) => scopeOf(group, clientId))
}

export function scopeOf(group: string, clientId: string): string {
  return `${group}-${clientId}`
}
