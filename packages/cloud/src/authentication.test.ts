import { CreateRoleCommand, IAMClient, UpdateAccessKeyCommand } from '@aws-sdk/client-iam'
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { HttpRequest } from '@cloud-orrery/protocols'
import type { Credentials } from '@cloud-orrery/services'
import { describe, expect, test } from 'vitest'
import type { Cloud } from './cloud.ts'
import { call, client, createCloud, fetchFromCloud } from './index.ts'
import { newUser, refusalIn, type Sending, send } from './wire.test-support.ts'

/** The same call in three dialects: JSON, query and S3. */
const json: Sending = { operation: 'GetGreeting', body: { Name: 'a' } }
const query: Sending = {
  service: 'sts',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: 'Action=GetCallerIdentity&Version=2011-06-15',
}
const s3: Sending = { service: 's3', method: 'GET', path: '/bucket', body: '' }

async function refusals(cloud: Cloud, change: Partial<Sending>): Promise<unknown[]> {
  const answers = []
  for (const sending of [json, query, s3]) {
    const [status, code, message] = refusalIn(await send(cloud, { ...sending, ...change }))
    answers.push([status, code, message.split('\n')[0]])
  }
  return answers
}

const unknownToken = 'The security token included in the request is invalid.'

describe('a call is refused, in its protocol’s own words,', () => {
  test('with a key that nobody has', async () => {
    const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' }
    expect(await refusals(createCloud(), { credentials })).toEqual([
      [400, 'UnrecognizedClientException', unknownToken],
      [403, 'InvalidClientTokenId', unknownToken],
      [
        403,
        'InvalidAccessKeyId',
        'The AWS Access Key Id you provided does not exist in our records.',
      ],
    ])
  })

  test('with a wrong secret', async () => {
    const cloud = createCloud()
    const credentials = { ...cloud.credentials(), secretAccessKey: 'wrong' }
    const general =
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'
    expect(await refusals(cloud, { credentials })).toEqual([
      [400, 'InvalidSignatureException', general],
      [403, 'SignatureDoesNotMatch', general],
      [
        403,
        'SignatureDoesNotMatch',
        'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      ],
    ])
  })

  test('with a signature that cannot be read', async () => {
    const tamper = ({ headers }: HttpRequest) => {
      headers['authorization'] = headers['authorization']?.replace(/, Signature=.*/, '') ?? ''
    }
    const incomplete = expect.stringMatching(
      /^Authorization header requires 'Signature' parameter\. \(Hashed with SHA-256 and encoded with Base64\) Authorization=/,
    )
    expect(await refusals(createCloud(), { tamper })).toEqual([
      [400, 'IncompleteSignatureException', incomplete],
      [400, 'IncompleteSignature', incomplete],
      [
        400,
        'AuthorizationHeaderMalformed',
        'The authorization header is malformed; the authorization header requires three components: Credential, SignedHeaders, and Signature.',
      ],
    ])
  })

  test('signed more than fifteen minutes ago', async () => {
    const cloud = createCloud()
    await cloud.advance({ hours: 1 })
    const nowMs = cloud.kernel.clock.nowMs
    const late = await refusals(cloud, { signedAtMs: nowMs - 901_000 })
    expect(late).toEqual([
      [
        400,
        'InvalidSignatureException',
        expect.stringMatching(
          /^Signature expired: 20260101T004459Z is now earlier than 20260101T004500Z \(20260101T010000Z - 15 min\.\)$/,
        ),
      ],
      [403, 'SignatureDoesNotMatch', expect.stringMatching(/^Signature expired: /)],
      [
        403,
        'RequestTimeTooSkewed',
        'The difference between the request time and the current time is too large.',
      ],
    ])
  })

  test('or signed for later than in fifteen minutes', async () => {
    const cloud = createCloud()
    const signedAtMs = cloud.kernel.clock.nowMs + 901_000
    expect(await refusals(cloud, { signedAtMs })).toEqual([
      [
        400,
        'InvalidSignatureException',
        'Signature not yet current: 20260101T001501Z is still later than 20260101T001500Z (20260101T000000Z + 15 min.)',
      ],
      [403, 'SignatureDoesNotMatch', expect.stringMatching(/^Signature not yet current: /)],
      [
        403,
        'RequestTimeTooSkewed',
        'The difference between the request time and the current time is too large.',
      ],
    ])
    expect((await send(cloud, { ...query, signedAtMs: signedAtMs - 1_000 })).status).toBe(200)
  })

  test('without a signature, but by S3, which judges anonymous callers', async () => {
    expect(await refusals(createCloud(), { credentials: 'none' })).toEqual([
      [400, 'MissingAuthenticationTokenException', 'Missing Authentication Token'],
      [403, 'MissingAuthenticationToken', 'Request is missing Authentication Token'],
      [404, 'NoSuchBucket', 'The specified bucket does not exist'],
    ])
  })

  test('with anything changed after it was signed', async () => {
    const cloud = createCloud()
    const changes: Partial<HttpRequest>[] = [
      { body: Buffer.from('{"Name":"b"}') },
      { path: '/b' },
      { query: 'a=b' },
      { method: 'PUT' },
    ]
    for (const change of changes) {
      const tamper = (request: HttpRequest) => void Object.assign(request, change)
      expect(refusalIn(await send(cloud, { ...json, tamper }))[1]).toBe('InvalidSignatureException')
    }
    const tamper = ({ headers }: HttpRequest) => {
      headers['x-amz-target'] = 'Hello_20260101.CreateGreeting'
    }
    expect(refusalIn(await send(cloud, { ...json, tamper }))[1]).toBe('InvalidSignatureException')
  })
})

test('a refusal by S3 shows the texts and the bytes that should have been signed', async () => {
  const cloud = createCloud()
  const credentials = { ...cloud.credentials(), secretAccessKey: 'wrong' }
  const { text } = await send(cloud, { ...s3, credentials })
  const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? ''
  const bytes = (name: string) =>
    element(name)
      .split(' ')
      .map((byte) => Number.parseInt(byte, 16))
  expect(element('AWSAccessKeyId')).toBe(credentials.accessKeyId)
  expect(element('CanonicalRequest')).toMatch(
    /^GET\n\/bucket\n\nhost:s3\.us-east-1\.amazonaws\.com\n/,
  )
  expect(element('StringToSign')).toMatch(/^AWS4-HMAC-SHA256\n20260101T000000Z\n/)
  expect(Buffer.from(bytes('CanonicalRequestBytes')).toString()).toBe(element('CanonicalRequest'))
  expect(Buffer.from(bytes('StringToSignBytes')).toString()).toBe(element('StringToSign'))
  expect(element('SignatureProvided')).toMatch(/^[0-9a-f]{64}$/)
  expect(element('HostId')).not.toBe('')
})

test('whose signature lacks one of its x-amz- headers, S3 refuses', async () => {
  const tamper = ({ headers }: HttpRequest) => {
    headers['x-amz-acl'] = 'public-read'
  }
  const { status, text } = await send(createCloud(), { ...s3, tamper })
  expect([status, /<HeadersNotSigned>(.*)<\/HeadersNotSigned>/.exec(text)?.[1]]).toEqual([
    403,
    'x-amz-acl',
  ])
})

describe('an access key', () => {
  test('that is inactive opens nothing until it is active again', async () => {
    const cloud = createCloud()
    const credentials = await newUser(cloud, 'mary')
    const sts = client(cloud, STSClient, { credentials })
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(
      'arn:aws:iam::123456789012:user/mary',
    )
    const set = (Status: 'Active' | 'Inactive') =>
      client(cloud, IAMClient).send(
        new UpdateAccessKeyCommand({
          UserName: 'mary',
          AccessKeyId: credentials.accessKeyId,
          Status,
        }),
      )
    await set('Inactive')
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toThrow(unknownToken)
    await set('Active')
    expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe('123456789012')
  })

  test('of the administrator of another account is known when it was asked for', async () => {
    const cloud = createCloud()
    const other = createCloud().credentials('111122223333')
    expect(refusalIn(await send(cloud, { ...query, credentials: other }))[1]).toBe(
      'InvalidClientTokenId',
    )
    expect(cloud.credentials('111122223333')).toEqual(other)
    const { text } = await send(cloud, { ...query, credentials: other })
    expect(text).toContain('<Arn>arn:aws:iam::111122223333:user/admin</Arn>')
  })

  test('of an account whose id is none is not given', () => {
    expect(() => createCloud().credentials('1234')).toThrow("'1234' is no AWS account id.")
  })
})

describe('a session', () => {
  async function session(cloud: Cloud): Promise<Required<Credentials>> {
    const { Role } = await client(cloud, IAMClient).send(
      new CreateRoleCommand({
        RoleName: 'role',
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '123456789012' } },
          ],
        }),
      }),
    )
    const { Credentials: made } = await client(cloud, STSClient).send(
      new AssumeRoleCommand({
        RoleArn: Role?.Arn,
        RoleSessionName: 'session',
        DurationSeconds: 900,
      }),
    )
    return {
      accessKeyId: made?.AccessKeyId ?? '',
      secretAccessKey: made?.SecretAccessKey ?? '',
      sessionToken: made?.SessionToken ?? '',
    }
  }

  test('needs its own token', async () => {
    const cloud = createCloud()
    const { sessionToken, ...keys } = await session(cloud)
    const asked = async (credentials: Credentials) =>
      refusalIn(await send(cloud, { ...query, credentials }))[1]
    expect(await asked({ ...keys, sessionToken })).toBe('')
    expect(await asked(keys)).toBe('InvalidClientTokenId')
    expect(await asked({ ...keys, sessionToken: 'other' })).toBe('InvalidClientTokenId')
    expect(await asked({ ...cloud.credentials(), sessionToken })).toBe('InvalidClientTokenId')
    expect(refusalIn(await send(cloud, { ...s3, credentials: keys }))[1]).toBe('InvalidToken')
  })

  test('ends at its moment, to the second', async () => {
    const cloud = createCloud()
    const credentials = await session(cloud)
    await cloud.advance({ seconds: 899 })
    expect((await send(cloud, { ...query, credentials })).status).toBe(200)
    await cloud.advance({ seconds: 1 })
    expect(await refusals(cloud, { credentials })).toEqual([
      [400, 'ExpiredTokenException', 'The security token included in the request is expired'],
      [403, 'ExpiredToken', 'The security token included in the request is expired'],
      [400, 'ExpiredToken', 'The provided token has expired.'],
    ])
    const { GetCallerIdentity } = await import('@cloud-orrery/models/sts')
    await expect(call(cloud, GetCallerIdentity, {}, { credentials })).rejects.toMatchObject({
      code: 'ExpiredToken',
    })
  })
})

