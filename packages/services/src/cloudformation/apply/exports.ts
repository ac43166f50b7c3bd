import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../../context.ts'
import { evaluateText } from '../engine/evaluate.ts'
import { functionCall } from '../engine/functions.ts'
import { isList, isObject, type Json } from '../engine/json.ts'
import { exportInUse, validationError } from '../errors.ts'
import { exports, imports, type Stack, type StackOutput } from '../state.ts'
import { liveEnvironment, templateOf } from './values.ts'

/**
 * Makes a stack's exports those of its outputs. Throws where a name belongs to another stack, or where one
 * that others import would change or go.
 */
export function publishExports(ctx: Context, stack: Stack, outputs: readonly StackOutput[]): void {
  const wanted = new Map(
    outputs.flatMap(({ exportName, value }) =>
      exportName === undefined ? [] : [[exportName, value] as const],
    ),
  )
  for (const [name] of wanted) {
    const other = exports.get(ctx, name)
    if (other !== undefined && other.stackId !== stack.stackId) {
      throw validationError(
        `Export with name ${name} is already exported by stack ${nameOfStack(other.stackId)}`,
      )
    }
  }
  for (const { name, value } of [...exports.where(ctx, 'stack', stack.stackId)]) {
    const next = wanted.get(name)
    const [importer] = importersOf(ctx, name)
    if (importer !== undefined && next !== value) {
      throw exportInUse(name, importer, next === undefined ? 'deleted' : 'updated')
    }
    if (next === undefined) exports.delete(ctx, name)
  }
  for (const [name, value] of wanted) exports.put(ctx, { name, value, stackId: stack.stackId })
}

export function withdrawExports(ctx: Context, stackId: string): void {
  for (const { name } of [...exports.where(ctx, 'stack', stackId)]) exports.delete(ctx, name)
  forgetImports(ctx, stackId)
}

/** Names of the stacks that import an export. */
export function importersOf(ctx: Context, name: string): readonly string[] {
  return [...imports.where(ctx, 'name', name)].map(({ stackName }) => stackName)
}

/** Notes which exports a stack that stands uses: they can not go while it does. */
export function recordImports(ctx: Context, stack: Stack): void {
  forgetImports(ctx, stack.stackId)
  const template = templateOf(ctx, stack)
  const env = liveEnvironment(ctx, stack, template)
  const visit = (value: Json): void => {
    if (isList(value)) {
      for (const item of value) visit(item)
      return
    }
    if (!isObject(value)) return
    const call = functionCall(value)
    if (call?.name === 'Fn::If' && isList(call.argument)) {
      const [condition, whenTrue = null, whenFalse = null] = call.argument
      visit(env.condition(String(condition)) ? whenTrue : whenFalse)
      return
    }
    if (call?.name === 'Fn::ImportValue') {
      const name = evaluateText(call.argument, env, 'the attribute in Fn::ImportValue')
      imports.put(ctx, { name, stackId: stack.stackId, stackName: stack.name })
    }
    for (const item of Object.values(value)) visit(item)
  }
  for (const { condition, properties } of Object.values(template.resources)) {
    if (condition === undefined || env.condition(condition)) visit(properties)
  }
  for (const { condition, value } of Object.values(template.outputs)) {
    if (condition === undefined || env.condition(condition)) visit(value)
  }
}

function forgetImports(ctx: Context, stackId: string): void {
  for (const { name } of [...imports.where(ctx, 'stack', stackId)]) {
    imports.delete(ctx, orderedKey(name, stackId))
  }
}

function nameOfStack(stackId: string): string {
  return stackId.split('/')[1] ?? stackId
}
