import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { client, createCloud } from '@cloud-orrery/cloud'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { giveRole, zipOf } from '../lambda/functions.test-support.ts'

const code = `
  import { getSecret } from '@aws-lambda-powertools/parameters/secrets'
  export const handler = async () => {
    const first = await getSecret('api-key', { transform: 'json', maxAge: 60 })
    const again = await getSecret('api-key', { transform: 'json', maxAge: 60 })
    return [first, again]
  }`

test("Powertools' getSecret reads and remembers a secret in a function", async () => {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    // Lambda's own runtime has it.
    external: ['@aws-sdk/*'],
  })
  const cloud = createCloud({ deepFreeze: true })
  const sm = client(cloud, SecretsManagerClient)
  const SecretString = '{"key":"k-1"}'
  await sm.send(new CreateSecretCommand({ Name: 'api-key', SecretString }))
  const lambda = client(cloud, LambdaClient)
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'fn',
      Role: giveRole(cloud, ['logs:*', 'secretsmanager:GetSecretValue']),
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Timeout: 20,
      Code: { ZipFile: await zipOf({ 'index.js': outputFiles[0]?.text ?? '' }) },
    }),
  )
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'fn' }))
  expect(JSON.parse(Buffer.from(Payload ?? []).toString())).toEqual([
    { key: 'k-1' },
    { key: 'k-1' },
  ])
  const reads = cloud.kernel.journal.entries.filter(
    ({ kind, name }) => kind === 'call' && name === 'secretsmanager.GetSecretValue',
  )
  expect(reads).toHaveLength(1)
  cloud.close()
})
