import type { Member, Shape } from '@cloud-orrery/models'
import { DecodeProblem } from '../problem.ts'
import { readText } from '../text-values.ts'
import { setEntry } from '../values.ts'
import { isBlank, type XmlElement } from './xml-reader.ts'

export interface XmlReading {
  /** S3 validates against its schema: what it does not know is refused. Others ignore it. */
  strict: boolean
}

/** Members of a shape by the element or attribute that carries them. */
interface XmlNames {
  elements: Map<string, Member>
  attributes: Map<string, Member>
}

const namesByShape = new WeakMap<Shape, XmlNames>()

function xmlNames(shape: Shape): XmlNames {
  let names = namesByShape.get(shape)
  if (names === undefined) {
    names = { elements: new Map(), attributes: new Map() }
    for (const member of Object.values(shape.members ?? {})) {
      const name = localPart(member.xmlName ?? member.name)
      if (member.xmlAttribute === true) names.attributes.set(member.xmlName ?? member.name, member)
      else names.elements.set(name, member)
    }
    namesByShape.set(shape, names)
  }
  return names
}

function localPart(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

/** The members of a structure or union from its element. Throws `DecodeProblem`. */
export function readXmlStructure(
  element: XmlElement,
  shape: Shape,
  reading: XmlReading,
): Record<string, unknown> {
  const { elements, attributes } = xmlNames(shape)
  const result: Record<string, unknown> = {}
  if (reading.strict && !isBlank(element.text)) throw new DecodeProblem('type', 'Unexpected text')
  for (const [name, member] of attributes) {
    const text = element.attributes?.[name] ?? attributeWithoutPrefix(element, name)
    if (text !== undefined) result[member.name] = readText(text, member, { place: 'body', name })
  }
  for (const child of element.children) {
    const member = elements.get(child.name)
    if (member === undefined) {
      if (reading.strict) throw new DecodeProblem('unknown', 'Unknown element', 'body', child.name)
      continue
    }
    addChild(result, child, member, reading)
  }
  return result
}

/** Clients choose their own prefix for a namespace. */
function attributeWithoutPrefix(element: XmlElement, name: string): string | undefined {
  const local = localPart(name)
  for (const key in element.attributes) {
    if (localPart(key) === local && !key.startsWith('xmlns')) return element.attributes[key]
  }
  return undefined
}

function addChild(
  result: Record<string, unknown>,
  child: XmlElement,
  member: Member,
  reading: XmlReading,
): void {
  const { name, shape } = member
  if (member.xmlFlattened !== true) {
    if (name in result && reading.strict) {
      throw new DecodeProblem('type', 'An element is repeated', 'body', child.name)
    }
    result[name] = readXmlValue(child, member, reading)
  } else if (shape.type === 'list' && shape.member !== undefined) {
    result[name] ??= []
    const list = result[name] as unknown[]
    list.push(readXmlValue(child, shape.member, reading))
  } else if (shape.type === 'map') {
    result[name] ??= {}
    addEntry(result[name] as Record<string, unknown>, child, shape, reading)
  }
}

/** The value of one element. */
export function readXmlValue(element: XmlElement, member: Member, reading: XmlReading): unknown {
  const { shape } = member
  switch (shape.type) {
    case 'structure':
    case 'union':
      return readXmlStructure(element, shape, reading)
    case 'list':
      return readList(element, shape, reading)
    case 'map': {
      const map: Record<string, unknown> = {}
      for (const entry of element.children) addEntry(map, entry, shape, reading)
      return map
    }
    default:
      if (element.children.length > 0) {
        throw new DecodeProblem(
          'type',
          'Start of structure or map found where not expected.',
          'body',
          element.name,
        )
      }
      return readText(element.text, member, { place: 'body', name: element.name })
  }
}

/** A wrapped list: its children, by whatever name unless the reading is strict. */
function readList(element: XmlElement, shape: Shape, reading: XmlReading): unknown[] {
  const { member } = shape
  if (member === undefined) return []
  const wanted = localPart(member.xmlName ?? 'member')
  const list: unknown[] = []
  for (const child of element.children) {
    if (child.name === wanted) list.push(readXmlValue(child, member, reading))
    else if (reading.strict) {
      throw new DecodeProblem('unknown', 'Unknown element', 'body', child.name)
    }
  }
  return list
}

/** `<entry><key/><value/></entry>`, or the same pair inside a flattened element. */
function addEntry(
  map: Record<string, unknown>,
  entry: XmlElement,
  shape: Shape,
  reading: XmlReading,
): void {
  const keyName = localPart(shape.key?.xmlName ?? 'key')
  const valueName = localPart(shape.value?.xmlName ?? 'value')
  const key = entry.children.find((child) => child.name === keyName)
  const value = entry.children.find((child) => child.name === valueName)
  if (key === undefined) throw new DecodeProblem('type', 'An entry has no key', 'body', entry.name)
  if (value === undefined || shape.value === undefined) return
  setEntry(map, key.text, readXmlValue(value, shape.value, reading))
}
