import { request } from 'node:http'
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketCorsCommand,
  PutBucketPolicyCommand,
  PutBucketWebsiteCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { createCloud, listen } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'

const Bucket = 'www.example.com'

test('over the port: headers beyond ASCII, keys of KMS, preflights, websites and forms', async () => {
  const cloud = createCloud({ deepFreeze: true, clock: { kind: 'real' } })
  const server = await listen(cloud, { port: 0, token: 'unused' })
  const s3 = new S3Client({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${server.port}`,
    credentials: cloud.credentials(),
    forcePathStyle: true,
  })
  const send = (method: string, path: string, headers: Record<string, string>, body = '') =>
    new Promise<{ status?: number | undefined; origin?: string | undefined; text: string }>(
      (resolve, reject) => {
        const options = { host: '127.0.0.1', port: server.port, method, path, headers }
        const sent = request(options, (answer) => {
          let text = ''
          answer.on('data', (chunk) => {
            text += String(chunk)
          })
          answer.on('end', () => {
            const origin = answer.headers['access-control-allow-origin']
            resolve({ status: answer.statusCode, origin, text })
          })
        })
        sent.on('error', reject)
        sent.end(body)
      },
    )
  try {
    await s3.send(new CreateBucketCommand({ Bucket }))
    const home = { Bucket, Key: 'index.html' }
    await s3.send(new PutObjectCommand({ ...home, Body: 'home', Metadata: { a: '\u00e9' } }))
    const disposition = 'filename="\u00e9"'
    const got = await s3.send(
      new GetObjectCommand({ ...home, ResponseContentDisposition: disposition }),
    )
    expect([got.Metadata, got.ContentDisposition]).toEqual([
      { a: '=?UTF-8?Q?=C3=A9?=' },
      disposition,
    ])
    const sealed = { Bucket, Key: 'sealed' }
    await s3.send(new PutObjectCommand({ ...sealed, Body: 'x', ServerSideEncryption: 'aws:kms' }))
    const { SSEKMSKeyId } = await s3.send(new GetObjectCommand(sealed))
    expect(SSEKMSKeyId).toMatch(/^arn:aws:kms:us-east-1:/)
    await s3.send(
      new PutPublicAccessBlockCommand({
        Bucket,
        PublicAccessBlockConfiguration: { BlockPublicPolicy: false, RestrictPublicBuckets: false },
      }),
    )
    const Statement = {
      Effect: 'Allow',
      Principal: '*',
      Action: ['s3:GetObject', 's3:PutObject'],
      Resource: `arn:aws:s3:::${Bucket}/*`,
    }
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement })
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }))
    const CORSRules = [{ AllowedMethods: ['GET', 'POST'], AllowedOrigins: ['*'] }]
    await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }))
    const WebsiteConfiguration = { IndexDocument: { Suffix: 'index.html' } }
    await s3.send(new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration }))

    const origin = 'http://app.example.com'
    const asks = { origin, 'access-control-request-method': 'POST' }
    expect(await send('OPTIONS', `/${Bucket}`, asks)).toEqual({
      status: 200,
      origin: '*',
      text: '',
    })
    const host = `${Bucket}.s3-website.localhost:${server.port}`
    expect(await send('GET', '/', { host })).toMatchObject({ status: 200, text: 'home' })
    expect((await send('GET', '/none', { host })).text).toContain('<li>Code: AccessDenied</li>')
    const form = [
      '--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nposted\r\n',
      '--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nhello\r\n--b--\r\n',
    ].join('')
    const type = 'multipart/form-data; boundary=b'
    expect(await send('POST', `/${Bucket}`, { origin, 'content-type': type }, form)).toEqual({
      status: 204,
      origin: '*',
      text: '',
    })
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'posted' }))
    expect(await Body?.transformToString()).toBe('hello')
  } finally {
    s3.destroy()
    await server.close()
    cloud.close()
  }
})
