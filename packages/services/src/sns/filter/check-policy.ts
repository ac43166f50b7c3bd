import { JsonProblem, type JsonTokens } from '../../shared/json-tokens.ts'
import { parseCidr } from './addresses.ts'

/**
 * Checks a filter policy's grammar and refuses it in AWS's words, with the place where AWS's reader gives up.
 * Source: the open event ruler that SNS filters with. Recorded: sns, Subscribe, `FilterPolicy`.
 */
export function checkPolicy(tokens: JsonTokens): void {
  if (tokens.next() !== 'startObject') throw tokens.problem('Filter is not an object')
  checkObject(tokens, false)
}

const oneKey = 'Only one key allowed in match expression'

function checkObject(tokens: JsonTokens, mayBeEmpty: boolean): void {
  let empty = true
  while (tokens.next() !== 'endObject') {
    empty = false
    const name = tokens.text()
    const kind = tokens.next()
    if (name === '$or' && kind === 'startArray') checkOr(tokens)
    else if (kind === 'startObject') checkObject(tokens, false)
    else if (kind === 'startArray') checkValues(tokens)
    else throw tokens.problem(`"${name}" must be an object or an array`)
  }
  if (empty && !mayBeEmpty) throw tokens.problem('Empty objects are not allowed')
}

function checkOr(tokens: JsonTokens): void {
  let count = 0
  for (let kind = tokens.next(); kind !== 'endArray'; kind = tokens.next()) {
    count += 1
    if (kind !== 'startObject') {
      throw tokens.problem('Only JSON object is allowed in array of $or relationship.')
    }
    checkObject(tokens, false)
  }
  if (count < 2) throw tokens.problem('There must have at least 2 Objects in $or relationship.')
}

function checkValues(tokens: JsonTokens): void {
  let count = 0
  for (let kind = tokens.next(); kind !== 'endArray'; kind = tokens.next()) {
    count += 1
    if (kind === 'startObject') checkExpression(tokens)
    else if (kind === 'startArray') {
      throw tokens.problem('Match value must be String, number, true, false, or null')
    }
  }
  if (count === 0) throw tokens.problem('Empty arrays are not allowed')
}

function checkExpression(tokens: JsonTokens): void {
  if (tokens.next() !== 'name') throw tokens.problem('Match expression name not found')
  const name = tokens.text()
  switch (name) {
    case 'prefix':
    case 'suffix':
    case 'equals-ignore-case':
      text(tokens, `${name} match pattern must be a string`)
      break
    case 'cidr':
      // AWS's own words for a CIDR that is no string.
      checkCidr(text(tokens, 'prefix match pattern must be a string'))
      break
    case 'exists': {
      const kind = tokens.next()
      if (kind !== 'true' && kind !== 'false') {
        throw tokens.problem('exists match pattern must be either true or false.')
      }
      break
    }
    case 'numeric':
      checkNumeric(tokens)
      break
    case 'anything-but':
      checkAnythingBut(tokens)
      break
    default:
      tokens.next()
      throw tokens.problem(`Unrecognized match type ${name}`)
  }
  if (tokens.next() !== 'endObject') throw tokens.problem(oneKey)
}

function text(tokens: JsonTokens, otherwise: string): string {
  if (tokens.next() !== 'string') throw tokens.problem(otherwise)
  return tokens.text()
}

function checkCidr(cidr: string): void {
  const problem = parseCidr(cidr)
  if (typeof problem === 'string') throw new JsonProblem(problem)
}

function checkAnythingBut(tokens: JsonTokens): void {
  const kind = tokens.next()
  if (kind === 'string' || kind === 'number') return
  if (kind === 'startArray') {
    checkAnythingButList(tokens)
    return
  }
  if (kind !== 'startObject') {
    throw tokens.problem('Value of anything-but must be an array or single string/number value.')
  }
  if (tokens.next() !== 'name') throw tokens.problem('Anything-But expression name not found')
  const name = tokens.text()
  if (name !== 'prefix' && name !== 'equals-ignore-case') {
    throw tokens.problem(`Unsupported anything-but pattern: ${name}`)
  }
  text(tokens, `${name} match pattern must be a string`)
  if (tokens.next() !== 'endObject') throw tokens.problem(oneKey)
}

function checkAnythingButList(tokens: JsonTokens): void {
  let first: string | undefined
  for (let kind = tokens.next(); kind !== 'endArray'; kind = tokens.next()) {
    if (kind !== 'string' && kind !== 'number') {
      throw tokens.problem('Inside anything but list, start|null|boolean is not supported.')
    }
    first ??= kind
    if (kind !== first) {
      throw tokens.problem(
        'Inside anything but list, either all values are number or string, mixed type is not supported',
      )
    }
  }
  if (first === undefined) throw tokens.problem('Empty arrays are not allowed')
}

const tooMany = 'Too many elements in numeric expression'

function checkNumeric(tokens: JsonTokens): void {
  if (tokens.next() !== 'startArray') throw tokens.problem('Value of numeric must be an array.')
  if (tokens.next() !== 'string') {
    throw tokens.problem(`Invalid member in numeric match: ${tokens.text()}`)
  }
  const operator = tokens.text()
  if (!['=', '<', '<=', '>', '>='].includes(operator)) {
    tokens.next()
    throw tokens.problem(`Unrecognized numeric range operator: ${operator}`)
  }
  const bottom = number(tokens, operator === '=' ? 'equals' : operator)
  const kind = tokens.next()
  if (kind === 'endArray') return
  if (!operator.startsWith('>')) throw tokens.problem(tooMany)
  if (kind !== 'string') throw tokens.problem(`Bad value in numeric range: ${tokens.text()}`)
  const second = tokens.text()
  if (second !== '<' && second !== '<=') {
    throw tokens.problem(`Bad numeric range operator: ${second}`)
  }
  const top = number(tokens, second)
  if (tokens.next() !== 'endArray')
    throw tokens.problem('Too many terms in numeric range expression')
  if (bottom >= top) throw tokens.problem('Bottom must be less than top')
}

function number(tokens: JsonTokens, operator: string): number {
  if (tokens.next() !== 'number') throw tokens.problem(`Value of ${operator} must be numeric`)
  return Number(tokens.text())
}
