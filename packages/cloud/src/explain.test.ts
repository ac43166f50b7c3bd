import {
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { client, createCloud, explainEntry } from './index.ts'

const jobs = 'arn:aws:sqs:us-east-1:123456789012:jobs'

/** A topic delivers to a queue whose policy does not let it. */
async function refusedDelivery() {
  const cloud = createCloud()
  const sns = client(cloud, SNSClient)
  await client(cloud, SQSClient).send(new CreateQueueCommand({ QueueName: 'jobs' }))
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'alerts' }))
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: jobs }))
  await sns.send(new PublishCommand({ TopicArn, Message: 'hi' }))
  await cloud.settle()
  const numberOf = (name: string) =>
    cloud.kernel.journal.entries.findLast((entry) => entry.name === name)?.sequence ?? 0
  return { cloud, numberOf }
}

test('the last denial may be one that a service met, and says what led to it', async () => {
  const { cloud, numberOf } = await refusedDelivery()
  const { sequence, text } = explainEntry(cloud)
  expect(sequence).toBe(numberOf('sqs.SendMessage'))
  expect(text).toMatch(
    new RegExp(
      [
        `^#${sequence} sqs\\.SendMessage at 2026-\\S+Z\n\nDENIED\n`,
        'principal {2}sns\\.amazonaws\\.com\n[^]*',
        'outcome: denied, because no resource-based policy allows it\n[^]*',
        `led to by\n  #${numberOf('sns.deliver')} task sns\\.deliver\n`,
        `  #${numberOf('sns.Publish')} call sns\\.Publish$`,
      ].join(''),
    ),
  )
})

test('a task is explained by the calls that it led to, those that were denied first', async () => {
  const { cloud, numberOf } = await refusedDelivery()
  const { text } = explainEntry(cloud, String(numberOf('sns.deliver')))
  expect(text).toContain('It was not judged itself; these calls, to which it led, were:')
  expect(text).toContain(`#${numberOf('sqs.SendMessage')} sqs.SendMessage at `)
  expect(text).toContain('principal  sns.amazonaws.com')
})

test('what neither was judged nor led to anything that was says so', async () => {
  const cloud = createCloud()
  await cloud.advance(1000)
  expect(explainEntry(cloud, '1').text).toContain(
    'No permission was judged for this clock: it was refused before, or needs none.',
  )
})

test('of what an earlier process judged, the outcome is told', () => {
  const cloud = createCloud()
  cloud.kernel.journal.append({
    atMs: 0,
    kind: 'call',
    name: 'sqs.SendMessage',
    cause: undefined,
    entered: true,
    data: {
      decisions: [
        { action: 'sqs:SendMessage', resource: jobs, allowed: false, reason: 'implicit-deny' },
      ],
    },
  })
  expect(explainEntry(cloud).text).toBe(
    [
      '#1 sqs.SendMessage at 1970-01-01T00:00:00.000Z',
      '',
      'DENIED',
      'action     sqs:SendMessage',
      `resource   ${jobs}`,
      'outcome: implicit-deny',
      'The policies were judged before the server was started anew.',
    ].join('\n'),
  )
})
