import type { CallAs, Context } from '../context.ts'
import type { JsonObject } from './engine/json.ts'
import type { GivenParameter } from './engine/parameters.ts'
import { parseTransforms } from './engine/template.ts'
import { notModelled } from './errors.ts'

export interface Transformed {
  readonly processed: JsonObject
  readonly changed: boolean
}

/** A template after its transforms. Those that the model does not have are refused by name. */
export async function transformed(
  _ctx: Context,
  body: JsonObject,
  _parameters: readonly GivenParameter[],
  _as: CallAs | undefined,
): Promise<Transformed> {
  for (const { name } of parseTransforms(body['Transform'])) {
    if (name !== 'AWS::LanguageExtensions') throw notModelled(`the transform ${name}`)
  }
  return { processed: body, changed: false }
}
