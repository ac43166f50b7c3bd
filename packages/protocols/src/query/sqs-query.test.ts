import { loadServiceModel } from '@cloud-orrery/models'
import { expect, test } from 'vitest'
import { decodeInput, encodeOutput } from '../protocol.ts'
import { resolveOperation } from '../routing.ts'

const sqs = loadServiceModel('sqs')
const queueUrl = 'https://sqs.us-east-1.amazonaws.com/123456789012/q'

function decoded(form: string, path = '/') {
  const headers = { host: 'sqs.us-east-1.amazonaws.com' }
  const request = { method: 'POST', path, query: '', headers, body: Buffer.from(form) }
  const resolved = resolveOperation(sqs, request)
  if (resolved === undefined) throw new Error('It names an operation')
  return { resolved, input: decodeInput(sqs, resolved, request) }
}

/** Forms as clients of the query protocol send them, and their meaning. */
const forms: readonly (readonly [string, Record<string, unknown>])[] = [
  [
    'Action=CreateQueue&QueueName=q&Attribute.1.Name=DelaySeconds&Attribute.1.Value=5&Attribute.2.Name=Policy&Attribute.2.Value=&Tag.1.Key=a&Tag.1.Value=b%20c&Version=2012-11-05',
    { QueueName: 'q', Attributes: { DelaySeconds: '5', Policy: '' }, tags: { a: 'b c' } },
  ],
  [
    `Action=SendMessage&QueueUrl=${encodeURIComponent(queueUrl)}&MessageBody=a+b%2Bc&DelaySeconds=3&MessageAttribute.1.Name=n&MessageAttribute.1.Value.DataType=Binary&MessageAttribute.1.Value.BinaryValue=AP8%3D`,
    {
      QueueUrl: queueUrl,
      MessageBody: 'a b+c',
      DelaySeconds: 3,
      MessageAttributes: { n: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 255) } },
    },
  ],
  [
    `Action=ReceiveMessage&QueueUrl=q&AttributeName.1=All&MessageAttributeName.2=b&MessageAttributeName.1=a&MaxNumberOfMessages=10`,
    {
      QueueUrl: 'q',
      // The older and the newer member have the same name here.
      AttributeNames: ['All'],
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['a', 'b'],
      MaxNumberOfMessages: 10,
    },
  ],
  [
    'Action=SendMessageBatch&QueueUrl=q&SendMessageBatchRequestEntry.1.Id=a&SendMessageBatchRequestEntry.1.MessageBody=x&SendMessageBatchRequestEntry.2.Id=b&SendMessageBatchRequestEntry.2.MessageBody=y',
    {
      QueueUrl: 'q',
      Entries: [
        { Id: 'a', MessageBody: 'x' },
        { Id: 'b', MessageBody: 'y' },
      ],
    },
  ],
  ['Action=ListQueues&QueueNamePrefix=', { QueueNamePrefix: '' }],
]

test.each(forms)('%s', (form, input) => {
  expect(decoded(form).input).toEqual(input)
})

test('a call on the queue’s own URL needs no parameter for it', () => {
  const { input } = decoded('Action=PurgeQueue', '/123456789012/q')
  expect(input).toEqual({ QueueUrl: queueUrl })
})

test('attributes and messages are written as the query protocol has them', () => {
  const xml = (form: string, output: unknown) => {
    const { body } = encodeOutput(sqs, decoded(form).resolved, output, 'id-1')
    return Buffer.from(body as Uint8Array).toString()
  }
  const envelope = (name: string, result: string) =>
    `<${name}Response xmlns="http://queue.amazonaws.com/doc/2012-11-05/">${result}<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></${name}Response>`
  expect(xml('Action=GetQueueAttributes&QueueUrl=q', { Attributes: { DelaySeconds: '5' } })).toBe(
    envelope(
      'GetQueueAttributes',
      '<GetQueueAttributesResult><Attribute><Name>DelaySeconds</Name><Value>5</Value></Attribute></GetQueueAttributesResult>',
    ),
  )
  const message = { MessageId: 'm', Body: '"<&>"', Attributes: { SentTimestamp: '1' } }
  expect(xml('Action=ReceiveMessage&QueueUrl=q', { Messages: [message] })).toBe(
    envelope(
      'ReceiveMessage',
      '<ReceiveMessageResult><Message><MessageId>m</MessageId><Body>&quot;&lt;&amp;&gt;&quot;</Body><Attribute><Name>SentTimestamp</Name><Value>1</Value></Attribute></Message></ReceiveMessageResult>',
    ),
  )
  expect(xml('Action=DeleteMessage&QueueUrl=q&ReceiptHandle=r', undefined)).toBe(
    envelope('DeleteMessage', ''),
  )
})
