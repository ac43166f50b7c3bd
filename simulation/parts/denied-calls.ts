import type { Operation } from '@cloud-orrery/models'
import { CreateStack } from '@cloud-orrery/models/cloudformation'
import { PutRule } from '@cloud-orrery/models/events'
import { CreateUser, DeleteUser, PutUserPolicy } from '@cloud-orrery/models/iam'
import { CreateKey } from '@cloud-orrery/models/kms'
import { CreateLogGroup } from '@cloud-orrery/models/logs'
import { CreateBucket, ListBuckets } from '@cloud-orrery/models/s3'
import { CreateTopic, Publish } from '@cloud-orrery/models/sns'
import {
  DeleteMessage,
  DeleteQueue,
  PurgeQueue,
  ReceiveMessage,
  SendMessage,
  SetQueueAttributes,
} from '@cloud-orrery/models/sqs'
import { PutParameter } from '@cloud-orrery/models/ssm'
import { home } from '../world.ts'
import type { Queues } from './queues.ts'

export interface DeniedCall {
  readonly operation: Operation<unknown, unknown>
  readonly input: unknown
}

function denied<I, O>(operation: Operation<I, O>, input: I): DeniedCall {
  // Only names and inputs go on from here; the cloud finds the operation by them.
  return { operation: operation as Operation<unknown, unknown>, input }
}

/** Calls that someone must be refused: on what others own and, for those of this account, on their own account. */
export function deniedCalls(queues: Queues, who: string): readonly DeniedCall[] {
  const fifo = queues.book('orders.fifo')
  const QueueUrl = fifo.url
  const receipt = [...fifo.held.values()].flatMap(({ handles }) => handles).at(-1)
  const topic = `arn:aws:sns:${home.region}:${home.accountId}:news`
  const onOthers = [
    denied(SendMessage, {
      QueueUrl,
      MessageBody: 'tok-denied-0.',
      MessageGroupId: 'g0',
      MessageDeduplicationId: 'denied',
    }),
    denied(ReceiveMessage, { QueueUrl, MaxNumberOfMessages: 10 }),
    denied(PurgeQueue, { QueueUrl }),
    denied(DeleteQueue, { QueueUrl }),
    denied(SetQueueAttributes, { QueueUrl, Attributes: { VisibilityTimeout: '1' } }),
    denied(DeleteMessage, { QueueUrl, ReceiptHandle: receipt ?? 'none' }),
    denied(Publish, { TopicArn: topic, Message: 'tok-denied-1.' }),
  ]
  if (who === 'foreigner') return onOthers
  const document = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  })
  return [
    ...onOthers,
    denied(CreateUser, { UserName: 'intruder' }),
    denied(DeleteUser, { UserName: 'clerk' }),
    denied(PutUserPolicy, { UserName: who, PolicyName: 'more', PolicyDocument: document }),
    denied(CreateBucket, { Bucket: 'intruders-bucket' }),
    denied(ListBuckets, {}),
    denied(CreateTopic, { Name: 'intrusion' }),
    denied(PutParameter, { Name: '/intruder', Value: 'x', Type: 'String' }),
    denied(CreateKey, {}),
    denied(CreateLogGroup, { logGroupName: 'intrusion' }),
    denied(PutRule, { Name: 'intrusion', ScheduleExpression: 'rate(1 minute)' }),
    denied(CreateStack, { StackName: 'intrusion', TemplateBody: '{"Resources":{}}' }),
  ]
}
