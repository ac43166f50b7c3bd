import { contains, readCidr, readDate, readNumber } from './condition-value.ts'
import type { ContextReader } from './context.ts'
import type { ConditionElement } from './document.ts'
import { matchesArnGlob, matchesGlob, toGlob } from './pattern.ts'
import { fillGlob, fillText, parseTemplate, type Template } from './variable.ts'

/** Tells whether one value of the request matches one value of the policy. */
type ValueTest = (requestValue: string) => boolean

interface Operator {
  readonly negated: boolean
  readonly fill?: typeof fillText
  /** Undefined when the policy's value is not of the operator's type; then it matches nothing. */
  readonly compile: (policyValue: string) => ValueTest | undefined
}

/** One condition key under one operator, ready to be judged. */
export interface CompiledCondition {
  /** As written, with its set qualifier and `IfExists`. */
  readonly operator: string
  readonly key: string
  readonly quantifier: 'single' | 'all' | 'any'
  readonly ifExists: boolean
  readonly negated: boolean
  readonly isNull: boolean
  readonly values: readonly CompiledValue[]
}

interface CompiledValue {
  readonly template: Template
  readonly test: (requestValue: string, context: ContextReader) => boolean
}

const textEquals = (wanted: string): ValueTest => {
  return (value) => value === wanted
}
const textEqualsIgnoreCase = (wanted: string): ValueTest => {
  const lower = wanted.toLowerCase()
  return (value) => value.toLowerCase() === lower
}

function compare(
  read: (text: string) => number | undefined,
  holds: (requestValue: number, policyValue: number) => boolean,
): Operator['compile'] {
  return (text) => {
    const wanted = read(text)
    if (wanted === undefined) return undefined
    return (value) => {
      const given = read(value)
      return given !== undefined && holds(given, wanted)
    }
  }
}

function comparisons(name: string, read: (text: string) => number | undefined) {
  const equals = compare(read, (a, b) => a === b)
  return [
    [`${name}Equals`, { negated: false, compile: equals }],
    [`${name}NotEquals`, { negated: true, compile: equals }],
    [`${name}LessThan`, { negated: false, compile: compare(read, (a, b) => a < b) }],
    [`${name}LessThanEquals`, { negated: false, compile: compare(read, (a, b) => a <= b) }],
    [`${name}GreaterThan`, { negated: false, compile: compare(read, (a, b) => a > b) }],
    [`${name}GreaterThanEquals`, { negated: false, compile: compare(read, (a, b) => a >= b) }],
  ] as const satisfies readonly (readonly [string, Operator])[]
}

const globTest = (glob: string): ValueTest => {
  return (value) => matchesGlob(glob, value)
}
const arnTest = (glob: string): ValueTest => {
  return (value) => matchesArnGlob(glob, value)
}

function boolTest(text: string): ValueTest | undefined {
  const wanted = text.toLowerCase()
  if (wanted !== 'true' && wanted !== 'false') return undefined
  return (value) => value.toLowerCase() === wanted
}

function bytesTest(text: string): ValueTest {
  const wanted = Buffer.from(text, 'base64').toString('hex')
  return (value) => Buffer.from(value, 'base64').toString('hex') === wanted
}

function addressTest(text: string): ValueTest | undefined {
  const block = readCidr(text)
  if (block === undefined) return undefined
  return (value) => {
    const address = readCidr(value)
    return address !== undefined && contains(block, address)
  }
}

