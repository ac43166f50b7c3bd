import { checkFunctionShape, functionCall } from './functions.ts'
import { isList, isObject, type Json } from './json.ts'
import { substitutionParts } from './substitution.ts'

/** Something that a value names: by `Ref`, `Fn::GetAtt`, `Fn::Sub`, `Fn::If` or `Condition`. */
export interface Reference {
  readonly kind: 'ref' | 'attribute' | 'condition'
  readonly name: string
  readonly attribute?: string
  /** The function that names it. */
  readonly by: string
}

export interface Walk {
  /** Which branch of an `Fn::If` counts; undefined: both. */
  readonly branch?: (condition: string) => boolean | undefined
  /** In conditions and rules `{Condition: name}` is a reference. */
  readonly inCondition?: boolean
}

/** Calls `visit` for everything that a value refers to, and checks the form of every function on the way. */
export function walkReferences(
  value: Json,
  visit: (reference: Reference) => void,
  walk: Walk = {},
): void {
  if (isList(value)) {
    for (const item of value) walkReferences(item, visit, walk)
    return
  }
  if (!isObject(value)) return
  const call = functionCall(value)
  if (call === undefined || (call.name === 'Condition' && walk.inCondition !== true)) {
    for (const item of Object.values(value)) walkReferences(item, visit, walk)
    return
  }
  checkFunctionShape(call)
  const { name, argument } = call
  if (name === 'Ref' && typeof argument === 'string')
    visit({ kind: 'ref', name: argument, by: name })
  else if (name === 'Condition' && typeof argument === 'string') {
    visit({ kind: 'condition', name: argument, by: name })
  } else if (name === 'Fn::GetAtt') walkAttribute(argument, visit, walk)
  else if (name === 'Fn::Sub') walkSubstitution(argument, visit, walk)
  else if (name === 'Fn::If') walkIf(argument, visit, walk)
  else walkReferences(argument, visit, walk)
}

/** Everything that a value refers to, each once. */
export function referencesOf(value: Json, walk: Walk = {}): readonly Reference[] {
  const found = new Map<string, Reference>()
  walkReferences(
    value,
    (reference) => {
      const { kind, name, attribute = '' } = reference
      found.set(`${kind} ${name} ${attribute}`, reference)
    },
    walk,
  )
  return [...found.values()]
}

/** `Queue.Arn` or `[Queue, Arn]`, in its two parts; the attribute may be a function. */
export function attributeOf(argument: Json): { name: string; attribute: Json } {
  if (typeof argument === 'string') {
    const dot = argument.indexOf('.')
    return { name: argument.slice(0, dot), attribute: argument.slice(dot + 1) }
  }
  const [name, attribute] = isList(argument) ? argument : []
  return { name: String(name), attribute: attribute ?? '' }
}

function walkAttribute(argument: Json, visit: (reference: Reference) => void, walk: Walk): void {
  const { name, attribute } = attributeOf(argument)
  visit({
    kind: 'attribute',
    name,
    by: 'Fn::GetAtt',
    ...(typeof attribute === 'string' ? { attribute } : {}),
  })
  walkReferences(attribute, visit, walk)
}

function walkSubstitution(argument: Json, visit: (reference: Reference) => void, walk: Walk): void {
  const [text, variables] = isList(argument) ? argument : [argument, {}]
  const own = isObject(variables) ? variables : {}
  for (const item of Object.values(own)) walkReferences(item, visit, walk)
  for (const part of substitutionParts(String(text))) {
    if ('text' in part || Object.hasOwn(own, part.variable)) continue
    const dot = part.variable.indexOf('.')
    if (dot === -1) visit({ kind: 'ref', name: part.variable, by: 'Fn::Sub' })
    else {
      const [name, attribute] = [part.variable.slice(0, dot), part.variable.slice(dot + 1)]
      visit({ kind: 'attribute', name, attribute, by: 'Fn::Sub' })
    }
  }
}

function walkIf(argument: Json, visit: (reference: Reference) => void, walk: Walk): void {
  const [condition, whenTrue = null, whenFalse = null] = isList(argument) ? argument : []
  if (typeof condition !== 'string') return
  visit({ kind: 'condition', name: condition, by: 'Fn::If' })
  const chosen = walk.branch?.(condition)
  if (chosen !== false) walkReferences(whenTrue, visit, walk)
  if (chosen !== true) walkReferences(whenFalse, visit, walk)
}
