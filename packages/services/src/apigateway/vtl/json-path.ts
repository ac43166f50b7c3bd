/** A path into JSON, taken apart. */
type Selector =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'all' }
  | { readonly kind: 'descend' }
  | {
      readonly kind: 'filter'
      readonly path: readonly Selector[]
      readonly operator: string | undefined
      readonly value: unknown
    }

/** Nodes that one path may touch. */
const nodesMax = 100_000

/**
 * What a path selects: a value, undefined where there is none, a list where the path may select several.
 * Source: Jayway JsonPath, "Operators", which API Gateway's `$input` takes paths of.
 */
export function selected(document: unknown, path: string): unknown {
  const selectors = parsedPath(path)
  if (selectors === undefined) return undefined
  const isDefinite = selectors.every(({ kind }) => kind === 'name' || kind === 'index')
  const budget = { left: nodesMax }
  let nodes: unknown[] = [document]
  for (const selector of selectors) nodes = nodes.flatMap((node) => stepped(node, selector, budget))
  return isDefinite ? nodes[0] : nodes
}

interface Budget {
  left: number
}

function stepped(node: unknown, selector: Selector, budget: Budget): unknown[] {
  budget.left -= 1
  if (budget.left < 0) return []
  switch (selector.kind) {
    case 'name':
      return member(node, selector.name)
    case 'names':
      return selector.names.flatMap((name) => member(node, name))
    case 'index': {
      if (!Array.isArray(node)) return []
      const at = selector.index < 0 ? node.length + selector.index : selector.index
      return at in node ? [node[at]] : []
    }
    case 'slice':
      return Array.isArray(node) ? node.slice(selector.from, selector.to) : []
    case 'all':
      return childrenOf(node)
    case 'descend':
      return [node, ...childrenOf(node).flatMap((child) => stepped(child, selector, budget))]
    case 'filter':
      return childrenOf(node).filter((child) => holds(child, selector, budget))
  }
}

function member(node: unknown, name: string): unknown[] {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return []
  return Object.hasOwn(node, name) ? [(node as Record<string, unknown>)[name]] : []
}

function childrenOf(node: unknown): unknown[] {
  if (Array.isArray(node)) return node
  return typeof node === 'object' && node !== null ? Object.values(node) : []
}

function holds(
  node: unknown,
  { path, operator, value }: Extract<Selector, { kind: 'filter' }>,
  budget: Budget,
): boolean {
  let nodes: unknown[] = [node]
  for (const selector of path) nodes = nodes.flatMap((it) => stepped(it, selector, budget))
  if (operator === undefined) return nodes.length > 0
  const [left] = nodes
  if (operator === '==') return left === value
  if (operator === '!=') return left !== value
  if (typeof left !== typeof value || (typeof left !== 'number' && typeof left !== 'string')) {
    return false
  }
  const right = value as typeof left // Of the same kind, as just seen.
  if (operator === '<') return left < right
  if (operator === '<=') return left <= right
  if (operator === '>') return left > right
  return left >= right
}

const parts: readonly (readonly [RegExp, (match: RegExpExecArray) => Selector | undefined])[] = [
  [/\.\.(?=[[*\w])/y, () => ({ kind: 'descend' })],
  [/\.?\*/y, () => ({ kind: 'all' })],
  [/\[\*\]/y, () => ({ kind: 'all' })],
  [/\[(-?\d+)\]/y, ([, index]) => ({ kind: 'index', index: Number(index) })],
  [
    /\[(-?\d*):(-?\d*)\]/y,
    ([, from = '', to = '']) => ({
      kind: 'slice',
      from: from === '' ? undefined : Number(from),
      to: to === '' ? undefined : Number(to),
    }),
  ],
  [
    /\[\s*((?:'[^']*'|"[^"]*")(?:\s*,\s*(?:'[^']*'|"[^"]*"))*)\s*\]/y,
    ([, list = '']) => {
      const names = (list.match(/'[^']*'|"[^"]*"/g) ?? []).map((name) => name.slice(1, -1))
      const [name = ''] = names
      return names.length === 1 ? { kind: 'name', name } : { kind: 'names', names }
    },
  ],
  [
    /\[\?\(\s*@([^\s=!<>)]*)\s*(?:(==|!=|<=|>=|<|>)\s*([^)]+?))?\s*\)\]/y,
    ([, inner = '', operator, value]) => {
      const path = parsedPath(`$${inner}`)
      return path && { kind: 'filter', path, operator, value: literal(value) }
    },
  ],
  [/\.?([^.[\]*]+)/y, ([, name = '']) => ({ kind: 'name', name })],
]

function literal(text: string | undefined): unknown {
  if (text === undefined) return undefined
  if (/^'.*'$/s.test(text)) return text.slice(1, -1)
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Undefined where it is no path. */
function parsedPath(path: string): readonly Selector[] | undefined {
  const text = path.trim().replace(/^\$/, '')
  const selectors: Selector[] = []
  let at = 0
  while (at < text.length) {
    let found: Selector | undefined
    for (const [pattern, selectorOf] of parts) {
      pattern.lastIndex = at
      const match = pattern.exec(text)
      if (match === null) continue
      found = selectorOf(match)
      at += match[0].length
      break
    }
    if (found === undefined) return undefined
    selectors.push(found)
  }
  return selectors
}
