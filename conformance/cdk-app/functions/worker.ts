import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'

const s3 = new S3Client()

interface QueueEvent {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[]
}

/** Keeps each order in the bucket; one that asks for it fails. */
export async function handler({ Records }: QueueEvent) {
  const batchItemFailures: { itemIdentifier: string }[] = []
  for (const { messageId, body } of Records) {
    if (body === 'bad') batchItemFailures.push({ itemIdentifier: messageId })
    else {
      const Key = `orders/${body}`
      await s3.send(new PutObjectCommand({ Bucket: process.env['BUCKET'], Key, Body: body }))
    }
  }
  console.log('kept', Records.length - batchItemFailures.length)
  return { batchItemFailures }
}
