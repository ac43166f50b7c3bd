import { PublishCommand } from '@aws-sdk/client-sns'
import { expect } from '@cloud-orrery/vitest/scenario'
import { clientsOf, hello, waiting } from './hello.ts'

hello.promise(2, 'another account cannot publish', async ({ aws, topicArn, queueUrl }) => {
  const stranger = clientsOf(aws, '222222222222')
  await expect(
    stranger.sns.send(new PublishCommand({ TopicArn: topicArn, Message: 'spam' })),
  ).rejects.toThrow(/is not authorized to perform: SNS:Publish/)
  expect(await waiting(aws, queueUrl)).toEqual([])
})
