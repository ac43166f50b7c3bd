import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import {
  CreateKeyCommand,
  DisableKeyCommand,
  KMSClient,
  PutKeyPolicyCommand,
} from '@aws-sdk/client-kms'
import {
  BatchGetSecretValueCommand,
  CreateSecretCommand,
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretCommand,
  ValidateResourcePolicyCommand,
} from '@aws-sdk/client-secrets-manager'
import { call, client, createCloud, shownEntry } from '@cloud-orrery/cloud'
import { CreateSecret, GetSecretValue } from '@cloud-orrery/models/secretsmanager'
import { expect, test } from 'vitest'
import { refusalsDuring } from '../shared/outages.test-support.ts'
import { versions } from './state.ts'

const account = '123456789012'
const stranger = '222222222222'

/** The administrator's client with a secret, and that of a user with these statements alone. */
async function store(...Statement: object[]) {
  const cloud = createCloud({ deepFreeze: true })
  const iam = client(cloud, IAMClient)
  const UserName = 'limited'
  await iam.send(new CreateUserCommand({ UserName }))
  if (Statement.length > 0) {
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument }))
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  }
  const sm = client(cloud, SecretsManagerClient)
  const Tags = [{ Key: 'team', Value: 'a' }]
  const secret = { Name: 'app/db', SecretString: 'hidden', Tags }
  const { ARN = '' } = await sm.send(new CreateSecretCommand(secret))
  return { cloud, sm, ARN, limited: client(cloud, SecretsManagerClient, { credentials }) }
}

const allow = (Action: string | string[], Resource = '*', rest: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...rest,
})

function denial(action: string, resource: string) {
  return {
    name: 'AccessDeniedException',
    message: `User: arn:aws:iam::${account}:user/limited is not authorized to perform: secretsmanager:${action} on resource: ${resource} because no identity-based policy allows the secretsmanager:${action} action`,
  }
}

const get = (SecretId: string, more: object = {}) =>
  new GetSecretValueCommand({ SecretId, ...more })

test('who may nothing is told what, on which secret', async () => {
  const { limited, ARN } = await store()
  await expect(limited.send(get('app/db'))).rejects.toMatchObject(denial('GetSecretValue', ARN))
  const create = new CreateSecretCommand({ Name: 'n', SecretString: 'x' })
  await expect(limited.send(create)).rejects.toMatchObject(
    denial('CreateSecret', `arn:aws:secretsmanager:us-east-1:${account}:secret:n`),
  )
})

test('a policy reaches secrets by the characters at their end, by tag, and by stage', async () => {
  const byName = allow(
    'secretsmanager:GetSecretValue',
    `arn:aws:secretsmanager:*:*:secret:app/db-??????`,
  )
  expect((await (await store(byName)).limited.send(get('app/db'))).SecretString).toBe('hidden')

  const condition = (key: string, value: string) => ({
    Condition: { StringEquals: { [key]: value } },
  })
  const action = 'secretsmanager:GetSecretValue'
  const tagged = await store(allow(action, '*', condition('secretsmanager:ResourceTag/team', 'b')))
  await expect(tagged.limited.send(get('app/db'))).rejects.toMatchObject({
    name: 'AccessDeniedException',
  })
  const current = condition('secretsmanager:VersionStage', 'AWSCURRENT')
  const staged = await store(allow(action, '*', current))
  await staged.limited.send(get('app/db'))
  await expect(
    staged.limited.send(get('app/db', { VersionStage: 'AWSPENDING' })),
  ).rejects.toMatchObject({ name: 'AccessDeniedException' })
})

test('creating with tags needs the right to tag', async () => {
  const { limited } = await store(allow('secretsmanager:CreateSecret'))
  const Tags = [{ Key: 'a', Value: 'b' }]
  await expect(
    limited.send(new CreateSecretCommand({ Name: 'n', SecretString: 'x', Tags })),
  ).rejects.toMatchObject(
    denial('TagResource', `arn:aws:secretsmanager:us-east-1:${account}:secret:n`),
  )
})

