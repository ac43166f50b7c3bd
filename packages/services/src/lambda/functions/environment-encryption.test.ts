import { CreateKeyCommand, DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
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
