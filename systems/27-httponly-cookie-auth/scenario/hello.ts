import { SNSClient } from '@aws-sdk/client-sns'
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type Aws, system } from '@cloud-orrery/vitest/scenario'

const folder = new URL('..', import.meta.url).pathname

/** The system, deployed. */
export const hello = system({
  name: '27-httponly-cookie-auth',
  async setUp(aws) {
    const { outputs } = await aws.deploy(folder)
    return { topicArn: outputs['TopicArn'] ?? '', queueUrl: outputs['QueueUrl'] ?? '' }
  },
})

export function clientsOf(aws: Aws, accountId = aws.accountId) {
  return { sns: aws.client(SNSClient, { accountId }), sqs: aws.client(SQSClient, { accountId }) }
}

/** Bodies of the messages that wait in a queue. */
export async function waiting(aws: Aws, queueUrl: string): Promise<string[]> {
  const { Messages = [] } = await clientsOf(aws).sqs.send(
    new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
  )
  return Messages.map(({ Body = '' }) => Body)
}
