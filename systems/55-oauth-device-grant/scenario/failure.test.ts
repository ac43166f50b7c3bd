import { PublishCommand } from '@aws-sdk/client-sns'
import { SendMessage } from '@cloud-orrery/models/sqs'
import { expect } from '@cloud-orrery/vitest/scenario'
import { clientsOf, hello, waiting } from './hello.ts'

hello.promise(
  3,
  'an outage of SQS delays a message, it does not lose it',
  async ({ aws, topicArn, queueUrl }) => {
    const outage = aws.faults.fail(SendMessage, { error: 'InternalError', status: 500 })
    await clientsOf(aws).sns.send(new PublishCommand({ TopicArn: topicArn, Message: 'late' }))
    await aws.clock.advance({ hours: 6 })
    expect(await waiting(aws, queueUrl)).toEqual([])

    outage.end()
    await aws.clock.advance({ seconds: 20 })
    expect(await waiting(aws, queueUrl)).toEqual(['late'])
  },
)