/** Every operator but `Null`. Source: IAM User Guide, "IAM JSON policy elements: Condition operators". */
const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['StringEquals', { negated: false, fill: fillText, compile: textEquals }],
  ['StringNotEquals', { negated: true, fill: fillText, compile: textEquals }],
  ['StringEqualsIgnoreCase', { negated: false, fill: fillText, compile: textEqualsIgnoreCase }],
  ['StringNotEqualsIgnoreCase', { negated: true, fill: fillText, compile: textEqualsIgnoreCase }],
  ['StringLike', { negated: false, fill: fillGlob, compile: globTest }],
  ['StringNotLike', { negated: true, fill: fillGlob, compile: globTest }],
  ...comparisons('Numeric', readNumber),
  ...comparisons('Date', readDate),
  ['Bool', { negated: false, fill: fillText, compile: boolTest }],
  ['BinaryEquals', { negated: false, compile: bytesTest }],
  ['IpAddress', { negated: false, compile: addressTest }],
  ['NotIpAddress', { negated: true, compile: addressTest }],
  ['ArnEquals', { negated: false, fill: fillGlob, compile: arnTest }],
  ['ArnLike', { negated: false, fill: fillGlob, compile: arnTest }],
  ['ArnNotEquals', { negated: true, fill: fillGlob, compile: arnTest }],
  ['ArnNotLike', { negated: true, fill: fillGlob, compile: arnTest }],
])

const operatorForm = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/

export interface OperatorName {
  readonly quantifier: 'single' | 'all' | 'any'
  readonly base: string
  readonly ifExists: boolean
}

/** Takes an operator's name apart; undefined when AWS knows no such operator. */
export function readOperator(name: string): OperatorName | undefined {
  const [, set, base = '', ifExists] = operatorForm.exec(name) ?? []
  const known = base === 'Null' ? ifExists === undefined : operators.has(base)
  if (!known) return undefined
  const quantifier = set === undefined ? 'single' : set === 'ForAllValues' ? 'all' : 'any'
  return { quantifier, base, ifExists: ifExists !== undefined }
}

export function compileConditions(
  element: ConditionElement | undefined,
  variablesEnabled: boolean,
): readonly CompiledCondition[] {
  return Object.entries(element ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, written]) => {
      const values = (Array.isArray(written) ? written : [written]).map(String)
      return compileCondition(operator, key, values, variablesEnabled)
    }),
  )
}

function compileCondition(
  operator: string,
  key: string,
  values: readonly string[],
  variablesEnabled: boolean,
): CompiledCondition {
  const name = readOperator(operator)
  const known = operators.get(name?.base ?? '')
  return {
    operator,
    key,
    quantifier: name?.quantifier ?? 'single',
    ifExists: name?.ifExists ?? false,
    negated: known?.negated ?? false,
    isNull: name?.base === 'Null',
    values: values.map((text) => compileValue(text, known, variablesEnabled)),
  }
}

function compileValue(
  text: string,
  operator: Operator | undefined,
  variablesEnabled: boolean,
): CompiledValue {
  const fill = operator?.fill
  const template = parseTemplate(text, variablesEnabled && fill !== undefined)
  if (operator === undefined) return { template, test: () => false }
  if (template.hasVariables && fill !== undefined) {
    return {
      template,
      test: (value, context) => {
        const filled = fill(template, context.single)
        return filled !== undefined && (operator.compile(filled)?.(value) ?? false)
      },
    }
  }
  const test = operator.compile(fill === fillGlob ? toGlob(text) : text)
  return { template, test: test ?? (() => false) }
}

/** Whether the request meets the condition. */
export function meets(condition: CompiledCondition, context: ContextReader): boolean {
  const given = context.values(condition.key)
  if (condition.isNull) {
    return condition.values.some(
      ({ template }) => template.text.toLowerCase() === String(given === undefined),
    )
  }
  if (given === undefined) return meetsAbsent(condition)
  // For the set operators an empty string is an empty set: all of it matches, none of it does.
  if (condition.quantifier !== 'single' && given.every((value) => value === '')) {
    return condition.quantifier === 'all'
  }
  const fits = (value: string) =>
    condition.values.some(({ test }) => test(value, context)) !== condition.negated
  // Without a set operator, a negated comparison with several request values holds for all of them.
  const every =
    condition.quantifier === 'all' || (condition.quantifier === 'single' && condition.negated)
  return every ? given.every(fits) : given.some(fits)
}

function meetsAbsent({ ifExists, quantifier, negated }: CompiledCondition): boolean {
  if (ifExists || quantifier === 'all') return true
  return quantifier === 'single' && negated
}
