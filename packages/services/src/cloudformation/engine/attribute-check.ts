import { functionCall } from './functions.ts'
import { isList, isObject, type Json } from './json.ts'
import { attributeOf } from './references.ts'
import { hasAttribute } from './resource-types.ts'
import { substitutionParts } from './substitution.ts'
import type { Template } from './template.ts'

/**
 * The first attribute that a template asks of a type that has none of that name, as CloudFormation reports
 * it when work starts. Recorded: test_invalid_getatt_fails.
 */
export function unsupportedAttribute(template: Template): string | undefined {
  for (const [name, { properties }] of Object.entries(template.resources)) {
    const problem = find(template, properties, `/Resources/${name}/Properties`)
    if (problem !== undefined) return problem
  }
  for (const [name, { value }] of Object.entries(template.outputs)) {
    const problem = find(template, value, `/Outputs/${name}/Value`)
    if (problem !== undefined) return problem
  }
  return undefined
}

function find(template: Template, value: Json, path: string): string | undefined {
  if (!isList(value) && !isObject(value)) return undefined
  const call = isObject(value) ? functionCall(value) : undefined
  if (call?.name === 'Fn::GetAtt') {
    const { name, attribute } = attributeOf(call.argument)
    return typeof attribute === 'string'
      ? refusal(template, name, attribute, `${path}/Fn::GetAtt`)
      : undefined
  }
  if (call?.name === 'Fn::Sub') return findInSubstitution(template, call.argument, path)
  for (const [key, item] of Object.entries(value)) {
    const problem = find(template, item, `${path}/${key}`)
    if (problem !== undefined) return problem
  }
  return undefined
}

function findInSubstitution(template: Template, argument: Json, path: string): string | undefined {
  const [text, variables] = isList(argument) ? argument : [argument, {}]
  const own = isObject(variables) ? variables : {}
  for (const part of substitutionParts(String(text))) {
    if ('text' in part || Object.hasOwn(own, part.variable)) continue
    const dot = part.variable.indexOf('.')
    if (dot === -1) continue
    const [name, attribute] = [part.variable.slice(0, dot), part.variable.slice(dot + 1)]
    const problem = refusal(template, name, attribute, `${path}/Fn::Sub`)
    if (problem !== undefined) return problem
  }
  return find(template, own, `${path}/Fn::Sub`)
}

function refusal(
  template: Template,
  name: string,
  attribute: string,
  path: string,
): string | undefined {
  const type = template.resources[name]?.type
  if (type === undefined || hasAttribute(type, attribute)) return undefined
  return `[Error] ${path}: Resource type ${type} does not support attribute {${attribute}}`
}
