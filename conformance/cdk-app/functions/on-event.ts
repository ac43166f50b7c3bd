import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'

const s3 = new S3Client()

interface ResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete'
  readonly ResourceProperties: {
    readonly Bucket: string
    readonly Key: string
    readonly Text: string
  }
}

/** The resource is an object with a text. */
export async function handler({ RequestType, ResourceProperties }: ResourceEvent) {
  const { Bucket, Key, Text } = ResourceProperties
  if (RequestType === 'Delete') {
    await s3.send(new DeleteObjectCommand({ Bucket, Key }))
    return {}
  }
  const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: Text }))
  return { PhysicalResourceId: `${Bucket}/${Key}`, Data: { ETag } }
}
