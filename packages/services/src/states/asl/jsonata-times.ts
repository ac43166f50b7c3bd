import jsonata from 'jsonata'

/** The variable that carries model time into an evaluation. No expression can spell its name. */
export const modelTime = 'model time'

/** Most ways in which one text may be laid onto a picture, each of which the library may try. */
const waysMax = 1_000_000

interface LibraryFunction {
  readonly implementation: (this: { readonly environment: unknown }, ...args: unknown[]) => unknown
}

interface Evaluation {
  readonly environment: { readonly lookup: (name: string) => unknown }
}

/** Kept once found: two functions without state. */
let known: { readonly toMillis: LibraryFunction; readonly fromMillis: LibraryFunction } | undefined

/** The library's own functions, which it binds into every evaluation. */
async function library(): Promise<NonNullable<typeof known>> {
  // An object of two functions comes back as it is; their form is the library's.
  known ??= (await jsonata('{"toMillis": $toMillis, "fromMillis": $fromMillis}').evaluate(
    undefined,
  )) as NonNullable<typeof known>
  return known
}

/** `$toMillis`: what a picture leaves out is taken from model time, as the library takes it from its clock. */
export async function parsedTime(
  this: Evaluation,
  text?: string,
  picture?: string,
): Promise<unknown> {
  const nowMs = Number(this.environment.lookup(modelTime))
  if (text !== undefined && picture !== undefined && ways(text, picture) > waysMax) {
    throw new Error('The picture can be read in too many ways')
  }
  const { toMillis } = await library()
  return toMillis.implementation.call(
    { environment: { timestamp: new Date(nowMs) } },
    ...[text, picture],
  )
}

/** `$now`. */
export async function formattedTime(
  nowMs: number,
  picture?: string,
  timezone?: string,
): Promise<unknown> {
  if (picture === undefined && timezone === undefined) return new Date(nowMs).toISOString()
  const { fromMillis } = await library()
  return fromMillis.implementation.call({ environment: undefined }, nowMs, picture, timezone)
}

/** Each marker that may take more or less of the text, with nothing fixed before it, multiplies what can be tried. */
function ways(text: string, picture: string): number {
  let count = 1
  let isAfterGap = true
  for (const [, literal = '', marker = ''] of picture.matchAll(/([^[]*)\[([^\]]*)\]/g)) {
    if (/[^A-Za-z0-9\s]/.test(literal) || (literal !== '' && !/[NwW]/.test(marker)))
      isAfterGap = true
    const isFixed = /\d{2}/.test(marker)
    if (!isAfterGap && !isFixed) count *= text.length
    isAfterGap = isFixed
  }
  return count
}
