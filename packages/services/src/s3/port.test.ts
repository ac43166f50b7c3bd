import { Readable } from 'node:stream'
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { createCloud, listen } from '@cloud-orrery/cloud'
import { afterAll, beforeAll, expect, test } from 'vitest'

const cloud = createCloud({ deepFreeze: true, clock: { kind: 'real' } })
let server: Awaited<ReturnType<typeof listen>>

beforeAll(async () => {
  server = await listen(cloud, { port: 0, token: 'unused' })
})

afterAll(async () => {
  await server.close()
  cloud.close()
})

function clientOfPort(forcePathStyle: boolean): S3Client {
  return new S3Client({
    region: 'us-east-1',
    endpoint: `http://localhost:${server.port}`,
    credentials: cloud.credentials(),
    forcePathStyle,
    // Not every machine resolves names below `localhost`.
    requestHandler: { httpAgent: { lookup: toLoopback } },
  })
}

type Found = (
  error: null,
  address: string | { address: string; family: number }[],
  family?: number,
) => void

function toLoopback(_name: string, options: { all?: boolean }, found: Found): void {
  if (options.all === true) found(null, [{ address: '127.0.0.1', family: 4 }])
  else found(null, '127.0.0.1', 4)
}

const body = Buffer.alloc(200_000, 'abc')

for (const style of ['path', 'host'] as const) {
  test(`streams with trailing checksums arrive whole, ${style} style`, async () => {
    const s3 = clientOfPort(style === 'path')
    const Bucket = `things-by-${style}`
    await s3.send(new CreateBucketCommand({ Bucket }))
    for (const ChecksumAlgorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const) {
      const at = { Bucket, Key: `a b/${ChecksumAlgorithm}` }
      const pieces = [body.subarray(0, 70_000), body.subarray(70_000)]
      await s3.send(
        new PutObjectCommand({
          ...at,
          Body: Readable.from(pieces),
          ContentLength: body.length,
          ContentEncoding: 'identity',
          ChecksumAlgorithm,
        }),
      )
      const read = await s3.send(new GetObjectCommand(at))
      const bytes = await read.Body?.transformToByteArray()
      expect([Buffer.compare(bytes ?? new Uint8Array(), body), read.ContentEncoding]).toEqual([
        0,
        'identity',
      ])
    }
    const { KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'a b/' }))
    expect(KeyCount).toBe(5)
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'nothing' }))).rejects.toMatchObject({
      name: 'NotFound',
    })
  })
}

test('a browser writes and reads by presigned URLs', async () => {
  const s3 = clientOfPort(true)
  const at = { Bucket: 'things-by-path', Key: 'ü +/x' }
  const put = await getSignedUrl(s3, new PutObjectCommand(at))
  expect((await fetch(put, { method: 'PUT', body: 'hello' })).status).toBe(200)
  const get = await fetch(await getSignedUrl(s3, new GetObjectCommand(at)))
  expect([get.status, await get.text()]).toEqual([200, 'hello'])
})
