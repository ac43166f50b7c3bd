import { foreachIterationsMax, templateOutputMax, templateStepsMax } from '../limits.ts'
import { type Expression, type Node, type Reference, type Step, TemplateError } from './ast.ts'
import { define, methodOf } from './methods.ts'
import { parseTemplate } from './parse.ts'
import { areEqual, fitting, isMap, isTrue, JavaList, shownText, type VtlMap } from './values.ts'

const parsed = new Map<string, readonly Node[]>()
/** Templates that are kept taken apart. */
const parsedMax = 500

function nodesOf(source: string): readonly Node[] {
  let nodes = parsed.get(source)
  if (nodes === undefined) {
    nodes = parseTemplate(source)
    if (parsed.size >= parsedMax) parsed.clear()
    parsed.set(source, nodes)
  }
  return nodes
}

/** Fills a template in. `variables` are changed by its `#set`. Throws TemplateError. */
export function renderTemplate(source: string, variables: VtlMap): string {
  try {
    const run = new Rendering(variables)
    run.block(nodesOf(source))
    return run.output
  } catch (error) {
    // The engine's own end of texts and of calls within calls.
    if (error instanceof RangeError) throw new TemplateError('The template is nested too deeply')
    throw error
  }
}

type End = 'break' | 'stop' | undefined

/** Calls of macros within macros. */
const callsMax = 20

class Rendering {
  output = ''
  readonly #variables: VtlMap
  readonly #macros = new Map<string, Extract<Node, { kind: 'macro' }>>()
  #steps = 0
  #calls = 0
  #written = 0

  constructor(variables: VtlMap) {
    this.#variables = variables
  }

  block(nodes: readonly Node[]): End {
    for (const node of nodes) {
      const end = this.#node(node)
      if (end !== undefined) return end
    }
    return undefined
  }

