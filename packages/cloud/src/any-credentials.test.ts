import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { expect, test } from 'vitest'
import { client, createCloud } from './index.ts'

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }

test('any key assumes roles, which root could not', async () => {
  const cloud = createCloud({ acceptAnyCredentials: true })
  const { Role } = await client(cloud, IAMClient, { credentials }).send(
    new CreateRoleCommand({
      RoleName: 'deployer',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: 'arn:aws:iam::123456789012:root' },
            Action: 'sts:AssumeRole',
          },
        ],
      }),
    }),
  )
  const { AssumedRoleUser } = await client(cloud, STSClient, { credentials }).send(
    new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'ci' }),
  )
  expect(AssumedRoleUser?.Arn).toBe('arn:aws:sts::123456789012:assumed-role/deployer/ci')
})

test('an account of other emulators is named by a key of twelve digits', async () => {
  const cloud = createCloud({ acceptAnyCredentials: true })
  const sts = client(cloud, STSClient, {
    credentials: { accessKeyId: '111122223333', secretAccessKey: 'test' },
  })
  const { Arn } = await sts.send(new GetCallerIdentityCommand({}))
  expect(Arn).toBe('arn:aws:iam::111122223333:user/admin')
})
