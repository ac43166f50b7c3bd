import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { PolicyDocument } from '@cloud-orrery/policy'
import { expect, test } from 'vitest'
import type { Cloud } from '../cloud.ts'
import { client, createCloud } from '../create-cloud.ts'
import { record } from '../recording.ts'
import { observe } from './observation.ts'
import { principalReports } from './principal-report.ts'
import { prove } from './proof.ts'
import { replayedTrial } from './replayed-trial.ts'

const ana = 'arn:aws:iam::123456789012:user/Ana'
const queueArn = 'arn:aws:sqs:us-east-1:123456789012:jobs'

/** Ana, who may do everything, sends to a queue twice. */
async function anaSends(cloud: Cloud): Promise<void> {
  const iam = client(cloud, IAMClient)
  const { QueueUrl } = await client(cloud, SQSClient).send(
    new CreateQueueCommand({ QueueName: 'jobs' }),
  )
  await iam.send(new CreateUserCommand({ UserName: 'Ana' }))
  await iam.send(
    new PutUserPolicyCommand({
      UserName: 'Ana',
      PolicyName: 'all',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
      }),
    }),
  )
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'Ana' }))
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  }
  const sqs = client(cloud, SQSClient, { credentials })
  for (const MessageBody of ['one', 'two']) {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }))
  }
}

function allowing(Action: string): PolicyDocument {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: queueArn }] }
}

test('the same permission asked twice is observed once, with its uses and its first call', async () => {
  const cloud = createCloud()
  await anaSends(cloud)
  const sent = observe(cloud).filter(({ request }) => request.action === 'sqs:SendMessage')
  expect(sent).toMatchObject([
    {
      allowed: true,
      uses: 2,
      firstCall: { name: 'sqs.SendMessage' },
      request: { resource: queueArn },
    },
  ])
  expect(observe(cloud, cloud.kernel.journal.lastSequence)).toEqual([])
})

test('a recording proves the least policy: it passes with it, and not without any part', async () => {
  const cloud = createCloud()
  await anaSends(cloud)
  const [report] = principalReports(cloud, { principal: 'Ana' })
  expect(report?.document).toEqual(allowing('sqs:SendMessage'))
  const proof = await prove(ana, allowing('sqs:SendMessage'), replayedTrial(record(cloud), cloud))
  expect(proof).toEqual({
    sufficient: true,
    rows: [
      {
        statementIndex: 0,
        needed: true,
        why: expect.stringMatching(/^#\d+ sqs\.SendMessage was refused: sqs:SendMessage on /),
      },
    ],
    ok: true,
  })
})

test('a policy that is too narrow, or has a part that nothing needs, does not pass its proof', async () => {
  const cloud = createCloud()
  await anaSends(cloud)
  const tryOut = replayedTrial(record(cloud), cloud)
  expect(await prove(ana, allowing('sqs:ReceiveMessage'), tryOut)).toMatchObject({
    sufficient: false,
    ok: false,
  })
  const { Statement } = allowing('sqs:SendMessage')
  const wide = {
    ...allowing('x'),
    Statement: [Statement, allowing('sns:Publish').Statement].flat(),
  }
  const proof = await prove(ana, wide, tryOut)
  expect([proof.sufficient, proof.ok, proof.rows.map(({ needed }) => needed)]).toEqual([
    true,
    false,
    [true, false],
  ])
})

test('a trial goes with a fork, and leaves what the present policies refuse refused', async () => {
  const cloud = createCloud()
  await anaSends(cloud)
  const trial = { owner: ana, policies: [{ source: 'none', document: allowing('sns:Publish') }] }
  expect([cloud.trial, cloud.fork({ trial }).fork().trial]).toEqual([undefined, trial])
})

test('what an earlier process judged is observed by its record', () => {
  const cloud = createCloud()
  const principal = {
    kind: 'user',
    accountId: '123456789012',
    arn: ana,
    userId: 'A',
    userName: 'Ana',
  }
  const decision = {
    action: 'sqs:SendMessage',
    resource: queueArn,
    allowed: true,
    reason: 'allowed',
  }
  const byResource = { ...decision, resource: `${queueArn}2`, decidedBy: { policy: 'resource' } }
  for (const decisions of [[decision], [decision], [byResource]]) {
    cloud.kernel.journal.append({
      atMs: 0,
      kind: 'call',
      name: 'sqs.SendMessage',
      cause: undefined,
      entered: true,
      data: { caller: { principal }, decisions },
    })
  }
  expect(observe(cloud).map(({ request, uses }) => [request.resource, uses])).toEqual([
    [queueArn, 2],
    [`${queueArn}2`, 1],
  ])
  const [report] = principalReports(cloud, { principal: 'Ana' })
  expect(report?.document).toEqual(allowing('sqs:SendMessage'))
})
