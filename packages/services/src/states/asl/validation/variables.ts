import { type IntrinsicNode, IntrinsicSyntaxError, parseIntrinsic } from '../intrinsics/parser.ts'
import { isArray, isObject, type Json, type JsonObject } from '../json.ts'
import { expressionOf } from '../jsonata.ts'
import { blocksOf } from './states.ts'

/** Names of JSONata that are no variables. */
const reserved = /^states$/
const structural = new Set(['Branches', 'ItemProcessor', 'Iterator', 'Comment', 'Next', 'Type'])

/** Variables that each state reads, by the state's name. */
export function referencesIn(definition: JsonObject): Record<string, string[]> {
  const references: Record<string, string[]> = {}
  const machineLanguage = definition['QueryLanguage']
  const blocks = [definition]
  for (let block = blocks.shift(); block !== undefined; block = blocks.shift()) {
    const { States } = block
    if (!isObject(States)) continue
    for (const [name, state] of Object.entries(States)) {
      if (!isObject(state)) continue
      const isJsonata = (state['QueryLanguage'] ?? machineLanguage) === 'JSONata'
      const found = new Set<string>()
      for (const [field, value] of Object.entries(state)) {
        if (structural.has(field)) continue
        if (isJsonata) collectExpressions(value, found)
        else collectPaths(field, value, found)
      }
      if (found.size > 0) references[name] = [...found].sort()
      blocks.push(...blocksOf(state, '').map((inner) => inner.block))
    }
  }
  return references
}

function collectExpressions(value: Json, found: Set<string>): void {
  if (isArray(value)) for (const item of value) collectExpressions(item, found)
  else if (isObject(value)) for (const item of Object.values(value)) collectExpressions(item, found)
  else if (typeof value === 'string') {
    const text = expressionOf(value)
    const own = new Set<string>()
    for (const [, name = ''] of text?.matchAll(/\$([A-Za-z_]\w*)\s*:=/g) ?? []) own.add(name)
    for (const [, name = ''] of text?.matchAll(/\$([A-Za-z_]\w*)(?!\w*\s*\()/g) ?? []) {
      if (!reserved.test(name) && !own.has(name)) found.add(name)
    }
  }
}

/** Fields that are paths themselves, and members whose names end in `.$`. */
function collectPaths(name: string, value: Json, found: Set<string>): void {
  if (isArray(value)) for (const item of value) collectPaths('', item, found)
  else if (isObject(value)) {
    for (const [key, member] of Object.entries(value)) collectPaths(key, member, found)
  } else if (typeof value === 'string' && /(?:\.\$|Path|Variable)$/.test(name)) {
    collectText(value, found)
  }
}

function collectText(text: string, found: Set<string>): void {
  const variable = /^\$([A-Za-z_]\w*)/.exec(text)?.[1]
  if (variable !== undefined) found.add(variable)
  if (!text.startsWith('States.')) return
  try {
    collectNode(parseIntrinsic(text), found)
  } catch (error) {
    if (!(error instanceof IntrinsicSyntaxError)) throw error
  }
}

function collectNode(node: IntrinsicNode, found: Set<string>): void {
  if (node.kind === 'path') collectText(node.text, found)
  if (node.kind === 'call') for (const arg of node.args) collectNode(arg, found)
}
