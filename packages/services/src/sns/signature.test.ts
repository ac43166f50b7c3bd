import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PublishCommand, SubscribeCommand } from '@aws-sdk/client-sns'
import { fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { drain, topicNamed, topicWithQueue, world } from './topics-and-queues.test-support.ts'

type Envelope = Record<string, string>

/** As a reader of AWS's guide would write it. Source: SNS Developer Guide, "Verifying the signatures of messages". */
function textToSign(message: Envelope): string {
  const names =
    message['Type'] === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type']
  return names
    .filter((name) => name in message)
    .map((name) => `${name}\n${message[name]}\n`)
    .join('')
}

function hasOpenSsl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false // Not installed.
  }
}

/** Verified by a stranger: the `openssl` program. */
function verifiedByOpenSsl(message: Envelope, certificate: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sns-'))
  try {
    const file = (name: string, content: string | Uint8Array) => {
      writeFileSync(join(folder, name), content)
      return join(folder, name)
    }
    const publicKey = execFileSync('openssl', ['x509', '-pubkey', '-noout'], { input: certificate })
    const signature = Buffer.from(message['Signature'] ?? '', 'base64')
    const hash = message['SignatureVersion'] === '1' ? '-sha1' : '-sha256'
    const keyFile = file('key.pem', publicKey)
    const options = ['dgst', hash, '-verify', keyFile, '-signature', file('signature', signature)]
    return execFileSync('openssl', [...options, file('text', textToSign(message))])
      .toString()
      .trim()
  } finally {
    rmSync(folder, { recursive: true })
  }
}

for (const version of ['1', '2']) {
  test.skipIf(!hasOpenSsl())(
    `a notification of version ${version} is verified by openssl with the certificate it points to`,
    async () => {
      const aws = world()
      const topicArn = await topicNamed(aws, 'news', { SignatureVersion: version })
      const { queueUrl } = await topicWithQueue(aws)
      const message = { TopicArn: topicArn, Subject: 'Grüße', Message: 'line\nline "quoted" ö' }
      await aws.sns.send(new PublishCommand(message))
      const [received] = await drain(aws, queueUrl)
      const envelope = JSON.parse(received?.Body ?? '') as Envelope
      expect(envelope['SigningCertURL']).toMatch(
        /^https:\/\/sns\.us-east-1\.amazonaws\.com\/SimpleNotificationService-[0-9a-f]{32}\.pem$/,
      )
      const answer = await fetchFromCloud(aws.cloud, envelope['SigningCertURL'] ?? '')
      expect(answer.status).toBe(200)
      const certificate = await answer.text()
      expect(verifiedByOpenSsl(envelope, certificate)).toBe('Verified OK')
      expect(() => verifiedByOpenSsl({ ...envelope, Message: 'forged' }, certificate)).toThrow()
    },
  )
}

test.skipIf(!hasOpenSsl())('a confirmation is signed too', async () => {
  const aws = world()
  const posts: string[] = []
  aws.cloud.internet.set('hooks.example', ({ body }) => {
    posts.push(body)
    return { status: 200, headers: {}, body: '' }
  })
  const TopicArn = await topicNamed(aws, 'news')
  const Endpoint = 'https://hooks.example/'
  await aws.sns.send(new SubscribeCommand({ TopicArn, Protocol: 'https', Endpoint }))
  await aws.cloud.settle()
  const envelope = JSON.parse(posts[0] ?? '') as Envelope
  const answer = await fetchFromCloud(aws.cloud, envelope['SigningCertURL'] ?? '')
  expect(verifiedByOpenSsl(envelope, await answer.text())).toBe('Verified OK')
})

test('the certificate is served on every host, names SNS and holds for a century', async () => {
  const aws = world()
  const path = '/SimpleNotificationService-2114a1ff9d0250e851af57d0db398647.pem'
  const answer = await fetchFromCloud(aws.cloud, `http://127.0.0.1:4566${path}`)
  const { subject, validFromDate, validToDate, subjectAltName } = new X509Certificate(
    await answer.text(),
  )
  expect({
    subject,
    subjectAltName,
    from: validFromDate.getUTCFullYear(),
    to: validToDate.getUTCFullYear(),
  }).toEqual({
    subject: 'CN=sns.amazonaws.com\nO=Orrery (simulator)',
    subjectAltName: 'DNS:sns.amazonaws.com',
    from: 2000,
    to: 2099,
  })
  const strange = path.replace('2114', '0000')
  expect(
    (await fetchFromCloud(aws.cloud, `https://sns.us-east-1.amazonaws.com${strange}`)).status,
  ).toBe(400)
})
