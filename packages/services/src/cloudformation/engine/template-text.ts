import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { templateFormatError } from '../errors.ts'
import { templateDepthMax } from '../limits.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { jsonErrorPosition } from './json-position.ts'

/** Functions that have a short form in YAML, without `Ref` and `Condition`, which have no `Fn::`. */
const shortForms = new Set([
  'And',
  'Base64',
  'Cidr',
  'Equals',
  'FindInMap',
  'ForEach',
  'GetAZs',
  'GetAtt',
  'If',
  'ImportValue',
  'Join',
  'Length',
  'Not',
  'Or',
  'Select',
  'Split',
  'Sub',
  'ToJsonString',
  'Transform',
])

const core = new Set(['null', 'bool', 'int', 'float', 'str', 'seq', 'map'])

/** Whether AWS reads a text as JSON; all other is YAML. */
export function isJsonText(text: string): boolean {
  return /^\s*[{[]/.test(text)
}

/**
 * Reads a template's text. Throws `Template format error: ...` for whatever is no object of plain JSON
 * values: malformed text, aliases (so no bomb can be built from them), nesting beyond reason.
 */
export function readTemplateText(text: string): JsonObject {
  const value = isJsonText(text) ? readJson(text) : readYaml(text)
  if (!isObject(value)) throw templateFormatError('unsupported structure.')
  return value
}

function readJson(text: string): Json {
  const notWellFormed = () => {
    const { line, column } = jsonErrorPosition(text)
    return templateFormatError(`JSON not well-formed. (line ${line}, column ${column})`)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw notWellFormed()
  }
  if (deeperThan(value, templateDepthMax)) throw notWellFormed()
  return value as Json // `JSON.parse` gives nothing else.
}

function deeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (depth === 0) return true
  return Object.values(value).some((item) => deeperThan(item, depth - 1))
}

function readYaml(text: string): Json {
  if (nestedDeeply(text)) throw templateFormatError('YAML not well-formed.')
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    merge: false,
    prettyErrors: false,
    stringKeys: false,
    logLevel: 'silent',
    schema: 'yaml-1.1',
    // Sexagesimal numbers, dates, sets and the like are not CloudFormation's.
    customTags: (tags) =>
      tags.filter(
        (tag) =>
          typeof tag === 'string' ||
          (core.has(tag.tag.slice(tag.tag.lastIndexOf(':') + 1)) &&
            !('format' in tag && tag.format === 'TIME')),
      ),
  })
  const [error] = document.errors
  if (error !== undefined) {
    // AWS points at the text that does not fit, behind its indentation.
    const indentation = /^ */.exec(text.slice(error.pos[0]))?.[0].length ?? 0
    throw yamlError(lines, error.pos[0] + indentation)
  }
  return document.contents === null ? null : jsonOf(document.contents, { text, lines }, 0)
}

interface Source {
  readonly text: string
  readonly lines: LineCounter
}

/** Flow brackets nested so deep that reading them would only cost time. */
function nestedDeeply(text: string): boolean {
  let depth = 0
  for (const character of text) {
    if (character === '[' || character === '{') depth += 1
    else if (character === ']' || character === '}') depth = Math.max(0, depth - 1)
    if (depth > 20 * templateDepthMax) return true
  }
  return false
}

function yamlError(lines: LineCounter, offset: number) {
  const { line, col } = lines.linePos(offset)
  return templateFormatError(`YAML not well-formed. (line ${line}, column ${col})`)
}

function jsonOf(node: Node | null | undefined, source: Source, depth: number): Json {
  if (node === null || node === undefined) return null
  const at = node.range?.[0] ?? 0
  if (isAlias(node)) {
    throw templateFormatError('YAML aliases are not allowed in CloudFormation templates')
  }
  if (depth > templateDepthMax) throw yamlError(source.lines, at)
  const tag = node.tag?.startsWith('!') && node.tag !== '!' ? node.tag.slice(1) : undefined
  if (tag !== undefined && tag !== 'Ref' && tag !== 'Condition' && !shortForms.has(tag)) {
    throw yamlError(source.lines, source.text.lastIndexOf(`!${tag}`, at))
  }
  const value = plainJsonOf(node, source, depth, tag !== undefined)
  if (tag === undefined) return value
  if (tag === 'Ref' || tag === 'Condition') return { [tag]: value }
  return { [`Fn::${tag}`]: tag === 'GetAtt' ? attributePath(value) : value }
}

function plainJsonOf(node: Node, source: Source, depth: number, tagged: boolean): Json {
  const { lines } = source
  if (isScalar(node)) {
    // A scalar with a tag of its own is a string, whatever it looks like.
    if (tagged) return node.source ?? String(node.value ?? '')
    return scalarValue(node.value, node.source)
  }
  if (isSeq<Node>(node)) return node.items.map((item) => jsonOf(item, source, depth + 1))
  if (isMap<Node, Node>(node)) {
    const entries: [string, Json][] = []
    const seen = new Set<string>()
    for (const { key, value } of node.items) {
      if (!isScalar(key)) throw yamlError(lines, key?.range?.[0] ?? node.range?.[0] ?? 0)
      const name = key.source ?? String(key.value)
      if (seen.has(name)) throw yamlError(lines, key.range?.[0] ?? 0)
      seen.add(name)
      entries.push([name, jsonOf(value, source, depth + 1)])
    }
    return Object.fromEntries(entries)
  }
  throw yamlError(lines, node.range?.[0] ?? 0)
}

function scalarValue(value: unknown, source: string | undefined): Json {
  if (value === null || typeof value === 'string') return value
  // YAML 1.1 takes a single y or n for a truth value. AWS's reader, SnakeYAML, does not.
  if (typeof value === 'boolean') return source?.length === 1 ? source : value
  // Account numbers and the like keep their zeros and digits: only what reads back the same is a number.
  if (typeof value === 'number') return String(value) === source ? value : (source ?? String(value))
  return source ?? String(value)
}

/** `!GetAtt Queue.Arn` and `!GetAtt [Queue, Arn]` are the same. */
function attributePath(value: Json): Json {
  if (typeof value !== 'string') return value
  const dot = value.indexOf('.')
  return dot === -1 ? [value] : [value.slice(0, dot), value.slice(dot + 1)]
}
