import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type Cloud, client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { orrery, served } from './command-line.test-support.ts'

const trust = {
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { AWS: { Ref: 'AWS::AccountId' } },
    Action: 'sts:AssumeRole',
  },
}

/** A queue and a role that may do all to queues and buckets; as a file. */
function appFile(): string {
  const PolicyDocument = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['sqs:*', 's3:*'], Resource: '*' }],
  }
  const template = {
    Resources: {
      Jobs: { Type: 'AWS::SQS::Queue' },
      Worker: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: trust,
          Policies: [{ PolicyName: 'all', PolicyDocument }],
        },
      },
    },
    Outputs: {
      Url: { Value: { Ref: 'Jobs' } },
      Role: { Value: { 'Fn::GetAtt': ['Worker', 'Arn'] } },
    },
  }
  const path = join(mkdtempSync(join(tmpdir(), 'orrery-policy-')), 'shop.json')
  writeFileSync(path, JSON.stringify(template))
  return path
}

/** A program that assumes the role, sends, and asks for the queue's address without minding a refusal. */
const probe = [
  process.execPath,
  '--input-type=module',
  '-e',
  `import { SQSClient, SendMessageCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs'
   import { STSClient, AssumeRoleCommand } from '@aws-sdk/client-sts'
   const { shop } = JSON.parse(process.env.ORRERY_OUTPUTS)
   const { Credentials: c } = await new STSClient({}).send(
     new AssumeRoleCommand({ RoleArn: shop.Role, RoleSessionName: 'probe' }))
   const sqs = new SQSClient({ useQueueUrlAsEndpoint: false, credentials:
     { accessKeyId: c.AccessKeyId, secretAccessKey: c.SecretAccessKey, sessionToken: c.SessionToken } })
   await sqs.send(new SendMessageCommand({ QueueUrl: shop.Url, MessageBody: 'hi' }))
   await sqs.send(new GetQueueUrlCommand({ QueueName: shop.Url.split('/').at(-1) })).catch(() => {})`,
]

/** Ana, who may do everything, sends a message. */
async function anaSends(cloud: Cloud): Promise<void> {
  const iam = client(cloud, IAMClient)
  const { QueueUrl } = await client(cloud, SQSClient).send(
    new CreateQueueCommand({ QueueName: 'jobs' }),
  )
  await iam.send(new CreateUserCommand({ UserName: 'Ana' }))
  const all = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }
  await iam.send(
    new PutUserPolicyCommand({
      UserName: 'Ana',
      PolicyName: 'all',
      PolicyDocument: JSON.stringify(all),
    }),
  )
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'Ana' }))
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  }
  const sqs = client(cloud, SQSClient, { credentials })
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hi' }))
}

test('a running cloud tells the least policy of a user, and proves it by a replay', async () => {
  await using server = await served()
  await anaSends(server.cloud)
  expect(await server.told('policy Ana --prove')).toMatch(
    new RegExp(
      [
        '^user Ana: 1 permission in 1 call$',
        '[^]*"Action": "sqs:SendMessage",$',
        '[^]*✓ without statement 1 \\(sqs:SendMessage\\) {2}fails: #\\d+ sqs.SendMessage was refused',
        '[^]*1 of 1 parts are needed',
      ].join(''),
      'm',
    ),
  )
  expect(await server.asked('policy Ana')).toEqual({
    principals: [expect.objectContaining({ needs: 1, calls: 1, widened: [], refused: [] })],
  })
  expect(await server.told('policy --coverage')).toMatch(
    /^inline policy "all" of user Ana, statement 1 \(Allow\): wider than needed, used 1 time, first by #\d+ sqs\.SendMessage\n {2}\*: sqs:SendMessage would do\n/,
  )
  const { code, err } = await orrery(['policy', 'Bob', '--port', String(server.port)])
  expect([code, err]).toEqual([
    2,
    "orrery: There is no user or role 'Bob'.\nThose who called are: Ana, admin.\n",
  ])
})

test('a recording tells it as well, and needs no server', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'orrery-policy-')), 'run.orrery')
  {
    await using server = await served()
    await anaSends(server.cloud)
    await server.told(['record', file])
  }
  const { code, out } = await orrery(['policy', 'Ana', '--recording', file, '--prove', '--json'])
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({
    principals: [
      {
        principal: { name: 'Ana' },
        document: { Statement: [{ Action: 'sqs:SendMessage' }] },
        proof: { sufficient: true, ok: true, rows: [{ needed: true }] },
      },
    ],
  })
})

test('an app with a probe is proved part by part; what nothing needs ends with 1, or is pruned', {
  timeout: 60_000,
}, async () => {
  const app = appFile()
  const proved = await orrery(['policy', '--app', app, '--prove', '--', ...probe])
  expect(proved.code).toBe(1)
  expect(proved.out).toMatch(
    /✗ without sqs:GetQueueUrl of statement 1 {2}NOT NEEDED: nothing noticed that sqs:GetQueueUrl on \S+ was refused$/m,
  )
  expect(proved.out).toMatch(
    /✓ without sqs:SendMessage of statement 1 {2}fails: .*sqs:SendMessage on \S+ was refused$/m,
  )
  expect(proved.out).toMatch(/2 of 3 parts are needed/)

  const strict = await orrery(['policy', '--app', app, '--prove', '--strict', '--', ...probe])
  expect(strict.code).toBe(0)
  expect(strict.out).toMatch(
    /✓ without sqs:GetQueueUrl of statement 1 {2}fails: sqs:GetQueueUrl on \S+ was refused$/m,
  )

  const pruned = await orrery([
    ...['policy', 'Worker', '--app', app, '--prove', '--prune', '--json', '--'],
    ...probe,
  ])
  expect(pruned.code).toBe(0)
  expect(JSON.parse(pruned.out)).toMatchObject({
    principals: [
      {
        document: { Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage' }] },
        pruned: ['sqs:GetQueueUrl of statement 1'],
        proof: { sufficient: true, ok: true },
      },
    ],
  })
})

test('a run that fails by itself proves nothing', async () => {
  const { code, err } = await orrery(['policy', '--app', appFile(), '--probe', 'exit 3'])
  expect([code, err]).toEqual([
    2,
    'orrery: The run fails under the present policies already: the command ended with exit code 3\n' +
      'Mend it first: only a run that passes shows what is needed.\n',
  ])
})

test('what does not fit together is refused', async () => {
  const errors = []
  for (const args of ['--app x.json', '--system 14 --probe x', '--probe x -- y', '--prune']) {
    const { code, err } = await orrery(`policy ${args}`)
    errors.push([code, err.split('\n')[0]])
  }
  expect(errors).toEqual([
    [2, 'orrery: Nothing uses the app.'],
    [2, 'orrery: A system and a recording are whole runs by themselves.'],
    [2, 'orrery: The probe is given twice.'],
    [2, 'orrery: --prune and --strict are about a proof.'],
  ])
})