describe('a presigned URL', () => {
  async function presigned(cloud: Cloud, expiresIn: number): Promise<string> {
    const s3 = client(cloud, S3Client)
    await s3.send(new CreateBucketCommand({ Bucket: 'photos' }))
    await s3.send(new PutObjectCommand({ Bucket: 'photos', Key: 'a', Body: 'hello' }))
    const signingDate = new Date(cloud.kernel.clock.nowMs)
    const get = new GetObjectCommand({ Bucket: 'photos', Key: 'a' })
    return getSignedUrl(s3, get, { expiresIn, signingDate })
  }

  test('opens its object for its life, to the second, and no longer', async () => {
    const cloud = createCloud()
    const url = await presigned(cloud, 60)
    expect(await (await fetchFromCloud(cloud, url)).text()).toBe('hello')
    await cloud.advance({ seconds: 60 })
    expect((await fetchFromCloud(cloud, url)).status).toBe(200)
    await cloud.advance({ seconds: 1 })
    const late = await fetchFromCloud(cloud, url)
    expect(late.status).toBe(403)
    expect(await late.text()).toContain(
      '<Code>AccessDenied</Code><Message>Request has expired</Message><X-Amz-Expires>60</X-Amz-Expires><Expires>2026-01-01T00:01:00Z</Expires><ServerTime>2026-01-01T00:01:01Z</ServerTime>',
    )
  })

  test('lives for days where it was given days, whatever the wall says', async () => {
    const cloud = createCloud()
    const url = await presigned(cloud, 604_800)
    await cloud.advance({ days: 7 })
    expect((await fetchFromCloud(cloud, url)).status).toBe(200)
    await cloud.advance({ seconds: 1 })
    expect((await fetchFromCloud(cloud, url)).status).toBe(403)
  })

  test('opens nothing else', async () => {
    const cloud = createCloud()
    const url = new URL(await presigned(cloud, 60))
    url.pathname = '/b'
    expect((await fetchFromCloud(cloud, url.href)).status).toBe(403)
  })
})

