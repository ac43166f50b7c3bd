import type { OpsItemFilter } from '@cloud-orrery/models/ssm'
import { notModelled } from '../../shared/not-modelled.ts'
import { invalidFilter } from './errors.ts'
import { titleFilterCharactersMax } from './limits.ts'
import { automationIdsOf, resourceArnsOf, searchable } from './operational-data.ts'
import type { OpsItemRecord } from './state.ts'

type Operator = OpsItemFilter['Operator']
type Test = (item: OpsItemRecord) => boolean

/** A key that filters: which operators it takes, and what of an item it looks at. */
interface FilterKey {
  readonly operators: readonly string[]
  /** Texts of which one must match. */
  readonly texts?: (item: OpsItemRecord, accountId: string) => readonly string[]
  /** Or a moment, in ms. */
  readonly timeMs?: (item: OpsItemRecord) => number
}

const equal = ['Equal']
const equalOrContains = ['Equal', 'Contains']
const time = ['GreaterThan', 'LessThan']

/** Source: DescribeOpsItems, `OpsItemFilters`. Category, Severity and OpsItemType are not in that list. */
const filterKeys: Readonly<Record<string, FilterKey>> = {
  Status: { operators: equal, texts: (item) => [item.status] },
  CreatedBy: { operators: equalOrContains, texts: (item) => [item.createdBy] },
  Source: { operators: equalOrContains, texts: (item) => [item.source] },
  Priority: { operators: equal, texts: ({ priority }) => present(priority) },
  Title: { operators: equalOrContains, texts: (item) => [item.title] },
  OpsItemId: { operators: equal, texts: (item) => [item.id] },
  CreatedTime: { operators: time, timeMs: (item) => item.createdAtMs },
  LastModifiedTime: { operators: time, timeMs: (item) => item.lastModifiedAtMs },
  OperationalDataKey: { operators: equal, texts: (item) => Object.keys(dataOf(item)) },
  OperationalDataValue: {
    operators: equalOrContains,
    texts: (item) => Object.values(dataOf(item)).map(({ Value = '' }) => Value),
  },
  ResourceId: { operators: ['Contains'], texts: (item) => resourceArnsOf(item.operationalData) },
  AutomationId: { operators: equal, texts: (item) => automationIdsOf(item.operationalData) },
  Category: { operators: equal, texts: ({ category }) => present(category) },
  Severity: { operators: equal, texts: ({ severity }) => present(severity) },
  OpsItemType: { operators: equal, texts: () => ['/aws/issue'] },
  AccountId: { operators: equal, texts: (_, accountId) => [accountId] },
}

/** All filters must hold; of the values of one, any. */
export function compileFilters(filters: readonly OpsItemFilter[], accountId: string): Test {
  const tests = filters.map((filter) => compile(filter, accountId))
  return (item) => tests.every((test) => test(item))
}

function compile({ Key, Values, Operator }: OpsItemFilter, accountId: string): Test {
  if (Key === 'OperationalData') return compileData(Values, Operator)
  const known = filterKeys[Key]
  if (known === undefined) throw notModelled(`the filter ${Key} of ssm:DescribeOpsItems`)
  refuseOperator(Key, Operator, known.operators)
  const { texts, timeMs } = known
  if (timeMs !== undefined) {
    const limits = Values.map((value) => momentOf(Key, value))
    return (item) =>
      limits.some((it) => (Operator === 'LessThan' ? timeMs(item) < it : timeMs(item) > it))
  }
  if (texts === undefined) return () => false
  if (Key === 'Title' && Operator === 'Equal') return compileTitle(Values)
  return (item) =>
    texts(item, accountId).some((text) => Values.some((it) => matches(Operator, text, it)))
}

function compileTitle(values: readonly string[]): Test {
  if (values.some((value) => value.length > titleFilterCharactersMax)) {
    throw invalidFilter(`The filter value of Title exceeds ${titleFilterCharactersMax} characters.`)
  }
  return ({ title }) => values.includes(title.slice(0, titleFilterCharactersMax))
}

/** `{"key":"key_name","value":"a_value"}` */
function compileData(values: readonly string[], operator: Operator): Test {
  refuseOperator('OperationalData', operator, equal)
  const pairs = values.map(pairOf)
  return (item) => {
    const data = dataOf(item)
    return pairs.some(({ key, value }) => data[key]?.Value === value)
  }
}

function pairOf(text: string): { key: string; value: string } {
  try {
    const pair: unknown = JSON.parse(text)
    if (typeof pair === 'object' && pair !== null && 'key' in pair && 'value' in pair) {
      const { key, value } = pair
      if (typeof key === 'string' && typeof value === 'string') return { key, value }
    }
  } catch {
    // Not JSON: refused as what has no key and value.
  }
  throw invalidFilter('The OperationalData filter must be {"key":"key_name","value":"a_value"}.')
}

function matches(operator: Operator, text: string, value: string): boolean {
  return operator === 'Contains' ? text.includes(value) : text === value
}

function refuseOperator(key: string, operator: Operator, allowed: readonly string[]): void {
  if (allowed.includes(operator)) return
  throw invalidFilter(
    `The operator ${operator} is not valid for the filter ${key}. Valid operators: ${allowed.join(', ')}.`,
  )
}

/** A date in ISO 8601, or seconds since 1970, as ms. */
function momentOf(key: string, value: string): number {
  const ms = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value)
  if (Number.isNaN(ms)) throw invalidFilter(`The filter value ${value} of ${key} is not a date.`)
  return ms
}

/** Only searchable data can be searched. */
function dataOf(item: OpsItemRecord) {
  return searchable(item.operationalData)
}

function present(value: string | number | undefined): readonly string[] {
  return value === undefined ? [] : [String(value)]
}
