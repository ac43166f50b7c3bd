import {
  GetParameterCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import {
  asRecorded,
  type Bindings,
  expectRecorded,
  recording,
  recordingsPresent,
} from '../shared/recorded.test-support.ts'

test.skipIf(!recordingsPresent)('a parameter with a path is read by name and by ARN', async () => {
  const recorded = recording('ssm/test_ssm', 'TestSSM::test_parameters_with_path')
  const ssm = client(createCloud({ accountId: '111111111111', deepFreeze: true }), SSMClient)
  const bindings: Bindings = new Map([
    ['<partition>', 'aws'],
    ['<region>', 'us-east-1'],
  ])
  const Name = '/param/path/one'
  const compare = async (step: string, call: Promise<object>) =>
    expectRecorded(await asRecorded(call), recorded[step], bindings)
  await compare(
    'put-parameter-response',
    ssm.send(new PutParameterCommand({ Name, Value: '123', Type: 'String' })),
  )
  await compare('get-parameter-response', ssm.send(new GetParameterCommand({ Name })))
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name }))
  const arn = Parameter?.ARN ?? ''
  await compare('get-parameter-by-arn-response', ssm.send(new GetParameterCommand({ Name: arn })))
  await compare('get-parameters-response', ssm.send(new GetParametersCommand({ Names: [Name] })))
  await compare(
    'get-parameters-by-arn-response',
    ssm.send(new GetParametersCommand({ Names: [arn] })),
  )
})

test.skipIf(!recordingsPresent)('a parameter that is not there: the code says all', async () => {
  const file = 'cloudformation/resources/test_ssm'
  const { ssm_parameter_not_found } = recording(file, 'test_parameter_defaults')
  const ssm = client(createCloud(), SSMClient)
  const answer = await asRecorded(ssm.send(new GetParameterCommand({ Name: 'gone' })))
  // The SDK for JavaScript says UnknownError where AWS gives no message; boto3 gives an empty one.
  expect(answer['Error']).toEqual({ Code: 'ParameterNotFound', Message: 'UnknownError' })
  expectRecorded(answer, ssm_parameter_not_found, new Map(), ['Error.Message'])
})
