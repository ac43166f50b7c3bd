import { CreateKeyCommand, DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda'
import { call, client } from '@cloud-orrery/cloud'
import {
  GetFunctionConfiguration,
  Invoke,
  UpdateFunctionConfiguration,
} from '@cloud-orrery/models/lambda'
import { expect, test } from 'vitest'
import { busy, refusalsDuring } from '../../shared/outages.test-support.ts'
import { functionCaller, makeFunction, start } from '../functions.test-support.ts'

async function sealed() {
  const made = start({ fn: (_event: unknown, { environment }) => environment.variables['SECRET'] })
  const kms = client(made.cloud, KMSClient)
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}))
  const KMSKeyArn = KeyMetadata?.Arn ?? ''
  await makeFunction(made, 'fn', { KMSKeyArn, Environment: { Variables: { SECRET: 'xyzzy' } } })
  return { ...made, kms, KMSKeyArn }
}

test('variables under a key of the customer are opened for the code and for who may', async () => {
  const { lambda, cloud, KMSKeyArn } = await sealed()
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'fn' }))
  expect(Buffer.from(Payload ?? []).toString()).toBe('"xyzzy"')
  const get = new GetFunctionConfigurationCommand({ FunctionName: 'fn' })
  expect((await lambda.send(get)).Environment).toEqual({ Variables: { SECRET: 'xyzzy' } })
  expect(JSON.stringify(cloud.kernel.store.export()['lambda.versions'])).not.toContain('xyzzy')

  const credentials = functionCaller(cloud, ['lambda:GetFunctionConfiguration'])
  const other = client(cloud, LambdaClient, { credentials })
  const { Environment } = await other.send(get)
  expect(Environment?.Error?.ErrorCode).toBe('AccessDeniedException')
  expect(Environment?.Error?.Message).toContain(`kms:Decrypt on resource: ${KMSKeyArn}`)
})

test('a disabled key keeps a function from starting', async () => {
  const { lambda, kms, KMSKeyArn } = await sealed()
  await kms.send(new DisableKeyCommand({ KeyId: KMSKeyArn }))
  await expect(lambda.send(new InvokeCommand({ FunctionName: 'fn' }))).rejects.toMatchObject({
    name: 'KMSDisabledException',
    message: expect.stringMatching(
      /^Lambda was unable to decrypt the environment variables because the KMS key used is disabled\. Please check the function's KMS key settings\. KMS Exception: DisabledException KMS Message: /,
    ),
  })
})

test('a key that the caller may not use is refused with the function', async () => {
  const { cloud, KMSKeyArn } = await sealed()
  const credentials = functionCaller(cloud, ['lambda:*', 'iam:PassRole'])
  const other = client(cloud, LambdaClient, { credentials })
  const refused = makeFunction({ cloud, lambda: other }, 'second', {
    KMSKeyArn,
    Environment: { Variables: { SECRET: 'x1' } },
  })
  await expect(refused).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
    message: expect.stringContaining('KMS key is invalid for CreateGrant'),
  })
})

test('KMS that is busy or fails says nothing about the key', async () => {
  const { cloud, KMSKeyArn } = await sealed()
  const failures = [
    'ServiceException: KMS Exception: ThrottlingException KMS Message: Busy.',
    'ServiceException: KMS Exception: InternalError KMS Message: Out.',
  ]
  const invoke = () => call(cloud, Invoke, { FunctionName: 'fn' })
  expect(await refusalsDuring(cloud, 'kms.Decrypt', invoke)).toEqual(failures)
  const update = (more: object) => () =>
    call(cloud, UpdateFunctionConfiguration, { FunctionName: 'fn', ...more })
  const seal = update({ Environment: { Variables: { SECRET: 'other' } } })
  expect(await refusalsDuring(cloud, 'kms.Encrypt', seal)).toEqual(failures)
  const { KeyMetadata } = await client(cloud, KMSClient).send(new CreateKeyCommand({}))
  const reseal = update({ KMSKeyArn: KeyMetadata?.Arn })
  expect(await refusalsDuring(cloud, 'kms.Decrypt', reseal)).toEqual(failures)

  cloud.armFault('kms.Decrypt', busy)
  const shown = await call(cloud, GetFunctionConfiguration, { FunctionName: 'fn' })
  expect([shown.KMSKeyArn, shown.Environment]).toEqual([
    KMSKeyArn,
    {
      Error: {
        ErrorCode: 'ThrottlingException',
        Message:
          'Lambda was unable to decrypt your environment variables because KMS did not answer the request. Please try again. KMS Exception: ThrottlingException KMS Message: Busy.',
      },
    },
  ])
})
