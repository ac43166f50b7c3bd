import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect } from '@cloud-orrery/vitest/scenario'
import { alone, depth, enqueue, everyone, mail, outbox } from './campaign.ts'

mail.promise(
  5,
  'a sender that dies after SES took a mail, before it can say so, causes no second mail',
  async ({ aws, outputs }) => {
    await alone(aws, outputs, 'MailSingle')
    const url = outputs['MailSingle.MailsUrl']
    await enqueue(aws, url, 'once', 12)
    // The senders' last words take longer than they may live: Lambda kills them in between.
    const fault = aws.faults.delay('dynamodb.BatchWriteItem', 60_000, { times: 2 })
    await aws.clock.advance({ minutes: 3 })
    fault.end()
    await aws.clock.advance({ minutes: 30 })
    expect(
      outbox(aws, 'once')
        .map(({ to }) => to)
        .sort(),
    ).toEqual(everyone('once', 12))
    expect(await depth(aws, url)).toEqual({ visible: 0, inFlight: 0 })
    expect(await depth(aws, outputs['MailSingle.MailsDeadLettersUrl'])).toMatchObject({
      visible: 0,
    })
  },
)

mail.promise(
  6,
  'what is no mail is laid aside with the reason after five receives; its neighbours go',
  async ({ aws, outputs }) => {
    await alone(aws, outputs, 'MailSingle')
    const sqs = aws.client(SQSClient)
    const QueueUrl = outputs['MailSingle.MailsUrl']
    for (const MessageBody of ['{"to":1}', 'Dear Ana']) {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }))
    }
    await enqueue(aws, QueueUrl, 'neighbours', 6)
    await aws.clock.advance({ minutes: 30 })
    expect(
      outbox(aws, 'neighbours')
        .map(({ to }) => to)
        .sort(),
    ).toEqual(everyone('neighbours', 6))
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: outputs['MailSingle.MailsDeadLettersUrl'],
        MaxNumberOfMessages: 10,
        // A short poll may find nothing though there is something.
        WaitTimeSeconds: 5,
        MessageAttributeNames: ['All'],
      }),
    )
    const letters = Messages.map(({ Body, MessageAttributes }) => [
      Body,
      MessageAttributes?.['Reason']?.StringValue,
    ])
    // A queue may give a message out twice: then its letter is there twice.
    expect(new Set(letters.map((letter) => letter.join(': ')))).toEqual(
      new Set(['Dear Ana: The body is no JSON.', '{"to":1}: to_address is missing, or no text.']),
    )
    expect(await depth(aws, QueueUrl)).toEqual({ visible: 0, inFlight: 0 })
  },
)
