import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs'
import { type Cloud, fetchFromCloud } from '@cloud-orrery/cloud'
import { accountId, type StackWorld } from '../stacks.test-support.ts'

/** A request as a provider of custom resources gets it. */
export interface ProviderRequest {
  readonly RequestType: 'Create' | 'Update' | 'Delete'
  readonly ServiceToken: string
  readonly ResponseURL: string
  readonly StackId: string
  readonly RequestId: string
  readonly LogicalResourceId: string
  readonly PhysicalResourceId?: string
  readonly ResourceType: string
  readonly ResourceProperties: Record<string, unknown>
  readonly OldResourceProperties?: Record<string, unknown>
}

/** What a provider puts to the URL of a request, whatever it is. */
export async function put(cloud: Cloud, url: string, body: string): Promise<number> {
  const { status } = await fetchFromCloud(cloud, url, { method: 'PUT', body })
  return status
}

/** A provider behind a topic: the test reads its requests and answers them. */
export async function topicProvider({ cloud, sns, sqs }: StackWorld, name = 'provider') {
  const { TopicArn: token = '' } = await sns.send(new CreateTopicCommand({ Name: name }))
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `${name}-requests` }))
  const Endpoint = `arn:aws:sqs:us-east-1:${accountId}:${name}-requests`
  const Statement = [
    { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: Endpoint },
  ]
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement })
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }))
  await sns.send(new SubscribeCommand({ TopicArn: token, Protocol: 'sqs', Endpoint }))
  return {
    token,
    /** The requests that came since the last look. */
    async requests(): Promise<ProviderRequest[]> {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      )
      const found: ProviderRequest[] = []
      for (const { Body = '{}', ReceiptHandle } of Messages) {
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
        const { Subject, Message } = JSON.parse(Body) as { Subject: string; Message: string }
        if (Subject !== 'AWS CloudFormation custom resource request') throw new Error(Subject)
        found.push(JSON.parse(Message) as ProviderRequest)
      }
      return found
    },
    /** The only request that came since. */
    async request(): Promise<ProviderRequest> {
      const [only, ...more] = await this.requests()
      if (only === undefined || more.length > 0) throw new Error(`${more.length + 1} requests`)
      return only
    },
    /** Answers a request with success, unless `more` says otherwise, and lets the stack go on. */
    async answer(request: ProviderRequest, more: object = {}): Promise<void> {
      const { StackId, RequestId, LogicalResourceId } = request
      const body = {
        Status: 'SUCCESS',
        PhysicalResourceId: request.PhysicalResourceId ?? 'thing-1',
        StackId,
        RequestId,
        LogicalResourceId,
        ...more,
      }
      await put(cloud, request.ResponseURL, JSON.stringify(body))
      await cloud.advance({ minutes: 1 })
    },
  }
}

export type TopicProvider = Awaited<ReturnType<typeof topicProvider>>

/** A template with one custom resource `Thing`. */
export const thing = (token: string, properties: object = {}, more: object = {}) => ({
  Resources: {
    Thing: { Type: 'Custom::Thing', Properties: { ServiceToken: token, ...properties } },
    ...more,
  },
})
