import {
  CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  ForgetDeviceCommand,
  InitiateAuthCommand,
  ListUserPoolsCommand,
  ListUsersCommand,
  StartWebAuthnRegistrationCommand,
  TagResourceCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { client, createCloud, fetchFromCloud, shownEntry } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { password, refusal, start } from './cognito.test-support.ts'

test('who may nothing is told what, on which pool; tags of the pool can be asked for', async () => {
  const { cloud, UserPoolId, idp, pool } = await start()
  const iam = client(cloud, IAMClient)
  const UserName = 'limited'
  await iam.send(new CreateUserCommand({ UserName }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  }
  const limited = client(cloud, CognitoIdentityProviderClient, { credentials })
  const list = () => limited.send(new ListUsersCommand({ UserPoolId }))
  expect(await refusal(list())).toEqual([
    'AccessDeniedException',
    `User: arn:aws:iam::123456789012:user/limited is not authorized to perform: cognito-idp:ListUsers on resource: ${pool?.Arn} because no identity-based policy allows the cognito-idp:ListUsers action`,
  ])
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Action: 'cognito-idp:ListUsers',
      Resource: '*',
      Condition: { StringEquals: { 'aws:ResourceTag/team': 'a' } },
    },
  })
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument }))
  expect((await refusal(list()))[0]).toBe('AccessDeniedException')
  await idp.send(new TagResourceCommand({ ResourceArn: pool?.Arn, Tags: { team: 'a' } }))
  expect((await list()).Users).toEqual([])
})

test('a pool is there in its own account and region alone', async () => {
  const { cloud, UserPoolId } = await start()
  const missing = ['ResourceNotFoundException', `User pool ${UserPoolId} does not exist.`]
  const read = new DescribeUserPoolCommand({ UserPoolId })
  const elsewhere = client(cloud, CognitoIdentityProviderClient, { region: 'eu-west-1' })
  expect(await refusal(elsewhere.send(read))).toEqual(missing)
  const other = client(cloud, CognitoIdentityProviderClient, { accountId: '222222222222' })
  expect(await refusal(other.send(read))).toEqual(missing)
  expect((await other.send(new ListUserPoolsCommand({ MaxResults: 1 }))).UserPools).toEqual([])
})

test('apps sign users in without credentials, in the account of the client that they name', async () => {
  const cloud = createCloud({ deepFreeze: true, accountId: '111111111111' })
  const { idp: _, ...begun } = await start({}, {}, cloud)
  const owner = client(cloud, CognitoIdentityProviderClient, { accountId: '222222222222' })
  expect((await owner.send(new ListUserPoolsCommand({ MaxResults: 1 }))).UserPools).toEqual([])
  await begun.newUser('ann')
  const call = async (target: string, body: object) => {
    const response = await fetchFromCloud(cloud, 'https://cognito-idp.us-east-1.amazonaws.com/', {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSCognitoIdentityProviderService.${target}`,
      },
      body: JSON.stringify(body),
    })
    return (await response.json()) as Record<string, unknown>
  }
  const AuthParameters = { USERNAME: 'ann', PASSWORD: password }
  const asked = { ClientId: begun.ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters }
  const { AuthenticationResult } = await call('InitiateAuth', asked)
  expect(AuthenticationResult).toMatchObject({ TokenType: 'Bearer' })
  expect((await call('ListUserPools', { MaxResults: 1 }))['__type']).toBe(
    'MissingAuthenticationTokenException',
  )
  expect(await call('InitiateAuth', { ...asked, ClientId: 'none' })).toEqual({
    __type: 'ResourceNotFoundException',
    message: 'User pool client none does not exist.',
  })
})

test('what the model forbids is an InvalidParameterException, and what is not built is refused by name', async () => {
  const { idp, signIn, newUser } = await start()
  expect(await refusal(idp.send(new DescribeUserPoolCommand({ UserPoolId: 'x' })))).toEqual([
    'InvalidParameterException',
    "1 validation error detected: Value 'x' at 'userPoolId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w-]+_[0-9a-zA-Z]+",
  ])
  await newUser('ann')
  const { AccessToken } = (await signIn('ann')).AuthenticationResult ?? {}
  expect((await refusal(idp.send(new StartWebAuthnRegistrationCommand({ AccessToken }))))[0]).toBe(
    'NotImplemented',
  )
  const DeviceKey = 'us-east-1_00000000-0000-4000-8000-000000000000'
  expect(await refusal(idp.send(new ForgetDeviceCommand({ AccessToken, DeviceKey })))).toEqual([
    'ResourceNotFoundException',
    'Device does not exist.',
  ])
})

test('no journal that people see has a password or a token in it', async () => {
  const { cloud, newUser, signIn } = await start()
  await newUser('ann')
  const { AuthenticationResult } = await signIn('ann')
  const text = cloud.kernel.journal.entries.map(shownEntry).join('\n')
  expect(text).not.toContain(password)
  expect(text).not.toContain(AuthenticationResult?.RefreshToken)
  expect(text).not.toContain(AuthenticationResult?.AccessToken)
})

test('the same seed gives the same tokens and the same journal', async () => {
  const once = async () => {
    const { cloud, newUser, signIn } = await start()
    await newUser('ann')
    const { AuthenticationResult } = await signIn('ann')
    return [AuthenticationResult?.AccessToken, cloud.kernel.journal.digest()]
  }
  expect(await once()).toEqual(await once())
})

test('a sign-in does not depend on how many users there are', async () => {
  const { cloud, newUser, idp, ClientId } = await start()
  await newUser('ann')
  const { users } = await import('./users/state.ts')
  const scope = cloud.scope('123456789012', 'us-east-1')
  const [ann] = [...users.scan(scope)]
  if (ann === undefined) throw new Error('no user')
  const signIn = new InitiateAuthCommand({
    ClientId,
    AuthFlow: 'USER_PASSWORD_AUTH',
    AuthParameters: { USERNAME: 'ann', PASSWORD: password },
  })
  const timed = async () => {
    const started = performance.now()
    for (let i = 0; i < 20; i += 1) await idp.send(signIn)
    return performance.now() - started
  }
  await timed()
  const few = await timed()
  for (let i = 0; i < 20_000; i += 1) {
    const name = `user${i}`
    users.put(scope, { ...ann, username: name, key: name, sub: name })
  }
  expect(await timed()).toBeLessThan(few * 4 + 100)
})
