import {
  CancelUpdateStackCommand,
  ContinueUpdateRollbackCommand,
  CreateStackCommand,
  paginateDescribeStackEvents,
  RollbackStackCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { CreateQueueCommand, DeleteQueueCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { queue, refusal, resourcesOf, stackWorld } from './stacks.test-support.ts'

/** A range error shows in the service: AWS validates it nowhere before. */
const wrong = (name: string) => queue(name, { VisibilityTimeout: 43201 })

test('a bucket that is not empty fails its deletion, and can be left behind', async () => {
  const world = stackWorld()
  await world.create(
    resourcesOf({
      Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'full' } },
      Q: queue('q'),
    }),
  )
  await world.s3.send(new PutObjectCommand({ Bucket: 'full', Key: 'a', Body: 'x' }))
  await world.remove()
  expect(await world.events('DELETE_IN_PROGRESS')).toEqual([
    's DELETE_IN_PROGRESS User Initiated',
    'Bucket DELETE_IN_PROGRESS',
    'Q DELETE_IN_PROGRESS',
    expect.stringMatching(
      /^Bucket DELETE_FAILED The bucket you tried to delete is not empty\b.*\(Service: S3; Status Code: 409; Error Code: BucketNotEmpty; /,
    ),
    'Q DELETE_COMPLETE',
    's DELETE_FAILED The following resource(s) failed to delete: [Bucket]. ',
  ])
  const { StackId = '' } = await world.stack()
  await world.remove({ RetainResources: ['Bucket'] })
  expect((await world.stack(StackId)).StackStatus).toBe('DELETE_COMPLETE')
  expect(await world.resources(StackId)).toEqual({ Bucket: 'DELETE_SKIPPED', Q: 'DELETE_COMPLETE' })
  await world.s3.send(new DeleteObjectCommand({ Bucket: 'full', Key: 'a' }))
})

test('a forced deletion leaves what could not be deleted', async () => {
  const world = stackWorld()
  await world.create(
    resourcesOf({ Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'full' } } }),
  )
  await world.s3.send(new PutObjectCommand({ Bucket: 'full', Key: 'a', Body: 'x' }))
  const { StackId = '' } = await world.stack()
  expect(await refusal(world.remove({ DeletionMode: 'FORCE_DELETE_STACK' }))).toBe(
    `ValidationError: Invalid operation on stack [${StackId}]. DeletionMode FORCE_DELETE_STACK can only be specified for stacks in the DELETE_FAILED state.`,
  )
  await world.remove()
  await world.remove({ DeletionMode: 'FORCE_DELETE_STACK' })
  expect((await world.stack(StackId)).StackStatus).toBe('DELETE_COMPLETE')
})

test('a creation whose rollback is disabled keeps what was made, for an update or a rollback', async () => {
  const world = stackWorld()
  await world.create(resourcesOf({ A: queue('a'), B: { ...wrong('b'), DependsOn: 'A' } }), {
    DisableRollback: true,
  })
  expect(await world.stack()).toMatchObject({
    StackStatus: 'CREATE_FAILED',
    StackStatusReason: 'The following resource(s) failed to create: [B]. ',
    DisableRollback: true,
  })
  expect(await world.resources()).toEqual({ A: 'CREATE_COMPLETE', B: 'CREATE_FAILED' })
  await world.update(resourcesOf({ A: queue('a'), B: { ...queue('b'), DependsOn: 'A' } }))
  expect((await world.stack()).StackStatus).toBe('UPDATE_COMPLETE')
  expect(await world.queues()).toEqual(['a', 'b'])
})

test('RollbackStack takes a failed creation back', async () => {
  const world = stackWorld()
  await world.create(resourcesOf({ A: queue('a'), B: { ...wrong('b'), DependsOn: 'A' } }), {
    OnFailure: 'DO_NOTHING',
  })
  await world.rest(world.cfn.send(new RollbackStackCommand({ StackName: 's' })))
  expect(await world.events('ROLLBACK_IN_PROGRESS')).toEqual([
    's ROLLBACK_IN_PROGRESS User Initiated',
    'B DELETE_COMPLETE',
    'A DELETE_IN_PROGRESS',
    'A DELETE_COMPLETE',
    's ROLLBACK_COMPLETE',
  ])
  expect(await world.queues()).toEqual([])
})

test('OnFailure DELETE leaves no stack', async () => {
  const world = stackWorld()
  const { StackId = '' } = await world.create(
    resourcesOf({ A: queue('a'), B: { ...wrong('b'), DependsOn: 'A' } }),
    { OnFailure: 'DELETE' },
  )
  expect((await world.stack(StackId)).StackStatus).toBe('DELETE_COMPLETE')
  expect(await world.queues()).toEqual([])
})

