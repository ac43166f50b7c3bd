import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  SetStackPolicyCommand,
  UpdateStackCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation'
import { CreateRoleCommand } from '@aws-sdk/client-iam'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import {
  accountId,
  allow,
  eventsOf,
  queue,
  refusal,
  resourcesOf,
  stackWorld,
  userWith,
} from './stacks.test-support.ts'

const policyOf = (...Statement: object[]) => JSON.stringify({ Statement })

test('a stack policy denies what its statements name, by number', async () => {
  const world = stackWorld()
  await world.create(resourcesOf({ A: queue('a'), B: queue('b') }), {
    StackPolicyBody: policyOf(
      { Effect: 'Allow', Action: 'Update:*', Principal: '*', Resource: '*' },
      {
        Effect: 'Deny',
        Action: ['Update:Replace', 'Update:Delete'],
        Principal: '*',
        Resource: 'LogicalResourceId/A',
      },
    ),
  })
  await world.update(resourcesOf({ A: queue('a', { DelaySeconds: 1 }), B: queue('b2') }))
  expect((await world.stack()).StackStatus).toBe('UPDATE_COMPLETE')
  await world.update(resourcesOf({ A: queue('a2'), B: queue('b2') }))
  expect(await world.events('UPDATE_IN_PROGRESS')).toEqual([
    's UPDATE_IN_PROGRESS User Initiated',
    'A UPDATE_FAILED Action denied by stack policy: Statement [#2] does not allow [Update:Replace] for resource [LogicalResourceId/A]',
    's UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to update: [A]. ',
    'A UPDATE_COMPLETE',
    's UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    's UPDATE_ROLLBACK_COMPLETE',
  ])
  expect(await world.queues()).toEqual(['a', 'b2'])
})

test('a policy may name types, and what no statement allows is not allowed', async () => {
  const world = stackWorld()
  await world.create(resourcesOf({ A: queue('a'), T: { Type: 'AWS::SNS::Topic' } }))
  await world.cfn.send(
    new SetStackPolicyCommand({
      StackName: 's',
      StackPolicyBody: policyOf({
        Effect: 'Allow',
        Action: 'Update:*',
        Principal: '*',
        Resource: '*',
        Condition: { StringLike: { ResourceType: ['AWS::SNS::*'] } },
      }),
    }),
  )
  await world.update(
    resourcesOf({ A: queue('a', { DelaySeconds: 1 }), T: { Type: 'AWS::SNS::Topic' } }),
  )
  expect(await world.events('UPDATE_IN_PROGRESS')).toContain(
    'A UPDATE_FAILED Action not allowed by stack policy: no statement allows [Update:Modify] for resource [LogicalResourceId/A]',
  )
})

test('a protected stack cannot be deleted until its protection ends', async () => {
  const world = stackWorld()
  await world.create(resourcesOf({ A: queue('a') }), { EnableTerminationProtection: true })
  expect(await refusal(world.remove())).toBe(
    'ValidationError: Stack [s] cannot be deleted while TerminationProtection is enabled',
  )
  await world.cfn.send(
    new UpdateTerminationProtectionCommand({ StackName: 's', EnableTerminationProtection: false }),
  )
  await world.remove()
  expect(await refusal(world.stack())).toBe('ValidationError: Stack with id s does not exist')
})

test('resources that are to be retained stay when their stack goes', async () => {
  const world = stackWorld()
  await world.create(
    resourcesOf({
      Kept: queue('kept', {}, { DeletionPolicy: 'Retain' }),
      Fresh: queue('fresh', {}, { DeletionPolicy: 'RetainExceptOnCreate' }),
      Gone: queue('gone'),
    }),
  )
  const { StackId = '' } = await world.stack()
  await world.remove()
  expect(await world.resources(StackId)).toEqual({
    Kept: 'DELETE_SKIPPED',
    Fresh: 'DELETE_SKIPPED',
    Gone: 'DELETE_COMPLETE',
  })
  expect(await world.queues()).toEqual(['fresh', 'kept'])
})

test('what a replacement leaves over stays where its policy says so', async () => {
  const world = stackWorld()
  const policy = { UpdateReplacePolicy: 'Retain' }
  await world.create(resourcesOf({ A: queue('before', {}, policy) }))
  await world.update(resourcesOf({ A: queue('after', {}, policy) }))
  expect((await world.events('UPDATE_IN_PROGRESS')).slice(-3)).toEqual([
    's UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    'A DELETE_SKIPPED',
    's UPDATE_COMPLETE',
  ])
  expect(await world.queues()).toEqual(['after', 'before'])
})

const wrong = queue('b', { VisibilityTimeout: 43201 }, { DependsOn: 'A' })

test('a resource that is to be retained except on creation goes when its creation is taken back', async () => {
  const world = stackWorld()
  const kept = (policy: string) =>
    resourcesOf({ A: queue('a', {}, { DeletionPolicy: policy }), B: wrong })
  await world.create(kept('RetainExceptOnCreate'))
  expect(await world.queues()).toEqual([])
  await world.remove()
  await world.create(kept('Retain'))
  expect(await world.queues()).toEqual(['a'])
})

