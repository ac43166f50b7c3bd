import { type Expression, type Node, TemplateError } from './ast.ts'
import { ExpressionReader } from './expressions.ts'

/** Blocks within blocks that are read. */
const depthMax = 50

/** Takes a template apart. Throws TemplateError where it does not parse. */
export function parseTemplate(source: string): readonly Node[] {
  const reader = new TemplateReader(source)
  const { nodes, end } = reader.block(0)
  if (end !== undefined) throw new TemplateError(`Encountered "#${end}" outside of a block`)
  return nodes
}

type BlockEnd = 'end' | 'else' | 'elseif' | undefined

class TemplateReader extends ExpressionReader {
  /** What stands up to the end of a block, or of the template. */
  block(depth: number): { nodes: Node[]; end: BlockEnd } {
    if (depth > depthMax) throw new TemplateError('Blocks are nested too deeply')
    const nodes: Node[] = []
    let text = ''
    const flush = () => {
      if (text !== '') nodes.push({ kind: 'text', text })
      text = ''
    }
    while (this.at < this.source.length) {
      const char = this.source[this.at]
      if (char === '\\' && /[$#]/.test(this.source[this.at + 1] ?? '')) {
        text += this.source[this.at + 1]
        this.at += 2
      } else if (char === '$') {
        const reference = this.reference(depth)
        if (reference === undefined) {
          text += '$'
          this.at += 1
        } else {
          flush()
          nodes.push({ kind: 'reference', reference })
        }
      } else if (char === '#') {
        const skipped = this.#comment()
        if (skipped !== undefined) {
          text += skipped
          continue
        }
        const word = this.#directiveWord()
        if (word === undefined) {
          text += '#'
          this.at += 1
          continue
        }
        flush()
        if (word === 'end' || word === 'else' || word === 'elseif') return { nodes, end: word }
        nodes.push(this.#directive(word, depth))
      } else {
        const next = this.#plainUntil()
        text += this.source.slice(this.at, next)
        this.at = next
      }
    }
    flush()
    return { nodes, end: undefined }
  }

  #plainUntil(): number {
    const rest = /[$#\\]/g
    rest.lastIndex = this.at + 1
    return rest.exec(this.source)?.index ?? this.source.length
  }

  /** Skips a comment; text that is not to be read comes back. Undefined: there is none. */
  #comment(): string | undefined {
    const rest = this.source.slice(this.at, this.at + 3)
    if (rest.startsWith('##')) {
      const end = this.source.indexOf('\n', this.at)
      this.at = end === -1 ? this.source.length : end + 1
      return ''
    }
    if (rest.startsWith('#*')) {
      const end = this.source.indexOf('*#', this.at + 2)
      if (end === -1) throw new TemplateError('A comment does not end')
      this.at = end + 2
      return ''
    }
    if (rest === '#[[') {
      const end = this.source.indexOf(']]#', this.at + 3)
      if (end === -1) throw new TemplateError('A block that is not read does not end')
      const text = this.source.slice(this.at + 3, end)
      this.at = end + 3
      return text
    }
    return undefined
  }

  /** The name of a directive here; only those that are directives, or stand before a parenthesis. */
  #directiveWord(): string | undefined {
    const pattern = /#\{?([a-zA-Z_][\w-]*)\}?/y
    pattern.lastIndex = this.at
    const match = pattern.exec(this.source)
    if (match === null) return undefined
    const [whole, word = ''] = match
    const after = this.source.slice(this.at + whole.length).trimStart()[0]
    const bare = ['end', 'else', 'break', 'stop']
    const known = bare.find(
      (it) => word === it || (word.startsWith(it) && !whole.includes('{') && it !== 'end'),
    )
    if (known !== undefined && word === known) {
      this.at += whole.length
      if (known !== 'break' && known !== 'stop') this.skipLineEnd()
      return known
    }
    if (after !== '(') return undefined
    this.at += whole.length
    this.skipBlanks()
    return word
  }