test('a stack that takes longer than it may is rolled back', async () => {
  const world = stackWorld()
  const chain = Object.fromEntries(
    Array.from({ length: 400 }, (_, i) => [
      `Q${i}`,
      queue(`q${i}`, {}, i === 0 ? {} : { DependsOn: `Q${i - 1}` }),
    ]),
  )
  await world.create(resourcesOf(chain), { TimeoutInMinutes: 1 })
  const reasons: (string | undefined)[] = []
  for await (const { StackEvents = [] } of paginateDescribeStackEvents(
    { client: world.cfn },
    { StackName: 's' },
  )) {
    reasons.push(...StackEvents.map(({ ResourceStatusReason }) => ResourceStatusReason))
  }
  expect(reasons).toContain(
    'Stack creation time exceeded the specified timeout. Rollback requested by user.',
  )
})

test('a rollback that fails can be continued past the resource in its way', async () => {
  const world = stackWorld()
  const before = resourcesOf({ A: queue('a'), B: queue('b', {}, { DependsOn: 'A' }) })
  await world.create(before)
  await world.cfn.send(
    new UpdateStackCommand({
      StackName: 's',
      TemplateBody: JSON.stringify(
        resourcesOf({
          A: queue('a', { DelaySeconds: 3 }),
          B: { ...wrong('b'), DependsOn: 'A' },
        }),
      ),
    }),
  )
  await world.cloud.advance({ milliseconds: 150 })
  const { QueueUrl } = await world.sqs.send(new GetQueueUrlCommand({ QueueName: 'a' }))
  await world.sqs.send(new DeleteQueueCommand({ QueueUrl }))
  await world.cloud.advance({ minutes: 2 })
  expect(await world.stack()).toMatchObject({
    StackStatus: 'UPDATE_ROLLBACK_FAILED',
    StackStatusReason: 'The following resource(s) failed to update: [A]. ',
  })
  const resume = (ResourcesToSkip: string[]) =>
    world.rest(
      world.cfn.send(new ContinueUpdateRollbackCommand({ StackName: 's', ResourcesToSkip })),
    )
  expect(await refusal(resume(['B']))).toBe(
    'ValidationError: ResourcesToSkip [B] are not in UPDATE_FAILED state. Only resources in UPDATE_FAILED state can be skipped.',
  )
  await resume(['A'])
  expect((await world.stack()).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE')
  expect(await world.resources()).toEqual({ A: 'UPDATE_COMPLETE', B: 'UPDATE_COMPLETE' })
})

test('an update can be cancelled, and is taken back', async () => {
  const world = stackWorld()
  await world.create(resourcesOf({ A: queue('a') }))
  expect(await refusal(world.cfn.send(new CancelUpdateStackCommand({ StackName: 's' })))).toBe(
    'ValidationError: CancelUpdateStack cannot be called from current stack status',
  )
  await world.cfn.send(
    new UpdateStackCommand({
      StackName: 's',
      TemplateBody: JSON.stringify(resourcesOf({ A: queue('a'), B: queue('b') })),
    }),
  )
  await world.cloud.advance({ milliseconds: 75 })
  await world.rest(world.cfn.send(new CancelUpdateStackCommand({ StackName: 's' })))
  expect(await world.events('UPDATE_IN_PROGRESS')).toEqual([
    's UPDATE_IN_PROGRESS User Initiated',
    'B CREATE_IN_PROGRESS',
    'B CREATE_FAILED Resource creation cancelled',
    's UPDATE_ROLLBACK_IN_PROGRESS User Initiated',
    's UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    'B DELETE_COMPLETE',
    's UPDATE_ROLLBACK_COMPLETE',
  ])
  expect(await world.queues()).toEqual(['a'])
})

test('a name that stays stands in the way of a replacement', async () => {
  const world = stackWorld()
  const role = (Path: string) => ({
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: 'deployer',
      Path,
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: 'sqs.amazonaws.com' },
          },
        ],
      },
    },
  })
  const Capabilities = ['CAPABILITY_NAMED_IAM' as const]
  await world.create(resourcesOf({ R: role('/a/') }), { Capabilities })
  await world.update(resourcesOf({ R: role('/b/') }), { Capabilities })
  expect(await world.events('UPDATE_IN_PROGRESS')).toContain(
    'R UPDATE_FAILED CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename deployer and update the stack again.',
  )
  expect((await world.stack()).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE')
})

test('of five resources that are made side by side, one that fails takes back the others', async () => {
  const world = stackWorld()
  await world.sqs.send(
    new CreateQueueCommand({ QueueName: 'q3', Attributes: { DelaySeconds: '9' } }),
  )
  await world.s3.send(new CreateBucketCommand({ Bucket: 'by-side' }))
  await world.rest(
    world.cfn.send(
      new CreateStackCommand({
        StackName: 's',
        ClientRequestToken: 'storm',
        TemplateBody: JSON.stringify(
          resourcesOf(
            Object.fromEntries(
              [1, 2, 3, 4, 5].map((n) => [`Q${n}`, queue(`q${n}`, { DelaySeconds: 5 })]),
            ),
          ),
        ),
      }),
    ),
  )
  const events = await world.events('ROLLBACK_IN_PROGRESS')
  expect(events[0]).toBe(
    's ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Q1, Q2, Q3, Q4, Q5]. Rollback requested by user.',
  )
  expect(events.at(-1)).toBe('s ROLLBACK_COMPLETE')
  expect(await world.queues()).toEqual(['q3'])
})
