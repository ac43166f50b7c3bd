import type { AttributeValueUpdate } from '@cloud-orrery/models/dynamodb'
import { type AttributeType, typeOf } from '../values/attribute-value.ts'
import { validationException } from '../values/errors.ts'
import { fromModel } from '../values/wire-values.ts'
import type { Action, CompiledProjection, CompiledUpdate } from './ast.ts'
import { attributesOf, pathTree, updateTree } from './path-tree.ts'

/*
 * Source: as legacy.ts.
 */

const invalid = 'One or more parameter values were invalid: '

/** `AttributeUpdates`. Throws `ValidationException`. */
export function legacyUpdates(
  given: Readonly<Record<string, AttributeValueUpdate>>,
): CompiledUpdate {
  const actions = Object.entries(given).map(([name, update]) => updateAction(name, update))
  const paths = actions.map(({ path }) => path)
  return { actions, tree: updateTree(actions), ...attributesOf(paths), isLegacy: true }
}

/** `AttributesToGet`: whole attributes, each named once. Throws `ValidationException`. */
export function attributesToGet(names: readonly string[]): CompiledProjection {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) {
      throw validationException(`${invalid}Duplicate value in attribute name: ${name}`)
    }
    seen.add(name)
  }
  const paths = names.map((name) => [name])
  return { paths, tree: pathTree(paths), ...attributesOf(paths) }
}

const sets: readonly AttributeType[] = ['SS', 'NS', 'BS']
const addable: readonly AttributeType[] = ['L', 'SS', 'NS', 'BS', 'N']

function updateAction(name: string, { Action, Value }: AttributeValueUpdate): Action {
  const path = [name]
  if (Value === undefined) {
    if (Action === 'DELETE') return { kind: 'REMOVE', path }
    throw validationException(
      `${invalid}Only DELETE action is allowed when no attribute value is specified`,
    )
  }
  const value = fromModel(Value)
  const type = typeOf(value)
  if (Action === 'DELETE') {
    if (sets.includes(type)) return { kind: 'DELETE', path, value }
    throw validationException(
      `${invalid}DELETE action with value is not supported for the type ${type}`,
    )
  }
  if (Action === 'ADD') {
    if (addable.includes(type)) return { kind: 'ADD', path, value }
    throw validationException(`${invalid}ADD action is not supported for the type ${type}`)
  }
  return { kind: 'SET', path, operand: { kind: 'value', value } }
}
