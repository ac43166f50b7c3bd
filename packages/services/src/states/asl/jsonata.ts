import jsonata from 'jsonata'
import { FieldFailure } from './failures.ts'
import { hash, partition, range, seededFloat } from './intrinsics/functions.ts'
import { isArray, type Json, type JsonObject, parsedJson, textOf } from './json.ts'
import { meteredTexts, type NativeFunctions, nativeTextFunctions } from './jsonata-texts.ts'
import { formattedTime, modelTime, parsedTime } from './jsonata-times.ts'
import { MeteredPattern } from './patterns/machine.ts'
import type { Step, Surroundings } from './surroundings.ts'

/**
 * Deepest evaluation, most values in one sequence, and most steps of one expression. AWS bounds all three and tells
 * none: an addition of 200 terms, and `[1..900000]`, were seen to fail there.
 */
const depthMax = 199
const sequenceMax = 500_000
const stepsMax = 500_000
/** Steps of the regular expressions in one evaluation: the fraction of a second in which AWS gives up too. */
const patternStepsMax = 2_000_000
/** Characters that the functions on texts read and make in one evaluation: some hundred times what a state may hold. */
const charactersMax = 50_000_000
/** Longest text that `$pad` makes, and most characters of a result, which no state could hand on. */
const textLengthMax = 1_000_000

/** A text that is no JSONata. */
export class JsonataSyntaxError extends Error {
  override readonly name = 'JsonataSyntaxError'
}

export interface CompiledExpression {
  readonly expression: jsonata.Expression
  readonly meter: Meter
  /** Functions on texts that this meter counts, once it was evaluated. */
  texts?: Readonly<Record<string, unknown>>
}

/** Counts the steps of an evaluation: the library asks for its deepest depth at each one. */
class Meter implements jsonata.JsonataOptions {
  readonly sequence = sequenceMax
  readonly RegexEngine: RegExpConstructor
  steps = 0
  patternSteps = 0
  characters = 0

  constructor() {
    const spend = (): void => {
      this.patternSteps += 1
      if (this.patternSteps > patternStepsMax) throw tooManySteps()
    }
    const engine = class extends MeteredPattern {
      constructor(pattern: RegExp) {
        super(pattern, spend)
      }
    }
    // The library only makes patterns of it and runs them; everything else of RegExp stays unused.
    this.RegexEngine = engine as unknown as RegExpConstructor
  }

  get stack(): number {
    this.steps += 1
    if (this.steps > stepsMax) throw tooManySteps()
    return depthMax
  }

  readonly spend = (characters: number): void => {
    this.characters += characters
    if (this.characters > charactersMax) throw tooManySteps()
  }

  start(): void {
    this.steps = 0
    this.patternSteps = 0
    this.characters = 0
  }
}

function tooManySteps(): Error {
  return new Error('The evaluation takes too many steps')
}

/** The expression within `{% %}`; undefined for text that is taken as it is. */
export function expressionOf(text: string): string | undefined {
  if (!text.startsWith('{%') || !text.endsWith('%}') || text.length < 4) return undefined
  return text.slice(2, -2).trim()
}

/** Throws `JsonataSyntaxError`. */
export function compileJsonata(text: string): CompiledExpression {
  const meter = new Meter()
  try {
    const expression = jsonata(text, meter)
    expression.registerFunction('toMillis', parsedTime, '<s-s?:n>')
    return { expression, meter }
  } catch (error) {
    throw new JsonataSyntaxError(messageOf(error))
  }
}

/** What besides input and context an expression may see, where the field allows it. */
export interface StatesExtras {
  readonly result?: Json
  readonly errorOutput?: Json
}

/**
 * The value of an expression. `field` is where it stands: `Output/total`. Throws `FieldFailure`
 * (States.QueryEvaluationError).
 */
export function* evaluateJsonata(
  text: string,
  field: string,
  around: Surroundings,
  extras: StatesExtras,
): Step<Json> {
  const said = `The JSONata expression '${text}' specified for the field '${field}'`
  let value: unknown
  try {
    const compiled = compiledIn(around, text)
    compiled.texts ??= meteredTexts(yield* textFunctions(around), compiled.meter.spend)
    compiled.meter.start()
    const bound = { ...compiled.texts, ...bindings(around, extras) }
    value = yield compiled.expression.evaluate(undefined, bound)
    value = plainValue(value)
  } catch (error) {
    throw new FieldFailure(`${said} threw an error during evaluation${tailOf(error)}`, {
      error: 'States.QueryEvaluationError',
      location: field,
    })
  }
  const problem = value === undefined ? 'returned nothing (undefined).' : unsupported(value)
  if (problem !== undefined) {
    const options = { error: 'States.QueryEvaluationError', location: field } as const
    throw new FieldFailure(`${said} ${problem}`, options)
  }
  return value as Json // `plainValue` lets only JSON through.
}

function* textFunctions({ parsed }: Surroundings): Step<NativeFunctions> {
  const known = parsed.textFunctions
  if (known !== undefined) return known
  const functions = (yield nativeTextFunctions()) as NativeFunctions // A step gives what its promise gives.
  parsed.textFunctions = functions
  return functions
}

function compiledIn({ parsed }: Surroundings, text: string): CompiledExpression {
  let compiled = parsed.expressions.get(text)
  if (compiled === undefined) {
    compiled = compileJsonata(text)
    parsed.expressions.set(text, compiled)
  }
  return compiled
}

