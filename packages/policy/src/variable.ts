import { type Glob, holdsMarkedWildcard, toGlob } from './pattern.ts'

/**
 * Text of a policy with its variables found: plain pieces and `${key}` or `${key, 'default'}`.
 * Source: IAM User Guide, "IAM policy elements: Variables and tags".
 */
export interface Template {
  readonly text: string
  readonly pieces: readonly (Plain | Variable)[]
  readonly hasVariables: boolean
}

/** Text between variables, as it is and with its wildcards marked. */
interface Plain {
  readonly text: string
  readonly glob: Glob
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

/**
 * Variables have meaning only in version 2012-10-17; before, `${` is text like any other.
 * `mark` marks the wildcards of the text before the first variable.
 */
export function parseTemplate(
  text: string,
  variablesEnabled: boolean,
  mark: (text: string) => Glob = toGlob,
): Template {
  if (!variablesEnabled || !text.includes('${')) {
    return { text, pieces: [{ text, glob: mark(text) }], hasVariables: false }
  }
  const pieces: (Plain | Variable)[] = []
  let end = 0
  for (const match of text.matchAll(variable)) {
    const before = text.slice(end, match.index)
    // Only the first piece can hold the segments in which an ARN's wildcards are limited.
    const glob = pieces.length === 0 ? mark(before) : toGlob(before)
    pieces.push({ text: before, glob }, toVariable(match[0], match[1] ?? ''))
    end = match.index + match[0].length
  }
  const rest = text.slice(end)
  pieces.push({ text: rest, glob: pieces.length === 0 ? mark(rest) : toGlob(rest) })
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
    'text' in piece || piece.literal !== undefined ? [] : [piece.key],
  )
}

/** The text with values filled in; undefined when a variable has neither value nor default. */
export function fillText(template: Template, lookUp: SingleValue): string | undefined {
  return fill(template, lookUp, 'text')
}

/** The same as a glob: wildcards of the policy's own text only, never of a variable's value. */
export function fillGlob(template: Template, lookUp: SingleValue): Glob | undefined {
  return fill(template, lookUp, 'glob')
}

function fill(
  { pieces }: Template,
  lookUp: SingleValue,
  form: 'text' | 'glob',
): string | undefined {
  let out = ''
  for (const piece of pieces) {
    if ('text' in piece) out += piece[form]
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
      'text' in piece
        ? piece.text
        : (piece.literal ?? lookUp(piece.key) ?? piece.fallback ?? piece.written),
    )
    .join('')
}
