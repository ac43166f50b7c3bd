import { TestState, type TestStateInput } from '@cloud-orrery/models/states'
import { operation } from '../define.ts'
import { isObject, type Json, parsedJson } from './asl/json.ts'
import { engine } from './engine.ts'
import { authorizePassRole } from './machines/roles.ts'
import { checkMockedResult } from './mock-validation.ts'

export const testState = operation(TestState, {
  authorize: () => '*',
  provenance: 'recorded',
  async run(ctx, input) {
    if (input.roleArn !== undefined) authorizePassRole(ctx, input.roleArn, '*')
    checkMock(input)
    return await engine.testState(ctx, input)
  },
})

/** A mocked result is judged by the API of its task, unless the call says otherwise. */
function checkMock({ definition, stateName, mock, revealSecrets }: TestStateInput): void {
  const mode = mock?.fieldValidationMode === 'PRESENT' ? 'PRESENT' : 'STRICT'
  if (mock?.result === undefined || mock.fieldValidationMode === 'NONE') return
  const result = parsedJson(mock.result)
  const resource = resourceOf(parsedJson(definition), stateName)
  // What has no resource, or is no JSON, is refused by the interpreter in its own words.
  if (result === undefined || resource === undefined || revealSecrets === true) return
  checkMockedResult(resource, result, mode)
}

function resourceOf(definition: Json | undefined, stateName: string | undefined) {
  if (!isObject(definition)) return undefined
  const states = definition['States']
  const state = stateName !== undefined && isObject(states) ? states[stateName] : definition
  const resource = isObject(state) ? state['Resource'] : undefined
  return typeof resource === 'string' ? resource : undefined
}
