import { AttachRolePolicyCommand, CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import { client, createCloud } from './index.ts'

function zipped(source: string): Promise<Buffer> {
  const zip = new ZipFile()
  zip.addBuffer(Buffer.from(source), 'index.mjs')
  zip.end()
  return Array.fromAsync(zip.outputStream as AsyncIterable<Buffer>).then((chunks) =>
    Buffer.concat(chunks),
  )
}

async function cloudWith(source: string) {
  const cloud = createCloud({ clock: { kind: 'real' } })
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'lambda.amazonaws.com' },
        Action: 'sts:AssumeRole',
      },
    ],
  }
  const iam = client(cloud, IAMClient)
  const AssumeRolePolicyDocument = JSON.stringify(trust)
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument }),
  )
  const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess'
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'r', PolicyArn }))
  const lambda = client(cloud, LambdaClient)
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'f',
      Role: Role?.Arn,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Timeout: 900,
      Code: { ZipFile: await zipped(source) },
    }),
  )
  return { cloud, invoke: () => lambda.send(new InvokeCommand({ FunctionName: 'f' })) }
}

const slow =
  'export const handler = async () => await new Promise((resolve) => setTimeout(resolve, 600_000))'

test.each([
  ['begins', 0],
  ['is at rest', 1_500],
])('closing a cloud whose function %s leaves nothing of it', async (_, waitMs) => {
  const { cloud, invoke } = await cloudWith(slow)
  const invoking = invoke().catch((error: unknown) => error)
  await new Promise((resolve) => setTimeout(resolve, waitMs))
  cloud.close()
  await cloud.code.ended()
  expect(await Promise.race([invoking.then(() => 'ended'), later(5_000)])).toBe('ended')
})

function later(ms: number): Promise<string> {
  return new Promise((resolve) => setTimeout(resolve, ms, 'still under way').unref())
}