  #node(node: Node): End {
    this.#step()
    switch (node.kind) {
      case 'text':
        this.#put(node.text)
        return undefined
      case 'reference':
        this.#put(this.#shown(node.reference))
        return undefined
      case 'set':
        this.#assign(node.target, this.#value(node.value))
        return undefined
      case 'if': {
        const branch = node.branches.find(({ test }) => isTrue(this.#value(test)))
        return this.block(branch?.body ?? node.otherwise)
      }
      case 'foreach':
        return this.#foreach(node)
      case 'macro':
        this.#macros.set(node.name, node)
        return undefined
      case 'define':
        define(this.#variables, node.name, new Block(node.body))
        return undefined
      case 'call':
        return this.#call(node)
      case 'break':
        return 'break'
      case 'stop':
        return 'stop'
    }
  }

  #step(more = 0): void {
    this.#steps += 1 + more
    if (this.#steps > templateStepsMax) throw new TemplateError('The template takes too many steps')
  }

  #put(text: string): void {
    this.#written += text.length
    if (this.#written > templateOutputMax) throw new TemplateError('The output is too large')
    this.output += text
  }

  #foreach({ name, list, body }: Extract<Node, { kind: 'foreach' }>): End {
    const items = itemsOf(this.#value(list))
    if (items.length > foreachIterationsMax) {
      throw new TemplateError(`#foreach takes more than ${foreachIterationsMax} rounds`)
    }
    const outer = this.#variables['foreach']
    const before = this.#variables[name]
    let end: End
    for (const [index, item] of items.entries()) {
      define(this.#variables, name, item)
      define(this.#variables, 'velocityCount', index + 1)
      define(this.#variables, 'foreach', {
        index,
        count: index + 1,
        hasNext: index + 1 < items.length,
        first: index === 0,
        last: index + 1 === items.length,
        parent: outer,
      })
      end = this.block(body)
      if (end !== undefined) break
    }
    define(this.#variables, name, before)
    define(this.#variables, 'foreach', outer)
    return end === 'stop' ? end : undefined
  }

  #call({ name, args, source }: Extract<Node, { kind: 'call' }>): End {
    const macro = this.#macros.get(name)
    if (macro === undefined) {
      this.#put(source) // What is no macro is text.
      return undefined
    }
    if (this.#calls >= callsMax)
      throw new TemplateError(`Macros call each other more than ${callsMax} deep`)
    const values = args.map((arg) => this.#value(arg))
    const before = macro.parameters.map((parameter) => this.#variables[parameter])
    for (const [i, parameter] of macro.parameters.entries()) {
      define(this.#variables, parameter, values[i])
    }
    this.#calls += 1
    const end = this.block(macro.body)
    this.#calls -= 1
    for (const [i, parameter] of macro.parameters.entries()) {
      define(this.#variables, parameter, before[i])
    }
    return end
  }

  /** Nothing for what is not there, but the reference's own text for a name that nobody gave. */
  #shown(reference: Reference): string {
    const value = this.#resolve(reference)
    if (value instanceof Block) return this.#inner(value.body)
    if (value === undefined && !reference.quiet && reference.steps.length === 0) {
      return Object.hasOwn(this.#variables, reference.name) ? '' : reference.source
    }
    return shownText(value)
  }

  #inner(body: readonly Node[]): string {
    const kept = this.output
    this.output = ''
    if (this.#calls >= callsMax) throw new TemplateError('Blocks are nested too deeply')
    this.#calls += 1
    this.block(body)
    this.#calls -= 1
    const inner = this.output
    this.output = kept
    return inner
  }

  #resolve({ name, steps }: Reference): unknown {
    let value = Object.hasOwn(this.#variables, name) ? this.#variables[name] : undefined
    for (const step of steps) {
      if (value === undefined || value === null) return undefined
      value = this.#taken(value, step)
    }
    return value
  }

  #taken(value: unknown, step: Step): unknown {
    this.#step(step.kind === 'method' ? stepsOver(value) : 0)
    if (step.kind === 'method') {
      const args = step.args.map((arg) => this.#value(arg))
      const answered = methodOf(value, step.name)?.(...args)
      return typeof answered === 'string' ? fitting(answered) : answered
    }
    const key = step.kind === 'member' ? step.name : this.#value(step.index)
    if (Array.isArray(value)) {
      if (key === 'size' || key === 'length') return value.length
      const at = Number(key)
      return value[at < 0 ? value.length + at : at]
    }
    if (isMap(value))
      return Object.hasOwn(value, shownText(key)) ? value[shownText(key)] : undefined
    if (typeof value === 'string' && key === 'length') return value.length
    return undefined
  }

  /** Only into maps and lists that are there: `$context.responseOverride.header.x`. */
  #assign({ name, steps }: Reference, value: unknown): void {
    const last = steps.at(-1)
    if (last === undefined) {
      define(this.#variables, name, value)
      return
    }
    if (last.kind === 'method') throw new TemplateError('#set can not be done to a method')
    const holder = this.#resolve({ name, steps: steps.slice(0, -1), quiet: true, source: '' })
    const key = last.kind === 'member' ? last.name : this.#value(last.index)
    if (Array.isArray(holder)) holder[Math.min(Number(key), holder.length)] = value
    else if (isMap(holder)) define(holder, shownText(key), value)
  }

  #value(expression: Expression): unknown {
    this.#step()
    switch (expression.kind) {
      case 'constant':
        return expression.value
      case 'text':
        return this.#inner(expression.nodes)
      case 'reference': {
        const value = this.#resolve(expression.reference)
        return value instanceof Block ? this.#inner(value.body) : value
      }
      case 'list': {
        const list = new JavaList()
        for (const item of expression.items) list.push(this.#value(item))
        return list
      }
      case 'range':
        return rangeOf(Number(this.#value(expression.from)), Number(this.#value(expression.to)))
      case 'map': {
        const map: VtlMap = {}
        for (const { key, value } of expression.entries) {
          define(map, shownText(this.#value(key)), this.#value(value))
        }
        return map
      }
      case 'not':
        return !isTrue(this.#value(expression.operand))
      case 'negative':
        return -Number(this.#value(expression.operand))
      case 'binary':
        return this.#binary(expression)
    }
  }

  #binary({ operator, left, right }: Extract<Expression, { kind: 'binary' }>): unknown {
    if (operator === '||') return isTrue(this.#value(left)) || isTrue(this.#value(right))
    if (operator === '&&') return isTrue(this.#value(left)) && isTrue(this.#value(right))
    const a = this.#value(left)
    const b = this.#value(right)
    if (operator === '==') return areEqual(a, b)
    if (operator === '!=') return !areEqual(a, b)
    if (operator === '+' && (typeof a === 'string' || typeof b === 'string')) {
      return fitting(shownText(a) + shownText(b))
    }
    return calculated(operator, a, b)
  }
}

/** What a method counts for besides itself: those of long texts and lists look at all of them. */
function stepsOver(value: unknown): number {
  if (typeof value === 'string') return Math.floor(value.length / 4096)
  return Array.isArray(value) ? Math.floor(value.length / 64) : 0
}

/** What `#define` keeps. */
class Block {
  readonly body: readonly Node[]

  constructor(body: readonly Node[]) {
    this.body = body
  }
}

function calculated(operator: string, left: unknown, right: unknown): unknown {
  if (typeof left !== 'number' || typeof right !== 'number') {
    if (typeof left === 'string' && typeof right === 'string') {
      if (operator === '<') return left < right
      if (operator === '>') return left > right
    }
    return undefined
  }
  const whole = Number.isInteger(left) && Number.isInteger(right)
  switch (operator) {
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      if (right === 0) return undefined
      return whole ? Math.trunc(left / right) : left / right
    case '%':
      return right === 0 ? undefined : left % right
    default:
      return undefined
  }
}

function rangeOf(from: number, to: number): JavaList {
  const list = new JavaList()
  const step = from <= to ? 1 : -1
  if (Math.abs(to - from) > foreachIterationsMax) throw new TemplateError('A range is too long')
  for (let value = from; step > 0 ? value <= to : value >= to; value += step) list.push(value)
  return list
}

function itemsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return [...value]
  if (isMap(value)) return Object.values(value)
  return []
}
