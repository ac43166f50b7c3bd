/**
 * `*` stands for any characters, also none; `?` for exactly one. Goes back to the last star only, so that the time is at
 * most the product of the lengths.
 */
export function matchesWildcards(value: string, pattern: string): boolean {
  let at = 0
  let place = 0
  let star = -1
  let resume = 0
  while (at < value.length) {
    const current = pattern[place]
    if (current === '*') {
      star = place
      resume = at
      place += 1
    } else if (current === '?' || (current !== undefined && current === value[at])) {
      at += 1
      place += 1
    } else if (star >= 0) {
      place = star + 1
      resume += 1
      at = resume
    } else return false
  }
  while (pattern[place] === '*') place += 1
  return place === pattern.length
}
