/** How deep AWS's readers go into a JSON text. Source: Jackson, `StreamReadConstraints.DEFAULT_MAX_DEPTH`. */
const jsonDepthMax = 1000

const parts = /"(?:[^"\\]|\\.)*"|[[{]|[\]}]/gs

/** Whether a JSON text nests deeper than AWS's readers go: what walks its value stays within the stack. */
export function isTooDeep(json: string): boolean {
  let depth = 0
  for (const [part] of json.matchAll(parts)) {
    if (part === '{' || part === '[') depth += 1
    else if (part === '}' || part === ']') depth -= 1
    if (depth > jsonDepthMax) return true
  }
  return false
}
