import { DecodeProblem, nestingMax } from '../problem.ts'
import type { FormPairs } from './form.ts'

/** `Attribute.1.Name=a` as nested nodes: Attribute, then 1, then Name with its text. */
export interface ParameterNode {
  text: string | undefined
  children: Map<string, ParameterNode> | undefined
}

/** Throws `DecodeProblem` ('limit') for names with too many parts. The first of equal names counts. */
export function parameterTree(pairs: FormPairs): ParameterNode {
  const root: ParameterNode = { text: undefined, children: undefined }
  for (const [name, value] of pairs) {
    let node = root
    const parts = name.includes('.') ? name.split('.') : [name]
    if (parts.length > nestingMax)
      throw new DecodeProblem('limit', 'A parameter is nested too deep')
    for (const part of parts) {
      node.children ??= new Map()
      let child = node.children.get(part)
      if (child === undefined) {
        child = { text: undefined, children: undefined }
        node.children.set(part, child)
      }
      node = child
    }
    node.text ??= value
  }
  return root
}

/** Numbered children in the order of their numbers, which need not be without gaps. */
export function numberedChildren(node: ParameterNode): ParameterNode[] {
  const numbered: [number, ParameterNode][] = []
  for (const [name, child] of node.children ?? []) {
    if (/^\d{1,9}$/.test(name)) numbered.push([Number(name), child])
  }
  return numbered.sort(([a], [b]) => a - b).map(([, child]) => child)
}
