/** Clients send the same few header names again and again. */
const lowerCaseNames = new Map<string, string>()
const namesMax = 1000

/** A header's name in lower case. */
export function lowerCaseName(name: string): string {
  let lower = lowerCaseNames.get(name)
  if (lower === undefined) {
    lower = name.toLowerCase()
    if (lowerCaseNames.size < namesMax) lowerCaseNames.set(name, lower)
  }
  return lower
}
