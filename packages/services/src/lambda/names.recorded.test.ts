import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
} from '@aws-sdk/client-lambda'
import { expect, test } from 'vitest'
import { asRecorded, recordingsPresent } from '../shared/recorded.test-support.ts'
import { functionInput, recordedAccount, replay } from './recorded.test-support.ts'

const arn = `arn:aws:lambda:us-east-1:${recordedAccount}:function:my-function`
const elsewhere = arn.replace('us-east-1', 'invalid-region')
const a = (count: number) => 'a'.repeat(count)

type Operation = 'create_function' | 'get_function' | 'delete_function' | 'invoke'
interface Named {
  readonly name: string
  readonly qualifier?: string
  /** Where the test gives another name for it. */
  readonly as?: Partial<Record<Operation, Omit<Named, 'as'>>>
}

/** What the recorded test of each id asks for. */
const cases: Readonly<Record<string, Named>> = {
  function_name_is_single_invalid: { name: '*' },
  invalid_characters_in_function_name: { name: 'my-function!' },
  invalid_characters_in_qualifier: { name: 'my-function', qualifier: 'invalid!' },
  qualifier_too_long: { name: 'my-function', qualifier: a(129) },
  qualifier_too_long0: {
    name: 'my-function',
    qualifier: a(129),
    as: { create_function: { name: `my-function:${a(129)}` } },
  },
  qualifier_too_long1: { name: 'my-function', qualifier: a(65) },
  invalid_account_id_in_partial_arn: { name: 'invalid-account:function:my-function' },
  invalid_region_in_arn: { name: elsewhere },
  non_lambda_arn: { name: `arn:aws:ec2:us-east-1:${recordedAccount}:instance:i-1234567890abcdef0` },
  function_name_too_long: { name: a(65) },
  function_name_too_long_and_invalid_region: {
    name: `${elsewhere}${a(170)}`,
  },
  full_arn_and_qualifier_too_long_and_invalid_region: {
    name: `${elsewhere}-${a(170)}`,
    qualifier: a(129),
    as: { create_function: { name: `${elsewhere}-${a(170)}:${a(129)}` } },
  },
  full_arn_with_multiple_qualifiers: { name: `${arn}:1:2` },
  incomplete_arn: { name: 'function:function' },
  partial_arn_with_extra_qualifier: { name: 'function:my-function:$LATEST:extra' },
  latest_version_with_additional_qualifier: {
    name: `${arn}:$LATEST`,
    qualifier: '1',
    as: { create_function: { name: `${arn}:$LATEST:1` } },
  },
  lowercase_latest_qualifier: {
    name: 'my-function',
    qualifier: '$latest',
    as: { create_function: { name: `${arn}:$latest` } },
  },
  missing_region_in_arn: { name: `arn:aws:lambda::${recordedAccount}:function:my-function` },
  missing_account_id_in_arn: { name: 'arn:aws:lambda:us-east-1::function:my-function' },
  misspelled_latest_in_arn: { name: `${arn}:$LATES` },
  function_name_and_qualifier_too_long: { name: 'my-function', qualifier: a(65) },
}

/** Those that were recorded, save a creation that succeeded. */
const recordedCases: readonly [id: string, ...operations: Operation[]][] = [
  ['function_name_is_single_invalid', 'invoke', 'create_function'],
  ['invalid_characters_in_function_name', 'get_function', 'delete_function', 'invoke'],
  ['invalid_characters_in_qualifier', 'get_function', 'invoke'],
  ['qualifier_too_long0', 'get_function', 'create_function'],
  ['invalid_account_id_in_partial_arn', 'delete_function'],
  ['invalid_region_in_arn', 'get_function', 'delete_function', 'invoke', 'create_function'],
  ['non_lambda_arn', 'get_function', 'delete_function', 'invoke'],
  ['function_name_too_long', 'get_function', 'delete_function', 'invoke'],
  [
    'function_name_too_long_and_invalid_region',
    'get_function',
    'delete_function',
    'invoke',
    'create_function',
  ],
  [
    'full_arn_and_qualifier_too_long_and_invalid_region',
    'get_function',
    'delete_function',
    'invoke',
    'create_function',
  ],
  ['qualifier_too_long1', 'get_function', 'invoke'],
  ['full_arn_with_multiple_qualifiers', 'get_function', 'delete_function', 'invoke'],
  ['incomplete_arn', 'get_function', 'delete_function', 'invoke'],
  ['partial_arn_with_extra_qualifier', 'get_function', 'invoke', 'create_function'],
  ['latest_version_with_additional_qualifier', 'delete_function', 'create_function'],
  ['lowercase_latest_qualifier', 'get_function', 'delete_function', 'invoke', 'create_function'],
  ['missing_region_in_arn', 'invoke', 'create_function'],
  ['missing_account_id_in_arn', 'delete_function', 'invoke', 'create_function'],
  ['misspelled_latest_in_arn', 'get_function', 'delete_function', 'invoke'],
  ['qualifier_too_long', 'get_function'],
  ['function_name_and_qualifier_too_long', 'delete_function', 'invoke'],
]

for (const [id, ...operations] of recordedCases) {
  for (const operation of operations) {
    test.skipIf(!recordingsPresent)(`recorded: ${operation}, ${id}`, async () => {
      const { lambda, recorded } = replay(
        'test_lambda_api',
        `TestLambdaFunction::test_function_name_and_qualifier_validation[${id}-${operation}]`,
      )
      const { as = {}, ...usual } = cases[id] ?? { name: '' }
      const { name, qualifier } = as[operation] ?? usual
      const input = {
        FunctionName: name,
        ...(qualifier === undefined ? {} : { Qualifier: qualifier }),
      }
      const calls = {
        create_function: async () =>
          await lambda.send(new CreateFunctionCommand(await functionInput(name))),
        get_function: () => lambda.send(new GetFunctionCommand(input)),
        delete_function: () => lambda.send(new DeleteFunctionCommand(input)),
        invoke: () => lambda.send(new InvokeCommand(input)),
      }
      const answer = await asRecorded(calls[operation]())
      // The recorded test takes the error apart, as `taken` does.
      expect(taken(answer['Error'])).toEqual(expanded(recorded[`${operation}_exception`]))
    })
  }
}

/** A validation's sentences apart, in an order of their own: AWS's is not fixed. */
function taken(error: unknown): unknown {
  const { Code, Message } = error as { Code: string; Message: string } // As `asRecorded` makes it.
  const match = /^(\d+) validation errors? detected: (.*)$/s.exec(Message)
  if (match === null) return { Code, Message }
  return { Code, Count: Number(match[1]), Errors: (match[2] ?? '').split('; ').sort() }
}

function expanded(value: unknown): unknown {
  const text = JSON.stringify(value)
    .replace(/<a:len\((\d+)\)>/g, (_, count) => a(Number(count)))
    .replaceAll('<partition>', 'aws')
    .replaceAll('<region>', 'us-east-1')
  const { Errors, ...rest } = JSON.parse(text) as { Errors?: string[] }
  return Errors === undefined ? rest : { ...rest, Errors: Errors.sort() }
}
