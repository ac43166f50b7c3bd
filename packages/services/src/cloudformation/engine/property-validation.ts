import type { PropertySchema, PropertyType, ResourceSchema } from '@cloud-orrery/models'
import { isList, isObject, type Json, type JsonObject, scalarText } from './json.ts'

/**
 * Types that CloudFormation still checks by its older means, with words of their own.
 * Recorded: test_invalid_stack_deploy (AWS::SSM::Parameter); the others from user reports.
 */
const olderTypes = new Set([
  'AWS::IAM::Policy',
  'AWS::S3::Bucket',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::SSM::Parameter',
])

export interface PropertyProblem {
  readonly path: string
  readonly kind: 'required' | 'unknown' | 'type' | 'enum'
  readonly expected?: string
  readonly found?: string
}

/** What properties break of their type's schema. Values are already worked out. */
export function propertyProblems(
  schema: ResourceSchema,
  properties: JsonObject,
): readonly PropertyProblem[] {
  const problems: PropertyProblem[] = []
  checkMembers(schema.properties, properties, '', schema, problems)
  return problems
}

/**
 * Why a resource fails for its properties, in the words of its type; undefined if it does not. `written`: the
 * properties before dynamic references became what they name, which no message tells.
 */
export function validationReason(
  schema: ResourceSchema,
  logicalId: string,
  properties: JsonObject,
  written = properties,
): string | undefined {
  const problems = propertyProblems(schema, properties).map((problem) =>
    problem.kind === 'enum' ? { ...problem, found: textAt(written, problem.path) } : problem,
  )
  if (problems.length === 0) return undefined
  return olderTypes.has(schema.typeName)
    ? olderReason(problems)
    : `Properties validation failed for resource ${logicalId} with message:\n${problems.map(registryWords).join('\n')}`
}

/** The text of what stands at `/Tags/0/Key`. */
function textAt(properties: JsonObject, path: string): string {
  let value: Json | undefined = properties
  for (const part of path.split('/').slice(1)) {
    value = isList(value) ? value[Number(part)] : isObject(value) ? value[part] : undefined
  }
  return value === undefined ? '' : (scalarText(value) ?? JSON.stringify(value))
}

function olderReason(problems: readonly PropertyProblem[]): string {
  const unknown = problems.find(({ kind }) => kind === 'unknown')
  if (unknown !== undefined) return `Encountered unsupported property ${lastPart(unknown.path)}`
  const wrongType = problems.find(({ kind }) => kind === 'type')
  if (wrongType !== undefined) {
    return `Value of property ${lastPart(wrongType.path)} must be ${article(wrongType.expected ?? 'String')}`
  }
  const words = problems.map((problem) =>
    problem.kind === 'required'
      ? `The property {${problem.path}} is required`
      : `The value of the property {${problem.path}} is not one of [${problem.expected ?? ''}]`,
  )
  return `Property validation failure: [${words.join(', ')}]`
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'String',
  integer: 'Integer',
  number: 'Number',
  boolean: 'Boolean',
  array: 'List',
  object: 'Object',
}

function article(expected: string): string {
  const name = typeNames[expected] ?? expected
  if (name === 'List') return 'a List of Strings'
  return `${/^[AEIOU]/.test(name) ? 'an' : 'of type'} ${name}`.replace(/^an Object$/, 'an object')
}

