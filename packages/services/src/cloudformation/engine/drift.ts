import { isList, isObject, type Json, type JsonObject, sameJson, stringified } from './json.ts'

/** One difference between what a template wants and what is there. */
export interface PropertyDifference {
  /** `/Environment/Variables/URL` */
  readonly path: string
  readonly expected: Json | undefined
  readonly actual: Json | undefined
  readonly type: 'ADD' | 'REMOVE' | 'NOT_EQUAL'
}

/**
 * Differences in what the template sets; what it leaves to AWS does not drift. Recorded:
 * test_drift_detection_on_lambda (leaves of nested objects, in the order of their paths).
 */
export function differences(
  expected: JsonObject,
  actual: JsonObject,
): readonly PropertyDifference[] {
  const found: PropertyDifference[] = []
  for (const [name, value] of Object.entries(expected)) {
    if (name === 'Tags') compareTags(value, actual[name], found)
    else compare(value, actual[name], `/${name}`, found)
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

function compare(
  expected: Json,
  actual: Json | undefined,
  path: string,
  found: PropertyDifference[],
): void {
  if (actual === undefined) {
    found.push({ path, expected, actual, type: 'REMOVE' })
  } else if (isObject(expected) && isObject(actual)) {
    for (const name of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const wanted = expected[name]
      if (wanted === undefined) {
        found.push({
          path: `${path}/${name}`,
          expected: undefined,
          actual: actual[name],
          type: 'ADD',
        })
      } else compare(wanted, actual[name], `${path}/${name}`, found)
    }
  } else if (isList(expected) && isList(actual)) {
    compareLists(expected, actual, path, found)
  } else if (!sameJson(expected, parsedLike(expected, actual))) {
    found.push({ path, expected, actual, type: 'NOT_EQUAL' })
  }
}

/** A document that AWS gives back as text is the object that it says. */
function parsedLike(expected: Json, actual: Json): Json {
  if (typeof actual !== 'string' || typeof expected !== 'object') return actual
  try {
    return JSON.parse(actual) as Json // `JSON.parse` gives nothing else.
  } catch (error) {
    if (error instanceof SyntaxError) return actual
    throw error
  }
}

function compareLists(
  expected: readonly Json[],
  actual: readonly Json[],
  path: string,
  found: PropertyDifference[],
): void {
  for (let i = 0; i < Math.max(expected.length, actual.length); i += 1) {
    const [wanted, is] = [expected[i], actual[i]]
    if (wanted === undefined) {
      found.push({ path: `${path}/${i}`, expected: undefined, actual: is, type: 'ADD' })
    } else compare(wanted, is, `${path}/${i}`, found)
  }
}

/** Tags without those that only the stack gave; what the template gives too is the template's. */
export function withoutStackTags(
  expected: Json,
  actual: Json,
  stackTags: Readonly<Record<string, string>>,
): Json {
  if (isList(expected) && isList(actual)) {
    const own = new Set(expected.map(tagKey))
    return actual.filter((tag) => own.has(tagKey(tag)) || !Object.hasOwn(stackTags, tagKey(tag)))
  }
  if (!isObject(expected) || !isObject(actual)) return actual
  return Object.fromEntries(
    Object.entries(actual).filter(
      ([key]) => Object.hasOwn(expected, key) || !Object.hasOwn(stackTags, key),
    ),
  )
}

function tagKey(tag: Json): string {
  return isObject(tag) ? String(tag['Key']) : ''
}

/** Tags have no order, and those that CloudFormation itself adds are none of the template's. */
function compareTags(expected: Json, actual: Json | undefined, found: PropertyDifference[]): void {
  if (!isList(expected) || !isList(actual)) {
    compare(expected, actual, '/Tags', found)
    return
  }
  for (const [i, tag] of expected.entries()) {
    const is = actual.find((each) => tagKey(each) === tagKey(tag))
    if (is === undefined)
      found.push({ path: `/Tags/${i}`, expected: tag, actual: is, type: 'REMOVE' })
    else compare(tag, is, `/Tags/${i}`, found)
  }
}

/** Values as drift shows them: text for scalars, JSON for the rest. */
export function shownValue(value: Json | undefined): string {
  if (value === undefined) return ''
  const text = stringified(value)
  return typeof text === 'string' ? text : JSON.stringify(text)
}
