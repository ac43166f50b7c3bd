import { PublishCommand } from '@aws-sdk/client-sns'
import { expect } from '@cloud-orrery/vitest/scenario'
import { clientsOf, hello, waiting } from './hello.ts'

hello.promise(1, 'what is published waits in the queue', async ({ aws, topicArn, queueUrl }) => {
  await clientsOf(aws).sns.send(new PublishCommand({ TopicArn: topicArn, Message: 'hello' }))
  await aws.clock.settle()
  expect(await waiting(aws, queueUrl)).toEqual(['hello'])
})
