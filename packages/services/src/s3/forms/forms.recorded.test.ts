import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { GetObjectCommand, GetObjectTaggingCommand, HeadObjectCommand } from '@aws-sdk/client-s3'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { type Recorded, recordingsPresent } from '../../shared/recorded.test-support.ts'
import { plainAnswer, type Replay, replay } from '../recorded.test-support.ts'
import { type FormOptions, post, signedForm } from './forms.test-support.ts'

const recorded = test.skipIf(!recordingsPresent)
const Key = 'my-key'

async function begin(name: string): Promise<{ it: Replay; Bucket: string }> {
  const it = replay('s3/test_s3', `TestS3PresignedPost::${name}`)
  return { it, Bucket: await it.bucket() }
}

/** An error in the form in which these recordings keep it: without its ids, and null for what is empty. */
async function refusal(response: Response): Promise<Recorded> {
  const { Error: error } = await plainAnswer(response)
  const entries = Object.entries(error as Recorded).map(([name, value]) => [
    name,
    value === '' ? null : value,
  ])
  return Object.fromEntries(entries) as Recorded
}

function matchRefusal(it: Replay, step: string, error: Recorded): void {
  const { Error: known } = it.recorded(step) as { Error: Recorded }
  const { RequestId: _request, HostId: _host, ...rest } = known
  expect([step, error]).toEqual([step, rest])
}

async function refused(
  it: Replay,
  step: string,
  Bucket: string,
  options: FormOptions,
): Promise<void> {
  const response = await post(
    it.cloud,
    Bucket,
    signedForm(it.cloud, Bucket, Key, options),
    'abcdef',
  )
  matchRefusal(it, step, await refusal(response))
}

recorded('a policy whose time is up', async () => {
  const { it, Bucket } = await begin('test_post_request_expires')
  const fields = signedForm(it.cloud, Bucket, Key, { expiresSeconds: 2 })
  await it.cloud.advance({ seconds: 3 })
  const response = await post(it.cloud, Bucket, fields, 'abcdef')
  expect(response.status).toBe(403)
  matchRefusal(it, 'exception', await refusal(response))
})

recorded('a signature of version 2 without its signature', async () => {
  const { it, Bucket } = await begin('test_post_request_missing_signature[s3]')
  const { policy = '' } = signedForm(it.cloud, Bucket, Key)
  const fields = { key: Key, AWSAccessKeyId: it.cloud.credentials().accessKeyId, policy }
  const response = await post(it.cloud, Bucket, fields, 'abcdef')
  expect(response.status).toBe(400)
  matchRefusal(it, 'exception-missing-signature', await refusal(response))
})

recorded('a form without fields of its signature, and without any', async () => {
  const { it, Bucket } = await begin('test_post_request_missing_fields[s3v4]')
  const fields = signedForm(it.cloud, Bucket, Key)
  const { 'x-amz-algorithm': _algorithm, ...less } = fields
  const first = await post(it.cloud, Bucket, less, 'abcdef')
  expect(first.status).toBe(400)
  matchRefusal(it, 'exception-missing-fields', await refusal(first))
  const { key = '', policy = '' } = fields
  const second = await post(it.cloud, Bucket, { key, policy }, 'abcdef')
  expect(second.status).toBe(403)
  matchRefusal(it, 'exception-no-sig-related-fields', await refusal(second))
})

recorded('conditions are compared to the letter', async () => {
  const { it, Bucket } = await begin('test_post_object_policy_conditions_validation_eq')
  const name = 'success_action_redirect'
  const target = 'http://localhost.test/random'
  const fields = { [name]: 'http://localhost.test/other' }
  await refused(it, 'invalid-condition-eq', Bucket, {
    fields,
    conditions: [['eq', `$${name}`, target]],
  })
  await refused(it, 'invalid-condition-missing-prefix', Bucket, {
    fields: { [name]: target },
    conditions: [['eq', name, target]],
  })
  await refused(it, 'invalid-condition-wrong-condition', Bucket, {
    fields: { [name]: target },
    conditions: [{ [name]: target, 'x-amz-meta-a': 'b' }],
  })
  await refused(it, 'invalid-condition-wrong-value-casing', Bucket, {
    fields: { [name]: target },
    conditions: [['eq', `$${name}`, target.replace('http', 'HTTP')]],
  })
  const described = {
    'x-amz-meta-test-1': 'test-meta-1',
    'x-Amz-meta-Test-2': 'test-meta-2',
    'Content-Type': 'text/plain',
    Expires: 'Thu, 01 Jan 2026 00:00:00 GMT',
  }
  const form = signedForm(it.cloud, Bucket, Key, {
    fields: described,
    conditions: Object.entries(described).map(([field, value]) => ['eq', `$${field}`, value]),
  })
  expect((await post(it.cloud, Bucket, form, 'abcdef')).status).toBe(204)
  // The moment of the recorded header is not known.
  await it.match('head-object-metadata', new HeadObjectCommand({ Bucket, Key }), [
    'Expires',
    'ExpiresString',
  ])
  const matched = signedForm(it.cloud, Bucket, Key, {
    fields: { [name]: target },
    conditions: [['eq', `$${name}`, target]],
  })
  const response = await post(it.cloud, Bucket, matched, 'abcdef')
  expect([response.status, response.headers.get('location')]).toEqual([
    303,
    `${target}?bucket=${Bucket}&key=${Key}&etag=%22e80b5017098950fc58aad83c8c14978e%22`,
  ])
  await it.match('final-object', new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }))
})

