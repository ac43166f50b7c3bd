import jsonata from 'jsonata'

/** Functions of the library whose work grows with the texts that they read or make. */
const names = [
  'string',
  'length',
  'substring',
  'substringBefore',
  'substringAfter',
  'uppercase',
  'lowercase',
  'trim',
  'contains',
  'split',
  'join',
  'match',
  'replace',
  'number',
  'base64encode',
  'base64decode',
  'encodeUrlComponent',
  'encodeUrl',
  'decodeUrlComponent',
  'decodeUrl',
] as const

/** A function of the library, as expressions hold it. */
interface NativeFunction {
  readonly _jsonata_function: true
  readonly implementation: (this: unknown, ...args: unknown[]) => unknown
}

export type NativeFunctions = ReadonlyMap<string, NativeFunction>

/** The library's own functions on texts, which it shows to expressions alone. */
export async function nativeTextFunctions(): Promise<NativeFunctions> {
  const expression = jsonata(`[${names.map((name) => `$${name}`).join(', ')}]`)
  // The library's types know no functions as values.
  const functions = (await expression.evaluate(undefined)) as readonly NativeFunction[]
  return new Map(functions.map((it, at) => [names[at] ?? '', it]))
}

/** The same functions, which tell how many characters they read and make: `spend` throws where it is too much. */
export function meteredTexts(
  natives: NativeFunctions,
  spend: (characters: number) => void,
): Readonly<Record<string, unknown>> {
  const metered = [...natives].map(([name, native]) => {
    const { implementation } = native
    const counting = function (this: unknown, ...args: unknown[]): unknown {
      for (const arg of args) spendFor(arg, spend)
      const made = implementation.apply(this, args)
      spendFor(made, spend)
      return made
    }
    // The library reads names and number of a function's parameters from its text.
    Object.defineProperties(counting, {
      length: { value: implementation.length },
      toString: { value: () => implementation.toString() },
    })
    return [name, { ...native, implementation: counting }] as const
  })
  return Object.fromEntries(metered)
}

function spendFor(value: unknown, spend: (characters: number) => void): void {
  if (typeof value === 'string') spend(value.length)
  else if (Array.isArray(value)) for (const item of value) spendFor(item, spend)
  else if (typeof value === 'object' && value !== null && !isCode(value)) {
    for (const item of Object.values(value)) spendFor(item, spend)
  }
  spend(1)
}

/** Functions and patterns; promises of results are of other functions. */
function isCode(value: object): boolean {
  return (
    '_jsonata_function' in value ||
    '_jsonata_lambda' in value ||
    value instanceof RegExp ||
    value instanceof Promise
  )
}
