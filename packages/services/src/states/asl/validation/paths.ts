import { intrinsicArity } from '../intrinsics/functions.ts'
import { type IntrinsicNode, IntrinsicSyntaxError, parseIntrinsic } from '../intrinsics/parser.ts'
import { isArray, isObject, type Json } from '../json.ts'
import { JsonPathError, parseJsonPath } from '../json-path.ts'
import type { Findings } from './findings.ts'

/** A field that has to be a JSONPath, a variable, or an intrinsic function's call. */
export function checkPath(value: Json, at: string, findings: Findings): void {
  const isIt = typeof value === 'string' && (isPath(value) || isIntrinsic(value))
  if (!isIt) findings.schema(`Value is not a Reference Path: ${shown(value)}`, at)
}

function shown(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Members whose names end in `.$` have to be paths or calls. */
export function checkTemplate(template: Json, at: string, findings: Findings): void {
  if (isArray(template)) {
    for (const item of template) checkTemplate(item, at, findings)
    return
  }
  if (!isObject(template)) return
  for (const [name, member] of Object.entries(template)) {
    if (!name.endsWith('.$')) {
      checkTemplate(member, at, findings)
      if (typeof member === 'string' && (member.startsWith('$.') || member.startsWith('States.'))) {
        findings.warn(
          'NO_DOLLAR',
          `Field '${name}' looks like a path but its name does not end in '.$'`,
          at,
        )
      }
      continue
    }
    const isIt = typeof member === 'string' && (isPath(member) || isIntrinsic(member))
    if (isIt) continue
    findings.schema(
      `The value for the field '${name}' must be a valid JSONPath or a valid intrinsic function call`,
      at,
    )
  }
}

function isPath(text: string): boolean {
  if (!text.startsWith('$')) return false
  const rest = text.replace(/^\$(?:\$|[A-Za-z_][A-Za-z0-9_]*)?/, '$')
  try {
    parseJsonPath(rest)
    return true
  } catch (error) {
    if (error instanceof JsonPathError) return false
    throw error
  }
}

function isIntrinsic(text: string): boolean {
  if (!text.startsWith('States.')) return false
  try {
    return isKnownCall(parseIntrinsic(text))
  } catch (error) {
    if (error instanceof IntrinsicSyntaxError) return false
    throw error
  }
}

function isKnownCall(node: IntrinsicNode): boolean {
  if (node.kind === 'path') return isPath(node.text)
  if (node.kind === 'literal') return true
  const [least, most] = intrinsicArity[node.name] ?? [1, 0]
  const count = node.args.length
  return count >= least && count <= most && node.args.every(isKnownCall)
}
