import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type Cloud, client } from '@cloud-orrery/cloud'
import type { KnownValues } from '../valid-values.ts'

/** A history with one event. */
export async function arrangeCloudtrail(cloud: Cloud): Promise<KnownValues> {
  await client(cloud, SQSClient).send(new CreateQueueCommand({ QueueName: 'ring' }))
  return {
    'LookupAttributes[].AttributeKey': 'EventName',
    'LookupAttributes[].AttributeValue': 'CreateQueue',
  }
}
