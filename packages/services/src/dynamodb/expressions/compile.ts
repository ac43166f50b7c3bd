import type { CompiledCondition, CompiledProjection, CompiledUpdate } from './ast.ts'
import { bindCondition } from './condition-binding.ts'
import { type ParsedCondition, parseConditionText } from './condition-parser.ts'
import { type ExpressionKind, ExpressionProblem, inExpression, words } from './errors.ts'
import { type CompiledKeyCondition, compileKeyCondition } from './key-condition.ts'
import { expressionBytesMax, operatorsMax, parsedExpressionsMax } from './limits.ts'
import type { Substitutions } from './substitutions.ts'
import type { PathSyntax } from './syntax.ts'
import { bindProjection, bindUpdate } from './update-binding.ts'
import { type ParsedUpdate, parseProjectionText, parseUpdateText } from './update-parser.ts'

/** A `ConditionExpression`, ready for `matches`. Throws `ValidationException`. */
export function parseCondition(text: string, given: Substitutions): CompiledCondition {
  return condition('ConditionExpression', text, given)
}

/** A `FilterExpression`, ready for `matches`. Throws `ValidationException`. */
export function parseFilter(text: string, given: Substitutions): CompiledCondition {
  return condition('FilterExpression', text, given)
}

/** A `KeyConditionExpression`, ready for `keyCondition`. Throws `ValidationException`. */
export function parseKeyCondition(text: string, given: Substitutions): CompiledKeyCondition {
  return compileKeyCondition(condition('KeyConditionExpression', text, given))
}

/** An `UpdateExpression`, ready for `applyUpdate`. Throws `ValidationException`. */
export function parseUpdate(text: string, given: Substitutions): CompiledUpdate {
  return inExpression('UpdateExpression', () => bindUpdate(updates.parsed(text).tree, given))
}

/** A `ProjectionExpression`, ready for `project`. Throws `ValidationException`. */
export function parseProjection(text: string, given: Substitutions): CompiledProjection {
  return inExpression('ProjectionExpression', () => bindProjection(projections.parsed(text), given))
}

function condition(kind: ExpressionKind, text: string, given: Substitutions): CompiledCondition {
  return inExpression(kind, () => bindCondition(conditions.parsed(text).tree, given))
}

/** Texts that were parsed, the latest last: what text gives never changes. */
class ParsedTexts<T> {
  readonly #known = new Map<string, T>()
  readonly #parse: (text: string) => T

  constructor(parse: (text: string) => T) {
    this.#parse = parse
  }

  parsed(text: string): T {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    checkSize(text)
    const parsed = this.#parse(text)
    if (this.#known.size >= parsedExpressionsMax) {
      for (const oldest of this.#known.keys()) {
        this.#known.delete(oldest)
        break
      }
    }
    this.#known.set(text, parsed)
    return parsed
  }
}

const conditions = new ParsedTexts(limited(parseConditionText))
const updates = new ParsedTexts(limited(parseUpdateText))
const projections = new ParsedTexts<readonly PathSyntax[]>(parseProjectionText)

function checkSize(text: string): void {
  if (text === '') throw new ExpressionProblem(words.empty)
  if (Buffer.byteLength(text) > expressionBytesMax) throw new ExpressionProblem(words.tooLong)
}

function limited<T extends ParsedCondition | ParsedUpdate>(
  parse: (text: string) => T,
): (text: string) => T {
  return (text) => {
    const parsed = parse(text)
    if (parsed.operators > operatorsMax) {
      throw new ExpressionProblem(words.tooManyOperators(operatorsMax + 1)) // AWS stops counting there.
    }
    return parsed
  }
}
