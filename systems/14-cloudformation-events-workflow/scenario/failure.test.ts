import {
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import { expect } from '@cloud-orrery/vitest/scenario'
import { redrive } from '../src/redrive/redrive.ts'
import { bucketTemplate, clientsOf, desk, fact, openItems } from './desk.ts'

desk.promise(
  5,
  'without its permission the event waits in the dead-letter queue, and nothing is lost',
  async ({ aws, outputs }) => {
    const iam = aws.client(IAMClient)
    const RoleName = outputs['RoleName'] ?? ''
    const QueueUrl = outputs['UndeliveredUrl'] ?? ''
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }))
    const PolicyName = PolicyNames[0] ?? ''
    const { PolicyDocument = '' } = await iam.send(
      new GetRolePolicyCommand({ RoleName, PolicyName }),
    )
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }))

    await clientsOf(aws, '222222222222').s3.send(new CreateBucketCommand({ Bucket: 'taken' }))
    await aws.tryDeploy(bucketTemplate('taken'), { stackName: 'shop' })
    await aws.clock.advance({ minutes: 1 })
    expect(await openItems(aws)).toEqual([])
    const clients = clientsOf(aws)
    const { Messages = [] } = await clients.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'], VisibilityTimeout: 0 }),
    )
    expect(
      Messages.map((message) => message.MessageAttributes?.['ERROR_CODE']?.StringValue),
    ).toEqual(['NO_PERMISSIONS'])

    await iam.send(
      new PutRolePolicyCommand({
        RoleName,
        PolicyName,
        PolicyDocument: decodeURIComponent(PolicyDocument),
      }),
    )
    expect(await redrive(clients, QueueUrl)).toBe(1)
    const [item, ...others] = await openItems(aws)
    expect(others).toEqual([])
    expect(fact(item, 'resource')).toBe('Data')
  },
)

desk.promise(
  8,
  'deleting the stack leaves no rule, role, policy, queue or topic',
  async ({ aws }) => {
    const before = aws.inventory()
    expect(before.map(kindOf).sort()).toEqual(
      expect.arrayContaining(['events:rule', 'iam:role', 'sns', 'sqs']),
    )
    expect(await aws.destroy('StackFailureDesk')).toBe('DELETE_COMPLETE')
    const own = aws.inventory().filter((arn) => arn.includes('StackFailureDesk'))
    expect(own).toEqual([])
  },
)

/** `events:rule` of an ARN. */
function kindOf(arn: string): string {
  const [, , service = '', , , resource = ''] = arn.split(':')
  return resource.includes('/') ? `${service}:${resource.split('/')[0]}` : service
}
