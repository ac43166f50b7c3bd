import type { Context } from '../../context.ts'
import { isObject, type JsonObject } from '../engine/json.ts'
import { TransformFailure } from '../errors.ts'
import { expandServerless } from './expand.ts'

interface TransformOptions {
  readonly parameters: JsonObject
  /** False where a template is only looked at: what is wrong with it shows when it is deployed. */
  readonly deploying: boolean
}

/** The whole template after `AWS::Serverless-2016-10-31`. Throws a TransformFailure that lists what is wrong. */
export function expandTemplate(
  { region, partition }: Context,
  template: JsonObject,
  { parameters, deploying }: TransformOptions,
): JsonObject {
  const { Transform } = template
  const declared: JsonObject = Transform === undefined ? {} : { Transform }
  try {
    return { ...expandServerless(template, { region, partition, parameters }), ...declared }
  } catch (error) {
    if (deploying || !(error instanceof TransformFailure)) {
      throw error
    }
    return unexpanded(template)
  }
}

/** The template without what only the transform knows. */
function unexpanded(template: JsonObject): JsonObject {
  const { Globals: _, Resources = {}, ...rest } = template
  if (!isObject(Resources)) return { ...rest, Resources }
  const resources = Object.entries(Resources).map(([logicalId, definition]) => {
    if (!isObject(definition)) return [logicalId, definition] as const
    const { Connectors: __, IgnoreGlobals: ___, ...own } = definition
    return [logicalId, own] as const
  })
  return { ...rest, Resources: Object.fromEntries(resources) }
}