test('a caller without a permission of CloudFormation is denied', async () => {
  const { cloud } = stackWorld()
  const ana = client(cloud, CloudFormationClient, {
    credentials: userWith(cloud, [allow('cloudformation:DescribeStacks')]),
  })
  const TemplateBody = JSON.stringify(resourcesOf({ A: queue('a') }))
  expect(await refusal(ana.send(new CreateStackCommand({ StackName: 's', TemplateBody })))).toBe(
    `AccessDenied: User: arn:aws:iam::${accountId}:user/ana is not authorized to perform: cloudformation:CreateStack on resource: arn:aws:cloudformation:us-east-1:${accountId}:stack/s/* because no identity-based policy allows the cloudformation:CreateStack action`,
  )
  expect(await refusal(ana.send(new DeleteStackCommand({ StackName: 's' })))).toBe(
    `AccessDenied: User: arn:aws:iam::${accountId}:user/ana is not authorized to perform: cloudformation:DeleteStack on resource: arn:aws:cloudformation:us-east-1:${accountId}:stack/s/* because no identity-based policy allows the cloudformation:DeleteStack action`,
  )
})

test('a condition on the template, the role or the types binds a caller', async () => {
  const { cloud } = stackWorld()
  const ana = client(cloud, CloudFormationClient, {
    credentials: userWith(cloud, [
      allow(['cloudformation:DescribeStacks', 'sqs:*']),
      {
        ...allow('cloudformation:CreateStack'),
        Condition: {
          'ForAllValues:StringEquals': { 'cloudformation:ResourceTypes': ['AWS::SQS::Queue'] },
          Null: { 'cloudformation:ResourceTypes': 'false' },
        },
      },
    ]),
  })
  const create = (more: object) =>
    ana.send(
      new CreateStackCommand({
        StackName: 's',
        TemplateBody: JSON.stringify(resourcesOf({ A: queue('a') })),
        ...more,
      }),
    )
  expect(await refusal(create({}))).toMatch(/^AccessDenied: /)
  expect(await refusal(create({ ResourceTypes: ['AWS::SNS::*'] }))).toMatch(/^AccessDenied: /)
  expect(await refusal(create({ ResourceTypes: ['AWS::SQS::Queue'] }))).toBe('no refusal')
})

test('a stack works with the rights of who started it', async () => {
  const { cloud } = stackWorld()
  const ana = client(cloud, CloudFormationClient, {
    credentials: userWith(cloud, [allow(['cloudformation:*', 'sqs:GetQueueUrl'])]),
  })
  const TemplateBody = JSON.stringify(resourcesOf({ A: queue('a') }))
  await ana.send(new CreateStackCommand({ StackName: 's', TemplateBody }))
  await cloud.advance({ minutes: 1 })
  expect(await eventsOf(ana, 's', 'CREATE_IN_PROGRESS')).toEqual([
    's CREATE_IN_PROGRESS User Initiated',
    'A CREATE_IN_PROGRESS',
    `A CREATE_FAILED Resource handler returned message: "User: arn:aws:iam::${accountId}:user/ana is not authorized to perform: sqs:createqueue on resource: arn:aws:sqs:us-east-1:${accountId}:a because no identity-based policy allows the sqs:createqueue action (Service: Sqs, Status Code: 403, Request ID: *)" (RequestToken: *, HandlerErrorCode: AccessDenied)`,
    's ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [A]. Rollback requested by user.',
    'A DELETE_COMPLETE',
    's ROLLBACK_COMPLETE',
  ])
})

test('a stack with a role works with the rights of the role, which its caller must be allowed to pass', async () => {
  const world = stackWorld()
  const { Role } = await world.iam.send(
    new CreateRoleCommand({
      RoleName: 'deployer',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: 'cloudformation.amazonaws.com' },
          },
        ],
      }),
    }),
  )
  const RoleARN = Role?.Arn ?? ''
  const create = (cfn: CloudFormationClient, StackName: string) =>
    cfn.send(
      new CreateStackCommand({
        StackName,
        RoleARN,
        TemplateBody: JSON.stringify(resourcesOf({ A: queue('a') })),
      }),
    )
  const ana = client(world.cloud, CloudFormationClient, {
    credentials: userWith(world.cloud, [allow('cloudformation:*')]),
  })
  expect(await refusal(create(ana, 's'))).toBe(
    `AccessDenied: User: arn:aws:iam::${accountId}:user/ana is not authorized to perform: iam:PassRole on resource: ${RoleARN} because no identity-based policy allows the iam:PassRole action`,
  )
  await world.rest(create(world.cfn, 's'))
  expect(await world.events('CREATE_IN_PROGRESS')).toContain(
    `A CREATE_FAILED Resource handler returned message: "User: arn:aws:sts::${accountId}:assumed-role/deployer/AWSCloudFormation is not authorized to perform: sqs:createqueue on resource: arn:aws:sqs:us-east-1:${accountId}:a because no identity-based policy allows the sqs:createqueue action (Service: Sqs, Status Code: 403, Request ID: *)" (RequestToken: *, HandlerErrorCode: AccessDenied)`,
  )
  expect((await world.stack()).RoleARN).toBe(RoleARN)
  await world
    .rest(world.cfn.send(new UpdateStackCommand({ StackName: 's', UsePreviousTemplate: true })))
    .catch((error: Error) => expect(error.message).toContain('ROLLBACK_COMPLETE state'))
  const { Stacks } = await world.cfn.send(new DescribeStacksCommand({}))
  expect(Stacks?.map(({ StackStatus }) => StackStatus)).toEqual(['ROLLBACK_COMPLETE'])
})