  #directive(word: string, depth: number): Node {
    switch (word) {
      case 'set':
        return this.#set(depth)
      case 'if':
        return this.#if(depth)
      case 'foreach':
        return this.#foreach(depth)
      case 'macro':
        return this.#macro(depth)
      case 'define':
        return this.#define(depth)
      case 'break':
        return { kind: 'break' }
      case 'stop':
        return { kind: 'stop' }
      case 'parse':
      case 'include':
      case 'evaluate':
        throw new TemplateError(`#${word} is not supported`)
      default: {
        const from = this.at
        const args = this.#arguments(depth)
        const source = `#${word}${this.source.slice(from, this.at)}`
        return { kind: 'call', name: word, args, source }
      }
    }
  }

  #set(depth: number): Node {
    this.expect('(')
    this.skipSpace()
    const target = this.reference(depth)
    if (target === undefined) throw new TemplateError('#set needs a reference')
    this.skipSpace()
    this.expect('=')
    const value = this.expression(depth)
    this.expect(')')
    this.skipLineEnd()
    return { kind: 'set', target, value }
  }

  #test(depth: number): Expression {
    this.expect('(')
    const test = this.expression(depth)
    this.expect(')')
    this.skipLineEnd()
    return test
  }

  #if(depth: number): Node {
    const branches: { test: Expression; body: readonly Node[] }[] = []
    let test = this.#test(depth)
    for (;;) {
      const { nodes, end } = this.block(depth + 1)
      branches.push({ test, body: nodes })
      if (end === 'end') return { kind: 'if', branches, otherwise: [] }
      if (end === 'elseif') {
        test = this.#test(depth)
        continue
      }
      if (end === undefined) throw new TemplateError('#if has no #end')
      const rest = this.block(depth + 1)
      if (rest.end !== 'end') throw new TemplateError('#else has no #end')
      return { kind: 'if', branches, otherwise: rest.nodes }
    }
  }

  #foreach(depth: number): Node {
    this.expect('(')
    this.skipSpace()
    const item = this.reference(depth)
    this.skipSpace()
    if (item === undefined || !this.take('in')) throw new TemplateError('#foreach needs "$x in"')
    const list = this.expression(depth)
    this.expect(')')
    this.skipLineEnd()
    return { kind: 'foreach', name: item.name, list, body: this.#body(depth, 'foreach') }
  }

  #body(depth: number, word: string): readonly Node[] {
    const { nodes, end } = this.block(depth + 1)
    if (end !== 'end') throw new TemplateError(`#${word} has no #end`)
    return nodes
  }

  #macro(depth: number): Node {
    this.expect('(')
    this.skipSpace()
    const name = this.word()
    if (name === undefined) throw new TemplateError('#macro needs a name')
    const parameters: string[] = []
    this.skipSpace()
    while (!this.take(')')) {
      this.take(',')
      this.skipSpace()
      const parameter = this.reference(depth)
      if (parameter === undefined) throw new TemplateError('#macro needs references')
      parameters.push(parameter.name)
      this.skipSpace()
    }
    this.skipLineEnd()
    return { kind: 'macro', name, parameters, body: this.#body(depth, 'macro') }
  }

  #define(depth: number): Node {
    this.expect('(')
    this.skipSpace()
    const target = this.reference(depth)
    if (target === undefined) throw new TemplateError('#define needs a reference')
    this.expect(')')
    this.skipLineEnd()
    return { kind: 'define', name: target.name, body: this.#body(depth, 'define') }
  }

  #arguments(depth: number): Expression[] {
    this.expect('(')
    const args: Expression[] = []
    this.skipSpace()
    while (!this.take(')')) {
      args.push(this.expression(depth))
      this.skipSpace()
      this.take(',')
      this.skipSpace()
    }
    return args
  }

  /** What stands in a text in double quotes is a template of its own. */
  protected override template(source: string, depth: number): readonly Node[] {
    const { nodes, end } = new TemplateReader(source).block(depth + 1)
    if (end !== undefined) throw new TemplateError(`Encountered "#${end}" outside of a block`)
    return nodes
  }
}
