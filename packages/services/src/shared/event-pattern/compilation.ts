import { JsonProblem, JsonTokens, type TokenKind } from '../json-tokens.ts'
import { parseAddress } from './address.ts'
import { type MatchValue, readMatchExpression } from './match-expression.ts'
import { type CompiledPattern, fieldOf } from './matching.ts'
import { type FieldTest, type Leaf, ofString } from './value-tests.ts'

/** Fields of one branch by their dotted path. */
type Branch = ReadonlyMap<string, FieldTest>

/** Branches that `$or` may multiply into. Source: EventBridge User Guide, "Event pattern operators", `$or`. */
const branchesMax = 1000

/** Names that `$or` may not hold as fields. Source: the open event ruler of EventBridge, Constants. */
const reservedInOr: ReadonlySet<string> = new Set([
  'exactly',
  'equals-ignore-case',
  'prefix',
  'suffix',
  'anything-but',
  'exists',
  'wildcard',
  'numeric',
  'cidr',
  '=',
  '<',
  '<=',
  '>',
  '>=',
  'regex',
  'not-wildcard',
  'not-equals-ignore-case',
  'date-after',
  'date-on-or-after',
  'date-before',
  'date-on-or-before',
  'in-date-range',
  'ip-address-in-range',
  'ip-address-not-in-range',
])

/** Compiles an event pattern. Throws JsonProblem with AWS's reason, `InvalidEventPatternException`'s text. */
export function compilePattern(source: string): CompiledPattern {
  const tokens = new JsonTokens(source)
  if (tokens.next() !== 'startObject') throw tokens.problem('Filter is not an object')
  const branches = readObject(tokens, [], [], false)
  return {
    branches: branches.map((branch) => [...branch].map(([path, test]) => fieldOf(path, test))),
  }
}

/** Reads fields up to the end of an object, adding them to every branch made so far. */
function readObject(
  tokens: JsonTokens,
  branches: readonly Branch[],
  path: readonly string[],
  insideOr: boolean,
): readonly Branch[] {
  let made = branches
  let empty = true
  while (tokens.next() !== 'endObject') {
    empty = false
    const name = tokens.text()
    if (name === '$or') {
      made = readOr(tokens, made, path)
      continue
    }
    if (insideOr && reservedInOr.has(name)) {
      throw tokens.problem(`${name} is Ruler reserved fieldName which cannot be used inside $or.`)
    }
    const kind = tokens.next()
    if (kind === 'startObject') made = readObject(tokens, made, [...path, name], insideOr)
    else if (kind === 'startArray')
      made = withField(made, [...path, name].join('.'), readValues(tokens))
    else throw tokens.problem(`"${name}" must be an object or an array`)
  }
  if (empty) throw tokens.problem('Empty objects are not allowed')
  return made
}

function readOr(
  tokens: JsonTokens,
  branches: readonly Branch[],
  path: readonly string[],
): readonly Branch[] {
  if (tokens.next() !== 'startArray') throw tokens.problem('It must be an Array followed with $or.')
  const start = branches.length === 0 ? [new Map()] : branches
  const made: Branch[] = []
  let count = 0
  for (let kind = tokens.next(); kind !== 'endArray'; kind = tokens.next()) {
    count += 1
    if (kind !== 'startObject') {
      throw tokens.problem('Only JSON object is allowed in array of $or relationship.')
    }
    made.push(...readObject(tokens, start, path, true))
    if (made.length > branchesMax) {
      throw new JsonProblem(`Rule is too complex - it has more than ${branchesMax} combinations`)
    }
  }
  if (count < 2) throw tokens.problem('There must have at least 2 Objects in $or relationship.')
  return made
}

/** A field that is named twice keeps what was said last, as JSON readers do. */
function withField(branches: readonly Branch[], path: string, test: FieldTest): readonly Branch[] {
  if (branches.length === 0) return [new Map([[path, test]])]
  return branches.map((branch) => new Map([...branch, [path, test]]))
}

function readValues(tokens: JsonTokens): FieldTest {
  const strings = new Set<string>()
  const others = new Set<Leaf>()
  const tests: ((value: Leaf) => boolean)[] = []
  let absent = false
  let count = 0
  for (let kind = tokens.next(); kind !== 'endArray'; kind = tokens.next()) {
    count += 1
    const value = readValue(tokens, kind)
    if (value.exact !== undefined) {
      if (typeof value.exact === 'string') strings.add(value.exact)
      else others.add(value.exact)
    }
    if (value.test !== undefined) tests.push(value.test)
    if (value.absent === true) absent = true
  }
  if (count === 0) throw tokens.problem('Empty arrays are not allowed')
  return { strings, others, tests, absent }
}

function readValue(tokens: JsonTokens, kind: TokenKind): MatchValue {
  switch (kind) {
    case 'startObject':
      return readMatchExpression(tokens)
    case 'string':
      return exactText(tokens.text())
    case 'number':
      return { exact: Number(tokens.text()) }
    case 'true':
      return { exact: true }
    case 'false':
      return { exact: false }
    case 'null':
      return { exact: null }
    default:
      throw tokens.problem('Match value must be String, number, true, false, or null')
  }
}

/** An address matches every way to write it. */
function exactText(text: string): MatchValue {
  const address = parseAddress(text)
  if (address === undefined) return { exact: text }
  const same = ofString((other) => {
    const found = parseAddress(other)
    return found?.bits === address.bits && found.value === address.value
  })
  return { exact: text, test: same }
}
