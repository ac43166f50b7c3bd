import { describe, test } from 'vitest'
import { recordingsPresent } from '../../shared/recorded.test-support.ts'
import { type Handler, testFunctions } from '../functions.test-support.ts'
import { type RecordedUpdate, replayUpdate } from '../recorded-update.test-support.ts'
import { deployMacro } from './macros.test-support.ts'

interface MacroEvent {
  readonly requestId: string
  readonly params: Record<string, unknown>
  readonly fragment: Record<string, unknown>
}

const answered = ({ requestId }: MacroEvent, fragment: unknown) => ({
  requestId,
  status: 'success',
  fragment,
})

/** Writes the input before each `<replace-this>`. */
const replace = (event: MacroEvent) =>
  answered(
    event,
    JSON.parse(
      JSON.stringify(event.fragment).replaceAll(
        '<replace-this>',
        `${String(event.params['Input'])} <replace-this>`,
      ),
    ),
  )

const parameter = (properties: object = {}, more: object = {}) => ({
  Parameter: {
    Type: 'AWS::SSM::Parameter',
    Properties: { Name: 'parameter-name', Type: 'String', Value: 'foo', ...properties },
    ...more,
  },
})
const named = (Input: unknown) => ({ Name: 'ReplaceString', Parameters: { Input } })
const replaced = (...inputs: unknown[]) => ({
  Value: '<replace-this>',
  'Fn::Transform': inputs.map(named),
})

/** Replays a recorded update in a cloud that has one macro. */
function replay(name: string, macro: string, handler: Handler, update: RecordedUpdate) {
  const functions = testFunctions()
  return replayUpdate('test_change_set_fn_transform', `TestChangeSetFnTransform::${name}`, {
    ...update,
    options: { runtimes: functions.runtimes },
    prepare: (cloud) => deployMacro(cloud, functions, macro, handler),
  })
}

describe.skipIf(!recordingsPresent)('macros in change sets, as recorded', () => {
  test('a macro adds a property to what stands beside it', async () => {
    const addTags = (event: MacroEvent) =>
      answered(event, { ...event.fragment, Tags: { MacroAdded: 'True' } })
    await replay('test_embedded_macro_fn_transform', 'AddTags', addTags, {
      before: { Resources: parameter({ Name: 'name-1' }) },
      after: { Resources: parameter({ Name: 'name-1', 'Fn::Transform': 'AddTags' }) },
    })
  })

  test.each<[string, RecordedUpdate]>([
    [
      'test_multiple_fn_transform_order',
      {
        before: { Resources: parameter() },
        after: {
          Transform: [named('global-transform'), named('second-global-transform')],
          Resources: parameter(replaced('snippet-transform', 'second-snippet-transform')),
        },
      },
    ],
    [
      'test_macro_with_intrinsic_function',
      {
        before: { Resources: parameter() },
        after: { Resources: parameter(replaced({ 'Fn::Join': ['-', ['test', 'string']] })) },
      },
    ],
    ...['true', 'false'].map((Transform): [string, RecordedUpdate] => [
      `test_conditional_transform[${Transform}]`,
      {
        before: { Resources: parameter() },
        after: {
          Parameters: { Transform: { Type: 'String' } },
          Conditions: { Deploy: { 'Fn::Equals': [{ Ref: 'Transform' }, 'true'] } },
          Resources: parameter(replaced('snippet-transform'), { Condition: 'Deploy' }),
        },
        parametersAfter: { Transform },
      },
    ]),
    [
      'test_remove_transform_in_update_change_set',
      {
        before: {
          Parameters: { Input: { Type: 'String' } },
          Resources: parameter(replaced({ Ref: 'Input' })),
        },
        after: { Resources: parameter() },
        parametersBefore: { Input: 'test' },
      },
    ],
    [
      'test_update_parameter_transform_in_update_change_set',
      {
        before: {
          Parameters: { Input: { Type: 'String' } },
          Resources: parameter(replaced({ Ref: 'Input' })),
        },
        after: {
          Parameters: { Input: { Type: 'String' } },
          Resources: parameter(replaced({ Ref: 'Input' })),
        },
        parametersBefore: { Input: 'test' },
        parametersAfter: { Input: 'test2' },
      },
    ],
  ])('%s', (name, update) => replay(name, 'ReplaceString', replace, update))
})