test('a batch tells what it could not read, secret by secret', async () => {
  const { sm, limited, ARN } = await store(
    allow('secretsmanager:BatchGetSecretValue'),
    allow('secretsmanager:GetSecretValue', `arn:aws:secretsmanager:*:*:secret:app/*`),
  )
  const { ARN: other } = await sm.send(new CreateSecretCommand({ Name: 'x', SecretString: 'y' }))
  const { SecretValues, Errors } = await limited.send(
    new BatchGetSecretValueCommand({ SecretIdList: ['app/db', 'x', 'app/gone'] }),
  )
  expect(SecretValues?.map((it) => [it.ARN, it.SecretString])).toEqual([[ARN, 'hidden']])
  expect(Errors).toEqual([
    {
      SecretId: 'x',
      ErrorCode: 'AccessDeniedException',
      Message: denial('GetSecretValue', other ?? '').message,
    },
    {
      SecretId: 'app/gone',
      ErrorCode: 'ResourceNotFoundException',
      Message: "Secrets Manager can't find the specified secret.",
    },
  ])
})

const letIn = (Principal: unknown, rest: object = {}) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal,
        Action: 'secretsmanager:GetSecretValue',
        Resource: '*',
        ...rest,
      },
    ],
  })

test('another account needs the policy of the secret and that of its key', async () => {
  const { cloud, sm } = await store()
  const kms = client(cloud, KMSClient)
  const { KeyMetadata: { KeyId = '' } = {} } = await kms.send(new CreateKeyCommand({}))
  const secret = { Name: 'shared', SecretString: 'for both', KmsKeyId: KeyId }
  const { ARN: SecretId = '' } = await sm.send(new CreateSecretCommand(secret))
  const other = client(cloud, SecretsManagerClient, { accountId: stranger })
  await expect(other.send(get(SecretId))).rejects.toMatchObject({ name: 'AccessDeniedException' })
  const AWS = `arn:aws:iam::${stranger}:root`
  const ResourcePolicy = letIn({ AWS })
  await sm.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy }))
  await expect(other.send(get(SecretId))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: 'Access to KMS is not allowed',
  })
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
      {
        Effect: 'Allow',
        Principal: { AWS },
        Action: 'kms:Decrypt',
        Resource: '*',
        Condition: { StringEquals: { 'kms:EncryptionContext:SecretARN': SecretId } },
      },
    ],
  })
  await kms.send(new PutKeyPolicyCommand({ KeyId, Policy }))
  expect((await other.send(get(SecretId))).SecretString).toBe('for both')
})

test("AWS's own key opens secrets to its account alone", async () => {
  const { cloud, sm, ARN: SecretId } = await store()
  const ResourcePolicy = letIn({ AWS: `arn:aws:iam::${stranger}:root` })
  await sm.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy }))
  const other = client(cloud, SecretsManagerClient, { accountId: stranger })
  await expect(other.send(get(SecretId))).rejects.toMatchObject({
    message: 'Access to KMS is not allowed',
  })
})

test('a disabled key locks a secret, and a new key does not need the old one for new values', async () => {
  const { cloud, sm } = await store()
  const kms = client(cloud, KMSClient)
  const { KeyMetadata: { KeyId = '' } = {} } = await kms.send(new CreateKeyCommand({}))
  await sm.send(new CreateSecretCommand({ Name: 'k', SecretString: 's', KmsKeyId: KeyId }))
  await kms.send(new DisableKeyCommand({ KeyId }))
  await expect(sm.send(get('k'))).rejects.toMatchObject({ name: 'DecryptionFailure' })
  await expect(
    sm.send(new PutSecretValueCommand({ SecretId: 'k', SecretString: 't' })),
  ).rejects.toMatchObject({ name: 'EncryptionFailure' })
})