function registryWords({ path, kind, expected, found }: PropertyProblem): string {
  const parent = path.slice(0, path.lastIndexOf('/'))
  switch (kind) {
    case 'required':
      return `#${parent}: required key [${lastPart(path)}] not found`
    case 'unknown':
      return `#${parent}: extraneous key [${lastPart(path)}] is not permitted`
    case 'enum':
      return `#${path}: #: ${found ?? ''} is not a valid enum value`
    case 'type':
      return `#${path}: expected type: ${typeNames[expected ?? '']?.replace('List', 'JSONArray').replace('Object', 'JSONObject') ?? expected}, found: ${found}`
  }
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function checkMembers(
  members: Readonly<Record<string, PropertySchema>>,
  value: JsonObject,
  path: string,
  schema: ResourceSchema,
  problems: PropertyProblem[],
): void {
  for (const [name, member] of Object.entries(members)) {
    if (member.required === true && value[name] === undefined) {
      problems.push({ path: `${path}/${name}`, kind: 'required' })
    }
  }
  for (const [name, item] of Object.entries(value)) {
    const member = members[name]
    if (member === undefined) problems.push({ path: `${path}/${name}`, kind: 'unknown' })
    else checkValue(member.type, item, `${path}/${name}`, schema, problems)
  }
}

function checkValue(
  type: PropertyType,
  value: Json,
  path: string,
  schema: ResourceSchema,
  problems: PropertyProblem[],
): void {
  if (typeof type === 'string') {
    checkPrimitive(type, value, path, problems)
  } else if ('list' in type) {
    if (!isList(value))
      problems.push({ path, kind: 'type', expected: 'array', found: foundName(value) })
    else
      for (const [i, item] of value.entries())
        checkValue(type.list, item, `${path}/${i}`, schema, problems)
  } else if ('map' in type) {
    if (!isObject(value))
      problems.push({ path, kind: 'type', expected: 'object', found: foundName(value) })
    else {
      for (const [key, item] of Object.entries(value)) {
        checkValue(type.map, item, `${path}/${key}`, schema, problems)
      }
    }
  } else if ('definition' in type) {
    const members = schema.definitions[type.definition]
    if (!isObject(value))
      problems.push({ path, kind: 'type', expected: 'object', found: foundName(value) })
    else if (members !== undefined) checkMembers(members, value, path, schema, problems)
  } else if ('enum' in type) {
    const text = scalarText(value)
    if (text === undefined || !type.enum.some((each) => String(each) === text)) {
      problems.push({
        path,
        kind: 'enum',
        expected: type.enum.join(', '),
        found: text ?? foundName(value),
      })
    }
  } else {
    checkAny(type.anyOf, value, path, schema, problems)
  }
}

/** One of several types must fit; else the problems of the one that comes nearest. */
function checkAny(
  types: readonly PropertyType[],
  value: Json,
  path: string,
  schema: ResourceSchema,
  problems: PropertyProblem[],
): void {
  let fewest: PropertyProblem[] | undefined
  for (const type of types) {
    const found: PropertyProblem[] = []
    checkValue(type, value, path, schema, found)
    if (found.length === 0) return
    if (fewest === undefined || found.length < fewest.length) fewest = found
  }
  problems.push(...(fewest ?? []))
}

function checkPrimitive(
  type: string,
  value: Json,
  path: string,
  problems: PropertyProblem[],
): void {
  const refuse = (expected: string) =>
    problems.push({ path, kind: 'type', expected, found: foundName(value) })
  switch (type) {
    case 'string':
    case 'date-time':
      if (scalarText(value) === undefined) refuse('string')
      return
    case 'integer':
    case 'number': {
      const text = scalarText(value)
      const number = text === undefined || text.trim() === '' ? Number.NaN : Number(text)
      if (Number.isNaN(number) || typeof value === 'boolean') refuse(type)
      else if (type === 'integer' && !Number.isInteger(number)) refuse(type)
      return
    }
    case 'boolean':
      if (!/^(true|false)$/i.test(scalarText(value) ?? '')) refuse('boolean')
      return
    case 'tag':
      checkTag(value, path, problems)
      return
    default: // `json` takes everything, `null` stands for nothing that a template could hold.
  }
}

function checkTag(value: Json, path: string, problems: PropertyProblem[]): void {
  if (!isObject(value)) {
    problems.push({ path, kind: 'type', expected: 'object', found: foundName(value) })
    return
  }
  for (const name of ['Key', 'Value']) {
    const item = value[name]
    if (item === undefined) problems.push({ path: `${path}/${name}`, kind: 'required' })
    else if (scalarText(item) === undefined) {
      problems.push({
        path: `${path}/${name}`,
        kind: 'type',
        expected: 'string',
        found: foundName(item),
      })
    }
  }
  for (const name of Object.keys(value)) {
    if (name !== 'Key' && name !== 'Value' && name !== 'PropagateAtLaunch') {
      problems.push({ path: `${path}/${name}`, kind: 'unknown' })
    }
  }
}

function foundName(value: Json): string {
  if (isList(value)) return 'JSONArray'
  if (isObject(value)) return 'JSONObject'
  if (value === null) return 'Null'
  return typeof value === 'string' ? 'String' : typeof value === 'boolean' ? 'Boolean' : 'Number'
}

/** Properties with each scalar in the type of the schema: what handlers get. Unknown shapes stay as they are. */
export function typedProperties(schema: ResourceSchema, properties: JsonObject): JsonObject {
  return typedMembers(schema.properties, properties, schema)
}

function typedMembers(
  members: Readonly<Record<string, PropertySchema>>,
  value: JsonObject,
  schema: ResourceSchema,
): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const member = members[name]
      return [name, member === undefined ? item : typedValue(member.type, item, schema)]
    }),
  )
}

function typedValue(type: PropertyType, value: Json, schema: ResourceSchema): Json {
  if (typeof type === 'string') return typedScalar(type, value)
  if ('list' in type) {
    return isList(value) ? value.map((item) => typedValue(type.list, item, schema)) : value
  }
  if ('map' in type) {
    if (!isObject(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, typedValue(type.map, item, schema)]),
    )
  }
  if ('definition' in type) {
    const members = schema.definitions[type.definition]
    return isObject(value) && members !== undefined ? typedMembers(members, value, schema) : value
  }
  if ('enum' in type) {
    const text = scalarText(value)
    return type.enum.find((each) => String(each) === text) ?? value
  }
  for (const each of type.anyOf) {
    const problems: PropertyProblem[] = []
    checkValue(each, value, '', schema, problems)
    if (problems.length === 0) return typedValue(each, value, schema)
  }
  return value
}

function typedScalar(type: string, value: Json): Json {
  const text = scalarText(value)
  if (text === undefined) {
    // `{Key: 1}` in a tag is the string "1".
    return type === 'tag' && isObject(value)
      ? Object.fromEntries(
          Object.entries(value).map(([key, item]) => [key, scalarText(item) ?? item]),
        )
      : value
  }
  switch (type) {
    case 'string':
    case 'date-time':
      return text
    case 'integer':
    case 'number':
      return Number(text)
    case 'boolean':
      return text.toLowerCase() === 'true'
    default:
      return value
  }
}
