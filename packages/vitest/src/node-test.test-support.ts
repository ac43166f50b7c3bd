import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { CreateQueue } from '@cloud-orrery/models/sqs'
import { createAws } from '@cloud-orrery/vitest/aws'

// Run by `node --test` in runners.test.ts.

test('node:test has a fresh cloud, a clock and a journal', async () => {
  const aws = createAws()
  const { QueueUrl } = await aws.call(CreateQueue, { QueueName: 'jobs' })
  await aws.client(SQSClient).send(new SendMessageCommand({ QueueUrl, MessageBody: 'hi' }))
  await aws.clock.advance({ days: 1 })
  assert.equal(aws.clock.date().toISOString(), '2026-01-02T00:00:00.000Z')
  assert.equal(aws.journal.calls(CreateQueue).length, 1)
  aws.fidelity.atLeast('recorded')
  aws.cloud.close()
})
