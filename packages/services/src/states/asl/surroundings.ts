import type { Chance } from './intrinsics/functions.ts'
import type { IntrinsicNode } from './intrinsics/parser.ts'
import type { Json, JsonObject } from './json.ts'
import type { JsonPath } from './json-path.ts'
import type { CompiledExpression } from './jsonata.ts'
import type { NativeFunctions } from './jsonata-texts.ts'

/** What the fields of a state are worked out from. */
export interface Surroundings {
  /** `$` of JSONPath. */
  readonly input: Json
  /** `$$`, `$states.context`. */
  readonly context: () => JsonObject
  /** All variables that the state sees. */
  readonly variables: Readonly<Record<string, Json>>
  readonly chance: Chance
  readonly nowMs: number
  readonly parsed: ParsedTexts
}

/** Paths and expressions of one definition, parsed when first met. */
export interface ParsedTexts {
  readonly paths: Map<string, JsonPath>
  readonly intrinsics: Map<string, IntrinsicNode>
  readonly expressions: Map<string, CompiledExpression>
  /** The library's functions on texts, once an expression has asked for them. */
  textFunctions?: NativeFunctions
}

export function newParsedTexts(): ParsedTexts {
  return { paths: new Map(), intrinsics: new Map(), expressions: new Map() }
}

/** A computation that waits where JSONata does; without JSONata it never does. */
export type Step<T> = Generator<PromiseLike<unknown>, T, unknown>

/** Runs a step: at once where nothing waits, else in a promise. */
export function run<T>(step: Step<T>): T | Promise<T> {
  const next = step.next()
  return next.done === true ? next.value : go(step, next.value)
}

async function go<T>(step: Step<T>, first: PromiseLike<unknown>): Promise<T> {
  let waiting = first
  for (;;) {
    const next = await resumed(step, waiting)
    if (next.done === true) return next.value
    waiting = next.value
  }
}

async function resumed<T>(
  step: Step<T>,
  waiting: PromiseLike<unknown>,
): Promise<IteratorResult<PromiseLike<unknown>, T>> {
  let value: unknown
  try {
    value = await waiting
  } catch (error) {
    return step.throw(error)
  }
  return step.next(value)
}
