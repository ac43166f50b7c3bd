/** A piece of a template. */
export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly path: string }
  | {
      readonly kind: 'block'
      readonly helper: string
      readonly path: string
      readonly body: readonly TemplateNode[]
      readonly otherwise: readonly TemplateNode[]
    }
  | { readonly kind: 'inline'; readonly name: string; readonly body: readonly TemplateNode[] }
  | { readonly kind: 'partial'; readonly name: string }

/** Why a text is no template. */
export class TemplateProblem extends Error {}

/** Deepest nesting of blocks that is read. AWS does not say its own. */
const depthMax = 100

/** A tag's inside, or text between tags. */
type Piece = { readonly text: string } | { readonly tag: string }

/**
 * Reads a template. Source: SES Developer Guide, "Advanced email personalization": values, nested values, `if`,
 * `unless`, `each`, `with`, inline partials, comments.
 */
export function parseTemplate(source: string): readonly TemplateNode[] {
  const reader = new Reader([...pieces(source)])
  const nodes = reader.nodes(0)
  if (reader.tag !== undefined) throw new TemplateProblem(`'{{${reader.tag}}}' closes no block`)
  return nodes
}

function* pieces(source: string): Generator<Piece> {
  let position = 0
  for (;;) {
    const start = source.indexOf('{{', position)
    if (start === -1) break
    if (start > position) yield { text: source.slice(position, start) }
    const isRaw = source.startsWith('{{{', start)
    const isComment = source.startsWith('{{!--', start)
    const mark = isRaw ? '}}}' : isComment ? '--}}' : '}}'
    const end = source.indexOf(mark, start)
    if (end === -1) throw new TemplateProblem("'{{' is not closed")
    const tag = source.slice(start + (isRaw ? 3 : 2), end).trim()
    position = end + mark.length
    if (!tag.startsWith('!')) yield { tag }
  }
  if (position < source.length) yield { text: source.slice(position) }
}

class Reader {
  readonly #pieces: readonly Piece[]
  #at = 0
  /** The tag at which `nodes` stopped: a closing one, `else`, or none at the end. */
  tag: string | undefined

  constructor(all: readonly Piece[]) {
    this.#pieces = all
  }

  nodes(depth: number): TemplateNode[] {
    if (depth > depthMax) throw new TemplateProblem('blocks are nested too deeply')
    const nodes: TemplateNode[] = []
    for (;;) {
      const piece = this.#pieces[this.#at]
      this.#at += 1
      if (piece === undefined) {
        this.tag = undefined
        return nodes
      }
      if ('text' in piece) nodes.push({ kind: 'text', text: piece.text })
      else if (piece.tag.startsWith('/') || piece.tag === 'else' || piece.tag === '^') {
        this.tag = piece.tag
        return nodes
      } else nodes.push(this.#node(piece.tag, depth))
    }
  }

  #node(tag: string, depth: number): TemplateNode {
    if (tag.startsWith('>')) return { kind: 'partial', name: tag.slice(1).trim() }
    if (!tag.startsWith('#')) return { kind: 'value', path: pathOf(tag) }
    const inline = /^#\s*\*\s*inline\s+["'](?<name>[^"']+)["']$/.exec(tag)?.groups?.['name']
    if (inline !== undefined) {
      const body = this.nodes(depth + 1)
      this.#close('inline')
      return { kind: 'inline', name: inline, body }
    }
    const [helper = '', ...rest] = tag.slice(1).trim().split(/\s+/)
    if (!['if', 'unless', 'each', 'with'].includes(helper)) {
      throw new TemplateProblem(`could not find helper: '${helper}'`)
    }
    const path = pathOf(rest.join(' '))
    const body = this.nodes(depth + 1)
    let otherwise: readonly TemplateNode[] = []
    if (this.tag === 'else' || this.tag === '^') otherwise = this.nodes(depth + 1)
    this.#close(helper)
    return { kind: 'block', helper, path, body, otherwise }
  }

  #close(helper: string): void {
    if (this.tag?.slice(1).trim() !== helper || !this.tag.startsWith('/')) {
      throw new TemplateProblem(`'{{#${helper}}}' is not closed`)
    }
  }
}

function pathOf(text: string): string {
  if (!/^[^\s"'()|=]+$/.test(text)) throw new TemplateProblem(`'{{${text}}}' is no value`)
  return text
}
