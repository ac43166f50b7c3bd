import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import {
  AddTagsToResourceCommand,
  CreateOpsItemCommand,
  DescribeOpsItemsCommand,
  DescribeParametersCommand,
  GetOpsItemCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

const arn = 'arn:aws:ssm:us-east-1:123456789012:'

/** The administrator's client, and that of a user with these statements alone. */
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
  const ssm = client(cloud, SSMClient)
  await ssm.send(new PutParameterCommand({ Name: '/app/url', Value: 'x', Type: 'String' }))
  await ssm.send(new PutParameterCommand({ Name: 'other', Value: 'x', Type: 'String' }))
  return { cloud, ssm, limited: client(cloud, SSMClient, { credentials }) }
}

const allow = (Action: string | string[], Resource: string, rest: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...rest,
})

function denial(action: string, resource: string): string {
  return `User: arn:aws:iam::123456789012:user/limited is not authorized to perform: ssm:${action} on resource: ${resource} because no identity-based policy allows the ssm:${action} action`
}

const newItem = { Title: 'Disk full', Source: 'EC2', Description: 'sda1' }

test('who may nothing is told what, on which resource, before anything is looked up', async () => {
  const { limited } = await store()
  const cases: [Promise<unknown>, string, string][] = [
    [
      limited.send(new GetParameterCommand({ Name: '/gone' })),
      'GetParameter',
      `${arn}parameter/gone`,
    ],
    [
      limited.send(new GetParametersCommand({ Names: ['other'] })),
      'GetParameters',
      `${arn}parameter/other`,
    ],
    [
      limited.send(new GetParametersByPathCommand({ Path: '/app' })),
      'GetParametersByPath',
      `${arn}parameter/app`,
    ],
    [limited.send(new DescribeParametersCommand({})), 'DescribeParameters', `${arn}*`],
    [
      limited.send(new PutParameterCommand({ Name: 'a', Value: 'x', Type: 'String' })),
      'PutParameter',
      `${arn}parameter/a`,
    ],
    [limited.send(new CreateOpsItemCommand(newItem)), 'CreateOpsItem', `${arn}opsitem/*`],
    [
      limited.send(new GetOpsItemCommand({ OpsItemId: 'oi-0123456789ab' })),
      'GetOpsItem',
      `${arn}opsitem/oi-0123456789ab`,
    ],
  ]
  for (const [call, action, resource] of cases) {
    await expect(call).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: denial(action, resource),
    })
  }
})

test('a permission for a hierarchy does not reach beside it', async () => {
  const { limited } = await store(allow('ssm:GetParameter*', `${arn}parameter/app/*`))
  const { Parameter } = await limited.send(new GetParameterCommand({ Name: '/app/url:1' }))
  expect(Parameter?.Value).toBe('x')
  await expect(
    limited.send(new GetParametersCommand({ Names: ['/app/url', 'other'] })),
  ).rejects.toMatchObject({ message: denial('GetParameters', `${arn}parameter/other`) })
})

test('a policy may forbid to overwrite, and to look below the first level', async () => {
  const { limited } = await store(
    allow('ssm:PutParameter', '*', { Condition: { StringEquals: { 'ssm:Overwrite': 'false' } } }),
    allow('ssm:GetParametersByPath', '*', {
      Condition: { StringEquals: { 'ssm:Recursive': 'false' } },
    }),
  )
  const put = { Name: 'mine', Value: 'x', Type: 'String' as const }
  await limited.send(new PutParameterCommand(put))
  await expect(
    limited.send(new PutParameterCommand({ ...put, Overwrite: true })),
  ).rejects.toMatchObject({ name: 'AccessDeniedException' })
  await limited.send(new GetParametersByPathCommand({ Path: '/app' }))
  await expect(
    limited.send(new GetParametersByPathCommand({ Path: '/app', Recursive: true })),
  ).rejects.toMatchObject({ name: 'AccessDeniedException' })
})

test('tags of a parameter decide who reads it, and creating with tags needs the right to tag', async () => {
  const { ssm, limited } = await store(
    allow('ssm:GetParameter', '*', {
      Condition: { StringEquals: { 'aws:ResourceTag/team': 'a' } },
    }),
    allow(['ssm:PutParameter', 'ssm:CreateOpsItem'], '*'),
  )
  const get = () => limited.send(new GetParameterCommand({ Name: 'other' }))
  await expect(get()).rejects.toMatchObject({ name: 'AccessDeniedException' })
  await ssm.send(
    new AddTagsToResourceCommand({
      ResourceType: 'Parameter',
      ResourceId: 'other',
      Tags: [{ Key: 'team', Value: 'a' }],
    }),
  )
  await get()
  const Tags = [{ Key: 'team', Value: 'a' }]
  await expect(
    limited.send(new PutParameterCommand({ Name: 'n', Value: 'x', Type: 'String', Tags })),
  ).rejects.toMatchObject({ message: denial('AddTagsToResource', `${arn}parameter/n`) })
  await expect(limited.send(new CreateOpsItemCommand({ ...newItem, Tags }))).rejects.toMatchObject({
    message: denial('AddTagsToResource', `${arn}opsitem/*`),
  })
})

test('another account sees neither the parameters nor the OpsItems', async () => {
  const { cloud, ssm } = await store()
  const { OpsItemId } = await ssm.send(new CreateOpsItemCommand(newItem))
  const stranger = client(cloud, SSMClient, { accountId: '222222222222' })
  await expect(stranger.send(new GetParameterCommand({ Name: 'other' }))).rejects.toMatchObject({
    name: 'ParameterNotFound',
  })
  await expect(
    stranger.send(new GetParameterCommand({ Name: `${arn}parameter/other` })),
  ).rejects.toMatchObject({ name: 'AccessDeniedException' })
  await expect(stranger.send(new GetOpsItemCommand({ OpsItemId }))).rejects.toMatchObject({
    name: 'OpsItemNotFoundException',
  })
  const { OpsItemSummaries } = await stranger.send(new DescribeOpsItemsCommand({}))
  expect(OpsItemSummaries).toEqual([])
})
