import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type Cloud, client } from '@cloud-orrery/cloud'
import type { KnownValues } from '../valid-values.ts'

/** Two queues with a tag each. */
export async function arrangeTagging(cloud: Cloud): Promise<KnownValues> {
  const sqs = client(cloud, SQSClient)
  const tags = { ring: 'one' }
  await sqs.send(new CreateQueueCommand({ QueueName: 'ring', tags }))
  await sqs.send(new CreateQueueCommand({ QueueName: 'ring1', tags }))
  return {
    // Elements of a list differ by a number at their end.
    'ResourceARNList[]': 'arn:aws:sqs:us-east-1:123456789012:ring',
    'TagKeys[]': 'ring',
    Key: 'ring',
    'TagFilters[].Key': 'ring',
    'ResourceTypeFilters[]': 'sqs:queue',
  }
}