describe('a cloud that accepts any credentials', () => {
  test('takes any key for the administrator’s, and twelve digits for an account’s', async () => {
    const cloud = createCloud({ acceptAnyCredentials: true })
    const identity = async (accessKeyId: string) => {
      const credentials = { accessKeyId, secretAccessKey: 'test' }
      const { text } = await send(cloud, { ...query, credentials })
      return /<Arn>(.*)<\/Arn>/.exec(text)?.[1]
    }
    expect(await identity('test')).toBe('arn:aws:iam::123456789012:user/admin')
    expect(await identity('111122223333')).toBe('arn:aws:iam::111122223333:user/admin')
    expect(await identity(cloud.credentials().accessKeyId)).toBe(
      'arn:aws:iam::123456789012:user/admin',
    )
  })
})

test('the caller of a call is in the journal, and never a secret', async () => {
  const cloud = createCloud()
  await send(cloud, { ...query, headers: { ...query.headers, 'user-agent': 'a-client/1.0' } })
  const [entry] = cloud.kernel.journal.entries
  expect(entry?.data['caller']).toEqual({
    principal: {
      kind: 'user',
      accountId: '123456789012',
      arn: 'arn:aws:iam::123456789012:user/admin',
      userId: expect.stringMatching(/^AIDA/),
      userName: 'admin',
      tags: {},
    },
    accessKeyId: 'AKIAORRERYADMINLOCAL',
    sourceIp: '127.0.0.1',
    userAgent: 'a-client/1.0',
    secureTransport: true,
  })
  const { secretAccessKey } = cloud.credentials()
  const calls = cloud.kernel.journal.entries.map(({ data: { changes: _, ...rest } }) => rest)
  expect(JSON.stringify(calls)).not.toContain(secretAccessKey)
})