recorded('another user signs', async () => {
  const { it, Bucket } = await begin('test_presigned_post_with_different_user_credentials')
  const iam = client(it.cloud, IAMClient)
  await iam.send(new CreateUserCommand({ UserName: 'ada' }))
  const Statement = { Effect: 'Allow', Action: 's3:*', Resource: '*' }
  await iam.send(
    new PutUserPolicyCommand({
      UserName: 'ada',
      PolicyName: 'p',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
    }),
  )
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ada' }))
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  }
  const fields = signedForm(it.cloud, Bucket, Key, { credentials })
  await post(it.cloud, Bucket, fields, 'abcdef')
  await it.match('get-obj', new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }))
})

for (const [name, tagging] of [
  [
    'single',
    '<Tagging><TagSet><Tag><Key>TagName</Key><Value>TagValue</Value></Tag></TagSet></Tagging>',
  ],
  [
    'list',
    '<Tagging><TagSet><Tag><Key>TagName</Key><Value>TagValue</Value></Tag><Tag><Key>TagName2</Key><Value>TagValue2</Value></Tag></TagSet></Tagging>',
  ],
  ['invalid', '<InvalidXmlTagging></InvalidXmlTagging>'],
] as const) {
  recorded(`tags of a form (${name})`, async () => {
    const { it, Bucket } = await begin(`test_post_object_with_tags[${name}]`)
    const options = { fields: { tagging }, conditions: [['eq', '$tagging', tagging]] }
    const fields = signedForm(it.cloud, Bucket, Key, options)
    expect((await post(it.cloud, Bucket, fields, 'abcdef')).status).toBe(204)
    await it.match('get-tagging', new GetObjectTaggingCommand({ Bucket, Key }))
  })
}

recorded('storage classes of a form', async () => {
  const { it, Bucket } = await begin('test_post_object_with_storage_class')
  const classed = (storage: string) => ({
    fields: { 'x-amz-storage-class': storage },
    conditions: [{ 'x-amz-storage-class': storage }],
  })
  const fields = signedForm(it.cloud, Bucket, Key, classed('STANDARD_IA'))
  expect((await post(it.cloud, Bucket, fields, 'test-body storage-class')).status).toBe(204)
  // The recorded bytes are not known, but for their number.
  await it.match('head-object', new HeadObjectCommand({ Bucket, Key }), ['ETag'])
  await refused(it, 'invalid-storage-error', Bucket, classed('FakeClass'))
})

recorded('S3 gives a form a checksum', async () => {
  const { it, Bucket } = await begin('test_post_object_default_checksum')
  const fields = signedForm(it.cloud, Bucket, Key)
  await post(it.cloud, Bucket, fields, 'test-body-default')
  const ignored = ['ETag', 'ChecksumCRC64NVME']
  await it.match(
    'head-object',
    new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }),
    ignored,
  )
})

recorded('what is not ASCII in a form', async () => {
  const { it, Bucket } = await begin('test_post_object_with_unicode_metadata')
  it.bindings.set('<bucket-url>', `https://${Bucket}.s3.us-east-1.amazonaws.com`)
  const key = 'test_unicode\u2014_file.pdf'
  const fields = {
    'Cache-Control': 'non-ascii-%E2%80%94_\u2014_\u00e9_',
    'Content-Disposition': 'filename="test_\u2014_file%E2%80%94_\u00e9_2-.pdf"',
    'x-amz-meta-nonascii': '\u00c4M\u00c4Z\u00d5\u00d1 S3',
    'x-amz-meta-nonascii-2': 'test_\u2014_file%E2%80%94_\u00e9_2\ud83d\udc51.pdf',
    'x-amz-meta-safe-chars':
      "! \"#$%&'()*+,-./0123456789:;<>'?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~\t",
    'x-amz-meta-q-encoded': '=?UTF-8?Q?actually-ascii?=',
    'x-amz-meta-b-encoded': '=?UTF-8?B?YWJj?=',
    success_action_status: '201',
  }
  const form = signedForm(it.cloud, Bucket, key, {
    fields,
    conditions: Object.keys(fields).map((name) => ['starts-with', `$${name}`, '']),
  })
  const response = await post(it.cloud, Bucket, form, 'test-body-unicode')
  const elements = [...(await response.text()).matchAll(/<(\w+)>([^<]*)<\/\1>/g)].map(
    ([, name = '', value = '']) => [name, value.replaceAll('&quot;', '"')],
  )
  const answer = {
    LocationHeader: response.headers.get('location'),
    PostResponse: Object.fromEntries(elements) as Recorded,
  }
  expect(response.status).toBe(201)
  it.matchValue('post-object', answer, ['PostResponse.ETag'])
  // A value of control characters is left out: how boto3 sent it is not known.
  await it.match('head-object', new HeadObjectCommand({ Bucket, Key: key }), [
    'ETag',
    'Metadata.utf-8',
    'Metadata.nonascii-2',
  ])
})
