import { createHash } from 'node:crypto'
import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetBucketTaggingCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

const Bucket = 'documents'
const Tagging = { TagSet: [{ Key: 'a', Value: 'b' }] }

async function bucket(): Promise<S3Client> {
  const s3 = client(createCloud({ deepFreeze: true }), S3Client)
  await s3.send(new CreateBucketCommand({ Bucket }))
  return s3
}

/** Puts a header on a client's requests before they are signed. */
function stating(s3: S3Client, name: string, value: string): S3Client {
  s3.middlewareStack.add(
    (next) => async (args) => {
      const request = args.request as { headers: Record<string, string> } // The SDK's HTTP request.
      for (const header of Object.keys(request.headers)) {
        if (/^(x-amz-checksum-|x-amz-sdk-checksum|content-md5)/.test(header)) {
          delete request.headers[header]
        }
      }
      request.headers[name] = value
      return await next(args)
    },
    { step: 'finalizeRequest', priority: 'high', name: 'stating' },
  )
  return s3
}

test.each([
  ['content-md5', createHash('md5').update('other').digest('base64'), 'BadDigest'],
  ['content-md5', 'zz', 'InvalidDigest'],
  ['x-amz-checksum-crc32', 'AAAAAA==', 'BadDigest'],
  ['x-amz-checksum-crc32', 'zz', 'InvalidRequest'],
  ['x-amz-checksum-crc33', 'AAAAAA==', 'InvalidRequest'],
])('a document with %s: %s is refused: %s', async (name, value, code) => {
  const s3 = stating(await bucket(), name, value)
  await expect(s3.send(new PutBucketTaggingCommand({ Bucket, Tagging }))).rejects.toMatchObject({
    name: code,
    $metadata: { httpStatusCode: 400 },
  })
})

test('what was altered on its way deletes nothing', async () => {
  const s3 = await bucket()
  await s3.send(new PutObjectCommand({ Bucket, Key: 'kept', Body: 'x' }))
  const deletion = new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'kept' }] } })
  stating(s3, 'x-amz-checksum-crc32', 'AAAAAA==')
  await expect(s3.send(deletion)).rejects.toMatchObject({ name: 'BadDigest' })
})

test('a document that is what its digest says is taken', async () => {
  const s3 = await bucket()
  await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging }))
  expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual(Tagging.TagSet)
})
