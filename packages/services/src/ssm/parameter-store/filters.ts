import type { ParameterStringFilter } from '@cloud-orrery/models/ssm'
import type { Context } from '../../context.ts'
import { invalid } from '../errors.ts'
import {
  filterKeyDuplicate,
  filterKeyInvalid,
  filterOptionInvalid,
  filterValueInvalid,
  filterValueMissing,
} from './errors.ts'
import { checkPath, theNumbered, versionsOf } from './names.ts'
import type { ParameterRecord } from './state.ts'

type Test = (parameter: ParameterRecord) => boolean

const validKeys = {
  path: ['Type', 'KeyId', 'Label'],
  describe: ['Path', 'Name', 'Type', 'KeyId', 'Tier', 'DataType'],
} as const

const types = ['String', 'StringList', 'SecureString']
const tiers = ['Standard', 'Advanced', 'Intelligent-Tiering']

/**
 * All filters must hold; of the values of one, any. `label`: the one whose version is meant.
 * Source: ParameterStringFilter, and "Searching for Systems Manager parameters".
 */
export function compileFilters(
  ctx: Context,
  filters: readonly ParameterStringFilter[],
  of: 'path' | 'describe',
): { wanted: Test; label: string | undefined } {
  const seen = new Set<string>()
  const tests = filters.map((filter) => {
    const { Key } = filter
    const valid: readonly string[] = validKeys[of]
    const isTag = of === 'describe' && Key.startsWith('tag:')
    if (!isTag && !valid.includes(Key)) throw filterKeyInvalid(Key, valid)
    if (seen.has(Key)) throw filterKeyDuplicate(Key)
    seen.add(Key)
    return compile(ctx, filter)
  })
  const label = filters.find(({ Key }) => Key === 'Label')?.Values?.[0]
  return { wanted: (parameter) => tests.every((test) => test(parameter)), label }
}

function compile(ctx: Context, { Key, Option, Values = [] }: ParameterStringFilter): Test {
  if (Key.startsWith('tag:')) {
    const tag = Key.slice('tag:'.length)
    return ({ tags }) =>
      Object.hasOwn(tags, tag) && (Values.length === 0 || Values.includes(tags[tag] ?? ''))
  }
  if (Values.length === 0) throw filterValueMissing(Key)
  if (Key === 'Path') return compilePath(Option, Values)
  const compare = comparison(Key, Option)
  const latest = (parameter: ParameterRecord) => theNumbered(ctx, parameter, parameter.version)
  switch (Key) {
    case 'Name':
      return compileName(Option, Values, compare)
    case 'Type':
      refuseValues(Values, types)
      return (parameter) => Values.some((value) => compare(latest(parameter).type, value))
    case 'Tier':
      refuseValues(Values, tiers)
      return ({ tier }) => Values.some((value) => compare(tier, value))
    case 'DataType':
      return (parameter) => Values.some((value) => compare(latest(parameter).dataType, value))
    case 'Label':
      return ({ name }) =>
        versionsOf(ctx, name).some(({ labels }) => Values.some((value) => labels.includes(value)))
    default:
      // KeyId: only SecureStrings have one.
      return (parameter) => Values.some((value) => compare(latest(parameter).keyId ?? '', value))
  }
}

type Compare = (text: string, value: string) => boolean

function comparison(key: string, option = 'Equals'): Compare {
  switch (option) {
    case 'Equals':
      return (text, value) => text === value
    case 'BeginsWith':
      return (text, value) => text.startsWith(value)
    case 'Contains':
      if (key === 'Name') return (text, value) => text.includes(value)
  }
  throw filterOptionInvalid(option, ['BeginsWith', 'Equals'])
}

/** A name matches with its first slash or without, unless a part of it is looked for. */
function compileName(
  option: string | undefined,
  values: readonly string[],
  compare: Compare,
): Test {
  if (option === 'Contains') return ({ name }) => values.some((value) => compare(name, value))
  const wanted = values.map(qualified)
  return ({ name }) => wanted.some((value) => compare(qualified(name), value))
}

function compilePath(option = 'OneLevel', values: readonly string[]): Test {
  if (option !== 'OneLevel' && option !== 'Recursive') {
    throw filterOptionInvalid(option, ['Recursive', 'OneLevel'])
  }
  if (values.some((value) => /^\/(aws|ssm)/i.test(value))) {
    throw invalid(
      'Filters for common parameters can\'t be prefixed with "aws" or "ssm" (case-insensitive). When using global parameters, please specify within a global namespace.',
    )
  }
  for (const value of values) checkPath(value)
  const prefixes = values.map((value) => (value.endsWith('/') ? value : `${value}/`))
  return ({ name }) =>
    prefixes.some(
      (prefix) =>
        qualified(name).startsWith(prefix) &&
        (option === 'Recursive' || !qualified(name).slice(prefix.length).includes('/')),
    )
}

function refuseValues(values: readonly string[], valid: readonly string[]): void {
  const wrong = values.find((value) => !valid.includes(value))
  if (wrong !== undefined) throw filterValueInvalid(wrong, valid)
}

function qualified(name: string): string {
  return name.startsWith('/') ? name : `/${name}`
}
