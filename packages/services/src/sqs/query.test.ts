import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { client, createCloud, fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { recorded, replaying } from './recorded-queues.test-support.ts'

/** A queue, and GET requests to its own URL, signed, as browsers and old clients make them. */
async function queueByUrl() {
  const cloud = createCloud({ deepFreeze: true })
  const sqs = client(cloud, SQSClient)
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'orders' }))
  return {
    sqs,
    QueueUrl,
    async get(parameters: Record<string, string>, url = QueueUrl) {
      const query = new URLSearchParams(parameters).toString()
      const response = await fetchFromCloud(cloud, `${url}?${query}`, {
        credentials: cloud.credentials(),
        service: 'sqs',
      })
      return { status: response.status, xml: await response.text() }
    },
  }
}

test("a request to the queue's URL needs no other name of the queue", async () => {
  const { get } = await queueByUrl()
  const sent = await get({ Action: 'SendMessage', MessageBody: 'foobar' })
  expect(sent.status).toBe(200)
  expect(sent.xml).toContain(
    '<MD5OfMessageBody>3858f62230ac3c915f300c664312c63f</MD5OfMessageBody>',
  )
  expect((await get({ Action: 'ReceiveMessage' })).xml).toContain('<Body>foobar</Body>')
  expect((await get({ Action: 'ReceiveMessage' })).xml).toMatch(
    /<ReceiveMessageResult\s*\/>|<ReceiveMessageResult><\/ReceiveMessageResult>/,
  )
})

test('attributes are asked for by number', async () => {
  const { get } = await queueByUrl()
  const { xml } = await get({ Action: 'GetQueueAttributes', 'AttributeName.1': 'QueueArn' })
  expect(xml).toContain(
    '<Attribute><Name>QueueArn</Name><Value>arn:aws:sqs:us-east-1:123456789012:orders</Value></Attribute>',
  )
  expect(xml).not.toContain('VisibilityTimeout')
  const wrong = await get({ Action: 'GetQueueAttributes', 'AttributeName.1': 'Foobar' })
  expect(wrong.status).toBe(400)
  expect(wrong.xml).toContain('<Code>InvalidAttributeName</Code>')
  expect(wrong.xml).toContain('<Message>Unknown Attribute Foobar.</Message>')
})

test('a parameter names another queue than the URL', async () => {
  const { sqs, get } = await queueByUrl()
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'other' }))
  const { xml } = await get({
    Action: 'GetQueueAttributes',
    QueueUrl,
    'AttributeName.1': 'QueueArn',
  })
  expect(xml).toContain(':other</Value>')
})

test('what is missing and what is unknown is said in the words of SQS', async () => {
  const { get } = await queueByUrl()
  const missing = await get({ Action: 'SendMessage' })
  expect(missing.status).toBe(400)
  expect(missing.xml).toContain('<Type>Sender</Type>')
  expect(missing.xml).toContain('<Code>MissingParameter</Code>')
  expect(missing.xml).toContain(
    '<Message>The request must contain the parameter MessageBody.</Message>',
  )
  const unknown = await get({ Action: 'FooBar', Version: '2012-11-05' })
  expect(unknown.status).toBe(400)
  expect(unknown.xml).toContain('<Code>InvalidAction</Code>')
})

recorded("the URL of a queue takes JSON like the service's own", async () => {
  const { cloud, newQueue, holds } = replaying(
    'TestSqsQueryApi::test_send_message_via_queue_url_with_json_protocol',
  )
  const QueueUrl = await newQueue()
  const response = await fetchFromCloud(cloud, QueueUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AmazonSQS.ReceiveMessage',
    },
    body: JSON.stringify({ QueueUrl }),
    credentials: cloud.credentials(),
    service: 'sqs',
  })
  const ResponseMetadata = { HTTPHeaders: {}, HTTPStatusCode: response.status }
  holds('receive-json-on-queue-url', { ...((await response.json()) as object), ResponseMetadata })
})