test('a secret whose key cannot be used is not made, and its name stays free', async () => {
  const { cloud, sm } = await store()
  const kms = client(cloud, KMSClient)
  const { KeyMetadata: { KeyId = '' } = {} } = await kms.send(new CreateKeyCommand({}))
  await kms.send(new DisableKeyCommand({ KeyId }))
  const create = (more: object) =>
    sm.send(new CreateSecretCommand({ Name: 'k', SecretString: 's', ...more }))
  await expect(create({ KmsKeyId: KeyId })).rejects.toMatchObject({ name: 'EncryptionFailure' })
  const missing = sm.send(new DescribeSecretCommand({ SecretId: 'k' }))
  await expect(missing).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  expect((await create({})).Name).toBe('k')
})

test('a new key encrypts the versions in use anew', async () => {
  const { cloud, sm } = await store()
  const kms = client(cloud, KMSClient)
  const { KeyMetadata: { KeyId = '' } = {} } = await kms.send(new CreateKeyCommand({}))
  const { KeyMetadata: { KeyId: next = '' } = {} } = await kms.send(new CreateKeyCommand({}))
  await sm.send(new CreateSecretCommand({ Name: 'k', SecretString: 's', KmsKeyId: KeyId }))
  await sm.send(new UpdateSecretCommand({ SecretId: 'k', KmsKeyId: next }))
  await kms.send(new DisableKeyCommand({ KeyId }))
  expect((await sm.send(get('k'))).SecretString).toBe('s')
  expect((await sm.send(new DescribeSecretCommand({ SecretId: 'k' }))).KmsKeyId).toBe(next)
})

test('a policy that lets everyone in is refused where the caller asks for that', async () => {
  const { sm } = await store()
  const SecretId = 'app/db'
  const put = (ResourcePolicy: string, BlockPublicPolicy?: boolean) =>
    sm.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy, BlockPublicPolicy }))
  await expect(put(letIn('*'), true)).rejects.toMatchObject({ name: 'PublicPolicyException' })
  const Condition = { StringEquals: { 'aws:PrincipalOrgID': 'o-1234567890' } }
  await put(letIn('*', { Condition }), true)
  await put(letIn('*'))
  const validated = await sm.send(new ValidateResourcePolicyCommand({ ResourcePolicy: letIn('*') }))
  expect([validated.PolicyValidationPassed, validated.ValidationErrors?.length]).toEqual([false, 1])
  await expect(put('{')).rejects.toMatchObject({ name: 'MalformedPolicyDocumentException' })
  await expect(put(letIn({ AWS: `arn:aws:iam::${account}:user/nobody` }))).rejects.toMatchObject({
    name: 'MalformedPolicyDocumentException',
    message: 'This resource policy contains an unsupported principal.',
  })
  const { ResourcePolicy } = await sm.send(new GetResourcePolicyCommand({ SecretId }))
  expect(ResourcePolicy).toBe(letIn('*'))
})

test('the journal that people see has no value in it, and no state has one', async () => {
  const { cloud, sm } = await store()
  await sm.send(new PutSecretValueCommand({ SecretId: 'app/db', SecretString: 'very-hidden' }))
  await sm.send(get('app/db'))
  await sm.send(new BatchGetSecretValueCommand({ SecretIdList: ['app/db'] }))
  const { entries } = cloud.kernel.journal
  expect(entries.map(shownEntry).join('\n')).not.toContain('very-hidden')
  const answers = entries.map(({ data }) => JSON.stringify(data['output'] ?? null))
  expect(answers.join('\n')).not.toContain('very-hidden')
  const scope = cloud.scope(account, 'us-east-1')
  expect(JSON.stringify([...versions.scan(scope)])).not.toContain('very-hidden')
})

test('KMS that is busy or fails says nothing about the key', async () => {
  const { cloud } = await store()
  const failures = ['ThrottlingException: Busy.', 'InternalServiceError: KMS: Out.']
  const ClientRequestToken = '11111111-2222-4333-8444-555555555555'
  const input = { Name: 'k', SecretString: 's', ClientRequestToken }
  const create = () => call(cloud, CreateSecret, input)
  expect(await refusalsDuring(cloud, 'kms.GenerateDataKey', create)).toEqual(failures)
  const read = () => call(cloud, GetSecretValue, { SecretId: 'app/db' })
  expect(await refusalsDuring(cloud, 'kms.Decrypt', read)).toEqual(failures)
})
