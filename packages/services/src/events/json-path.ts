type Step = string | number | typeof every

/** All members of an object or all elements of a list. */
const every = Symbol('*')

const stepPattern = /\.\*|\[\*\]|\.([^.[\]]+)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]/y

/** Steps of a path such as `$.detail.list[0]`; undefined where EventBridge can't read it. */
export function parsePath(path: string): readonly Step[] | undefined {
  if (!path.startsWith('$')) return undefined
  const steps: Step[] = []
  stepPattern.lastIndex = 1
  while (stepPattern.lastIndex < path.length) {
    const found = stepPattern.exec(path)
    if (found === null) return undefined
    const [, name, index, single, double] = found
    const named = name ?? single ?? double
    if (named !== undefined) steps.push(named)
    else steps.push(index === undefined ? every : Number(index))
  }
  return steps
}

/**
 * What a path finds in an event; undefined when there is nothing. Dots, brackets, indices and `*`, no
 * filters. Source: EventBridge User Guide, "Input transformation", "JSON paths".
 */
export function valueAt(root: unknown, path: string): unknown {
  const steps = parsePath(path)
  return steps === undefined ? undefined : follow(root, steps, 0)
}

function follow(node: unknown, steps: readonly Step[], at: number): unknown {
  const step = steps[at]
  if (step === undefined) return node
  if (typeof node !== 'object' || node === null) return undefined
  if (step === every) {
    return Object.values(node)
      .map((value) => follow(value, steps, at + 1))
      .filter((value) => value !== undefined)
  }
  if (Array.isArray(node) ? typeof step !== 'number' : !Object.hasOwn(node, step)) return undefined
  // An own name of a value parsed from JSON, or an index of its list.
  return follow((node as Record<string | number, unknown>)[step], steps, at + 1)
}
