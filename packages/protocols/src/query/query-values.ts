import type { Member, Shape } from '@cloud-orrery/models'
import { DecodeProblem } from '../problem.ts'
import { readText } from '../text-values.ts'
import { setEntry } from '../values.ts'
import { numberedChildren, type ParameterNode } from './parameter-tree.ts'

/** How a protocol names parameters. */
export interface QueryNames {
  /** A structure's member. */
  member(member: Member): string
  /** ec2Query has neither wrappers around lists nor maps. */
  flat: boolean
}

export const awsQueryNames: QueryNames = {
  member: (member) => member.xmlName ?? member.name,
  flat: false,
}

export const ec2QueryNames: QueryNames = {
  member: (member) => member.ec2QueryName ?? capitalised(member.xmlName ?? member.name),
  flat: true,
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** The members of a structure from the parameters under it. Throws `DecodeProblem`. */
export function readQueryStructure(
  node: ParameterNode,
  shape: Shape,
  names: QueryNames,
): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  const { members = {} } = shape
  for (const name in members) {
    const member = members[name]
    if (member === undefined) continue
    const key = names.member(member)
    const child = node.children?.get(key)
    const value = child === undefined ? undefined : readQueryValue(child, key, member, names)
    if (value !== undefined) result[name] = value
  }
  return result
}

function readQueryValue(
  node: ParameterNode,
  key: string,
  member: Member,
  names: QueryNames,
): unknown {
  const { shape } = member
  switch (shape.type) {
    case 'structure':
    case 'union':
      if (node.children === undefined)
        throw wrongKind('Unexpected complex element termination', key)
      return readQueryStructure(node, shape, names)
    case 'list':
      return readList(node, key, member, names)
    case 'map':
      return readMap(node, member, names)
    default:
      if (node.text === undefined) throw wrongKind('Start of list found where not expected', key)
      return readScalar(node.text, key, member)
  }
}

/** An empty text is a value for strings only. */
function readScalar(text: string, key: string, member: Member): unknown {
  const { type } = member.shape
  if (text === '' && type !== 'string' && type !== 'enum' && type !== 'blob') return undefined
  return readText(text, member, { place: 'body', name: key })
}

/** Source: answers of SNS and SQS to such parameters. */
function wrongKind(message: string, key: string): DecodeProblem {
  return new DecodeProblem('type', message, 'body', key)
}

/** `Name.member.1`, flattened `Name.1`. `Name=` alone is an empty list. */
function readList(
  node: ParameterNode,
  key: string,
  { shape, xmlFlattened }: Member,
  names: QueryNames,
): unknown[] | undefined {
  const { member } = shape
  if (member === undefined) return []
  if (node.children === undefined) {
    if (node.text === '') return []
    throw wrongKind('Unexpected list element termination', key)
  }
  const flat = names.flat || xmlFlattened === true
  const holder = flat ? node : node.children.get(member.xmlName ?? 'member')
  if (holder === undefined) throw wrongKind('Top level element may not be treated as a list', key)
  return numberedChildren(holder)
    .map((item) => readQueryValue(item, key, member, names))
    .filter((item) => item !== undefined)
}

/** `Name.entry.1.key` and `.value`, flattened `Name.1.key`. */
function readMap(
  node: ParameterNode,
  { shape, xmlFlattened }: Member,
  names: QueryNames,
): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  const { key, value } = shape
  if (key === undefined || value === undefined) return result
  const holder = xmlFlattened === true ? node : (node.children?.get('entry') ?? node)
  const keyName = key.xmlName ?? 'key'
  const valueName = value.xmlName ?? 'value'
  for (const entry of numberedChildren(holder)) {
    const keyText = entry.children?.get(keyName)?.text
    const item = entry.children?.get(valueName)
    if (keyText === undefined) throw wrongKind('An entry has no key', keyName)
    if (item === undefined) continue
    const read = readQueryValue(item, valueName, value, names)
    if (read !== undefined) setEntry(result, keyText, read)
  }
  return result
}
