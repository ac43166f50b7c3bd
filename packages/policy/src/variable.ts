import { type Glob, holdsMarkedWildcard, toGlob } from './pattern.ts'

/**
 * Text of a policy with its variables found: plain pieces and `${key}` or `${key, 'default'}`.
 * Source: IAM User Guide, "IAM policy elements: Variables and tags".
 */
export interface Template {
  readonly text: string
  readonly pieces: readonly (string | Variable)[]
  readonly hasVariables: boolean
}

interface Variable {
  readonly key: string
  readonly written: string
  readonly fallback?: string
  /** `${*}`, `${?}` and `${$}` stand for that character itself. */
  readonly literal?: string
}

/** Gives a key's only value; undefined when it is absent or has several. */
export type SingleValue = (key: string) => string | undefined

const variable = /\$\{([^{}]*)\}/g
const withDefault = /^\s*([^,\s]+)\s*,\s*'([^']*)'\s*$/

/** Variables have meaning only in version 2012-10-17; before, `${` is text like any other. */
export function parseTemplate(text: string, variablesEnabled: boolean): Template {
  if (!variablesEnabled || !text.includes('${')) {
    return { text, pieces: [text], hasVariables: false }
  }
  const pieces: (string | Variable)[] = []
  let end = 0
  for (const match of text.matchAll(variable)) {
    pieces.push(text.slice(end, match.index), toVariable(match[0], match[1] ?? ''))
    end = match.index + match[0].length
  }
  pieces.push(text.slice(end))
  return { text, pieces, hasVariables: pieces.length > 1 }
}

function toVariable(written: string, body: string): Variable {
  if (body === '*' || body === '?' || body === '$') return { key: '', written, literal: body }
  const [, key, fallback] = withDefault.exec(body) ?? []
  if (key !== undefined && fallback !== undefined) return { key, written, fallback }
  return { key: body.trim(), written }
}

/** The keys that the template asks for, as written. */
export function variableKeys(template: Template): readonly string[] {
  return template.pieces.flatMap((piece) =>
    typeof piece === 'string' || piece.literal !== undefined ? [] : [piece.key],
  )
}

/** The text with values filled in; undefined when a variable has neither value nor default. */
export function fillText(template: Template, lookUp: SingleValue): string | undefined {
  return fill(template, lookUp, (text) => text)
}

/** The same as a glob: wildcards of the policy's own text only, never of a variable's value. */
export function fillGlob(template: Template, lookUp: SingleValue): Glob | undefined {
  return fill(template, lookUp, toGlob)
}

function fill(
  template: Template,
  lookUp: SingleValue,
  plain: (text: string) => string,
): string | undefined {
  let out = ''
  for (const piece of template.pieces) {
    if (typeof piece === 'string') out += plain(piece)
    else {
      const value = piece.literal ?? lookUp(piece.key) ?? piece.fallback
      if (value === undefined || holdsMarkedWildcard(value)) return undefined
      out += value
    }
  }
  return out
}

/** For explanations: filled in as far as possible, the rest as written. */
export function showFilled(template: Template, lookUp: SingleValue): string {
  return template.pieces
    .map((piece) =>
      typeof piece === 'string'
        ? piece
        : (piece.literal ?? lookUp(piece.key) ?? piece.fallback ?? piece.written),
    )
    .join('')
}