function unsupported(value: unknown): string | undefined {
  return typeof value === 'function' ? 'returned an unsupported result type.' : undefined
}

/** Coded errors are sentences of their own; others follow a colon. */
function tailOf(error: unknown): string {
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined
  return code === undefined ? `: ${messageOf(error)}` : `. ${code}: ${messageOf(error)}`
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : String(error)
}

/** The library's arrays carry marks of its own, and its functions are objects: only JSON goes on. */
function plainValue(value: unknown): unknown {
  if (typeof value === 'function') return value
  if (typeof value !== 'object' || value === null) return value
  if ('_jsonata_lambda' in value || '_jsonata_function' in value) return () => undefined
  return JSON.parse(JSON.stringify(value, bounded())) as unknown
}

/** Ends the writing of a value that is small in memory and large as text: one array a thousand times in another. */
function bounded(): (name: string, value: unknown) => unknown {
  let length = 0
  return (_name, value) => {
    length += typeof value === 'string' ? value.length : 1
    if (length > textLengthMax) throw new Error('The result is too large')
    return value
  }
}

function bindings(around: Surroundings, extras: StatesExtras): Record<string, unknown> {
  const { context, variables, input } = around
  return {
    ...variables,
    ...ownFunctions(around),
    [modelTime]: around.nowMs,
    states: { input, context: context(), ...extras } satisfies JsonObject,
  }
}

/** AWS's own functions, and those of the library that would ask the wall clock or real chance. */
function ownFunctions({ chance, nowMs }: Surroundings): Record<string, unknown> {
  return {
    partition: (values: Json, size: number) => partition(isArray(values) ? values : [values], size),
    range: (first: number, last: number, by: number) => singleton(range(first, last, by)),
    hash: (data: Json, algorithm: string) => hash(data, algorithm),
    random: (seed?: number) => (seed === undefined ? chance.float() : seededFloat(seed)),
    uuid: () => chance.uuid(),
    parse: (text: string) => parsed(text),
    now: (picture?: string, timezone?: string) => formattedTime(nowMs, picture, timezone),
    millis: () => nowMs,
    pad: padded,
    shuffle: (values: Json) => shuffled(isArray(values) ? values : [values], chance.float),
    // Not available in state machines: calling it is calling nothing.
    eval: undefined,
  }
}

/** A range of one is the value itself, as sequences are in JSONata. Recorded: stepfunctions, `$range(1, 9, 9)`. */
function singleton(values: readonly number[]): Json {
  const [only] = values
  return values.length === 1 && only !== undefined ? only : values
}

function parsed(text: string): Json {
  const value = parsedJson(text)
  if (value === undefined) throw new Error(`"${text}" is not valid JSON`)
  return value
}

/** Texts that are padded to no end. */
function padded(text: string, width: number, char?: string): string | undefined {
  if (text === undefined) return undefined
  if (Math.abs(width) > textLengthMax) throw new Error('The text is too long')
  const filler = char === undefined || char === '' ? ' ' : char
  const missing = Math.max(0, Math.abs(width) - [...text].length)
  const units = [...filler]
  const whole = filler.repeat(Math.floor(missing / units.length))
  const padding = whole + units.slice(0, missing % units.length).join('')
  return width < 0 ? padding + text : text + padding
}

function shuffled(values: readonly Json[], float: () => number): Json[] {
  const all = [...values]
  for (let at = all.length - 1; at > 0; at -= 1) {
    const other = Math.floor(float() * (at + 1))
    const [here = null, there = null] = [all[at], all[other]]
    all[at] = there
    all[other] = here
  }
  return all
}

/** A field whose strings may be expressions: all of them evaluated, the rest as it is. */
export function* evaluateTemplate(
  template: Json,
  field: string,
  around: Surroundings,
  extras: StatesExtras,
): Step<Json> {
  if (typeof template === 'string') {
    const text = expressionOf(template)
    return text === undefined ? template : yield* evaluateJsonata(text, field, around, extras)
  }
  if (isArray(template)) {
    const items: Json[] = []
    for (const [at, item] of template.entries()) {
      items.push(yield* evaluateTemplate(item, `${field}[${at}]`, around, extras))
    }
    return items
  }
  if (typeof template !== 'object' || template === null) return template
  const members: Record<string, Json> = {}
  for (const [name, member] of Object.entries(template)) {
    members[name] = yield* evaluateTemplate(member, `${field}/${name}`, around, extras)
  }
  return members
}

/** A field that has to be of a type: `Items` an array, `Seconds` a number. */
export function* evaluateTyped(
  template: Json,
  field: string,
  around: Surroundings,
  expected: 'array' | 'number' | 'integer' | 'string' | 'boolean',
): Step<Json> {
  const value = yield* evaluateTemplate(template, field, around, {})
  const type = typeOf(value)
  const isIt = expected === 'integer' ? Number.isInteger(value) : type === expected
  if (isIt) return value
  const text =
    typeof template === 'string' ? (expressionOf(template) ?? template) : textOf(template)
  throw new FieldFailure(
    `The JSONata expression '${text}' specified for the field '${field}' returned an unexpected result type. Expected '${expected}', but was '${type}' for value: ${textOf(value)}`,
    { error: 'States.QueryEvaluationError', location: field },
  )
}

export function typeOf(value: Json): 'array' | 'boolean' | 'null' | 'number' | 'object' | 'string' {
  if (value === null) return 'null'
  if (isArray(value)) return 'array'
  const type = typeof value
  return type === 'boolean' || type === 'number' || type === 'string' ? type : 'object'
}
