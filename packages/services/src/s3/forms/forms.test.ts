import { CreateAccessKeyCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam'
import { CreateBucketCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { plainAnswer } from '../recorded.test-support.ts'
import { type FormOptions, post, signedForm } from './forms.test-support.ts'

const Bucket = 'posted-things'

async function posting() {
  const cloud = createCloud({ deepFreeze: true })
  const s3 = client(cloud, S3Client)
  await s3.send(new CreateBucketCommand({ Bucket }))
  return {
    cloud,
    s3,
    send: (options: FormOptions, content = 'abcdef', key = 'k') =>
      post(cloud, Bucket, signedForm(cloud, Bucket, key, options), content),
    async refusal(response: Response) {
      return ((await plainAnswer(response)) as { Error: object }).Error
    },
  }
}

test('the name of the file goes into the key', async () => {
  const { send, s3 } = await posting()
  const response = await send({}, 'abcdef', 'up/${filename}')
  expect(response.headers.get('location')).toBe(
    `https://${Bucket}.s3.us-east-1.amazonaws.com/up/file.txt`,
  )
  const { ContentLength } = await s3.send(new HeadObjectCommand({ Bucket, Key: 'up/file.txt' }))
  expect(ContentLength).toBe(6)
})

test('sizes, fields and buckets that a policy does not have in mind', async () => {
  const { send, refusal, cloud } = await posting()
  const range = (min: number, max: number) => ({ conditions: [['content-length-range', min, max]] })
  expect(await refusal(await send(range(1, 5)))).toEqual({
    Code: 'EntityTooLarge',
    Message: 'Your proposed upload exceeds the maximum allowed size',
    ProposedSize: '6',
    MaxSizeAllowed: '5',
  })
  expect(await refusal(await send(range(7, 9)))).toEqual({
    Code: 'EntityTooSmall',
    Message: 'Your proposed upload is smaller than the minimum allowed size',
    ProposedSize: '6',
    MinSizeAllowed: '7',
  })
  expect((await send(range(6, 6))).status).toBe(204)
  expect(await refusal(await send({ fields: { 'x-amz-meta-a': 'b', 'x-ignore-me': '' } }))).toEqual(
    {
      Code: 'AccessDenied',
      Message: 'Invalid according to Policy: Extra input fields: x-amz-meta-a',
    },
  )
  const elsewhere = signedForm(cloud, 'other-things', 'k')
  expect(await refusal(await post(cloud, Bucket, elsewhere, 'x'))).toEqual({
    Code: 'AccessDenied',
    Message:
      'Invalid according to Policy: Policy Condition failed: ["eq", "$bucket", "other-things"]',
  })
})

test("a signature that is not the owner's, a key that nobody has, a user who may not", async () => {
  const { send, refusal, cloud } = await posting()
  const forged = { ...cloud.credentials(), secretAccessKey: 'wrong' }
  expect(await refusal(await send({ credentials: forged }))).toMatchObject({
    Code: 'SignatureDoesNotMatch',
  })
  const nobody = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' }
  expect(await refusal(await send({ credentials: nobody }))).toMatchObject({
    Code: 'InvalidAccessKeyId',
    AWSAccessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  })
  const iam = client(cloud, IAMClient)
  await iam.send(new CreateUserCommand({ UserName: 'ada' }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ada' }))
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  }
  expect(await refusal(await send({ credentials }))).toEqual({
    Code: 'AccessDenied',
    Message:
      'User: arn:aws:iam::123456789012:user/ada is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::posted-things/k" because no identity-based policy allows the s3:PutObject action',
  })
})

test('a form without a file, without a key, or that is none', async () => {
  const { refusal, cloud } = await posting()
  const fields = signedForm(cloud, Bucket, 'k')
  expect(await refusal(await post(cloud, Bucket, fields, undefined))).toEqual({
    Code: 'InvalidArgument',
    Message: 'POST requires exactly one file upload per request.',
    ArgumentName: 'file',
    ArgumentValue: '0',
  })
  const { key: _key, ...keyless } = fields
  expect(await refusal(await post(cloud, Bucket, keyless, 'x'))).toMatchObject({
    Code: 'InvalidArgument',
    ArgumentName: 'key',
  })
  expect(await refusal(await post(cloud, Bucket, {}, 'x'))).toMatchObject({ ArgumentName: 'key' })
  const long = { ...fields, 'x-amz-meta-long': 'x'.repeat(21_000) }
  expect(await refusal(await post(cloud, Bucket, long, 'x'))).toMatchObject({
    Code: 'MaxPostPreDataLengthExceededError',
  })
})

test('who signed nothing may post where everyone may write, in path style too', async () => {
  const { cloud, refusal } = await posting()
  const response = await post(cloud, Bucket, { key: 'k' }, 'x', {
    host: 's3.us-east-1.amazonaws.com',
  })
  expect(await refusal(response)).toEqual({ Code: 'AccessDenied', Message: 'Access Denied' })
})
