import type { TemplateNode } from './parse.ts'

/** A value that the template names and the data does not have. */
export class MissingAttribute extends Error {}

/** Longest text that a template may come to, in characters: a mail's own limit. */
const lengthMax = 40 * 1024 * 1024

/**
 * Work on one template, in tags filled in and rounds of `each`: loops in loops, and partials that name themselves
 * twice, multiply. The bound is ours; AWS names none.
 */
const stepsMax = 1_000_000

/** Characters of a path that are looked up in one step. */
const stepLength = 16

interface Place {
  readonly data: unknown
  readonly outer: Place | undefined
  readonly specials: Readonly<Record<string, unknown>>
}

/**
 * Fills in a template. Values are not escaped. Throws MissingAttribute. Source: SES Developer Guide, "Using templates
 * to send personalized email"; "Advanced email personalization".
 */
export function render(nodes: readonly TemplateNode[], data: unknown): string {
  const partials = new Map<string, readonly TemplateNode[]>()
  const root: Place = { data, outer: undefined, specials: {} }
  const out: string[] = []
  let length = 0
  let steps = 0
  walk(nodes, root, 0)
  return out.join('')

  function put(text: string): void {
    length += text.length
    if (length > lengthMax) throw new MissingAttribute('The rendered message is too long.')
    out.push(text)
  }

  function spend(count: number): void {
    steps += count
    if (steps > stepsMax) throw new MissingAttribute('The template takes too many steps.')
  }

  function walk(list: readonly TemplateNode[], place: Place, depth: number): void {
    for (const node of list) {
      spend(1)
      switch (node.kind) {
        case 'text':
          put(node.text)
          break
        case 'value':
          put(textOf(valueAt(node.path, place, true)))
          break
        case 'inline':
          partials.set(node.name, node.body)
          break
        case 'partial':
          if (depth < 100) walk(partials.get(node.name) ?? [], place, depth + 1)
          break
        case 'block':
          block(node, place, depth + 1)
          break
      }
    }
  }

  function block(
    node: Extract<TemplateNode, { kind: 'block' }>,
    place: Place,
    depth: number,
  ): void {
    const value = valueAt(node.path, place, false)
    const isEmpty = isFalsy(value)
    if (node.helper === 'if' || node.helper === 'unless') {
      walk(isEmpty === (node.helper === 'if') ? node.otherwise : node.body, place, depth)
    } else if (isEmpty) walk(node.otherwise, place, depth)
    else if (node.helper === 'with') {
      walk(node.body, { data: value, outer: place, specials: {} }, depth)
    } else {
      const entries = Object.entries(value as object) // Not falsy: an array or an object, else it has no entries.
      for (const [i, [key, item]] of entries.entries()) {
        spend(1)
        const specials = { index: i, key, first: i === 0, last: i === entries.length - 1 }
        walk(node.body, { data: item, outer: place, specials }, depth)
      }
    }
  }

  function valueAt(path: string, from: Place, isNeeded: boolean): unknown {
    spend(Math.ceil(path.length / stepLength))
    let place: Place | undefined = from
    let rest = path
    while (rest.startsWith('../')) {
      place = place?.outer
      rest = rest.slice(3)
    }
    let value: unknown
    if (rest === 'this' || rest === '.') value = place?.data
    else if (rest.startsWith('@root')) value = inside(root.data, rest.slice(5).replace(/^\./, ''))
    else if (rest.startsWith('@')) value = special(rest.slice(1), place)
    else value = found(rest.replace(/^this[./]/, ''), place)
    if (value === undefined && isNeeded) {
      throw new MissingAttribute(`Attribute '${path}' is not present in the rendering data.`)
    }
    return value
  }
}

/** In the data of a place, or of one of those around it. */
function found(path: string, from: Place | undefined): unknown {
  for (let place = from; place !== undefined; place = place.outer) {
    const value = inside(place.data, path)
    if (value !== undefined) return value
  }
  return undefined
}

function special(name: string, from: Place | undefined): unknown {
  for (let place = from; place !== undefined; place = place.outer) {
    if (Object.hasOwn(place.specials, name)) return place.specials[name]
  }
  return undefined
}

function inside(data: unknown, path: string): unknown {
  if (path === '') return data
  let value = data
  for (const name of path.split(/[./]/)) {
    const key = name.replace(/^\[(.*)\]$/, '$1')
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}

function isFalsy(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  return value === undefined || value === null || value === false || value === 0 || value === ''
}

function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
