import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam'
import {
  ListSubscriptionsCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { orrery, type Served, served } from './command-line.test-support.ts'

const topicAndQueue = {
  Parameters: { Delay: { Type: 'Number', Default: 0 } },
  Resources: {
    Alerts: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'alerts' } },
    Jobs: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: { Ref: 'Delay' } } },
  },
  Outputs: { TopicArn: { Value: { Ref: 'Alerts' } } },
}

function fileOf(name: string, content: object | string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'orrery-template-')), name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

test('env prints all that a client needs, for any account', async () => {
  await using server = await served()
  const lines = (await server.told('env')).trimEnd().split('\n')
  const variables = await server.asked('env')
  expect(lines).toEqual(Object.entries(variables).map(([name, value]) => `export ${name}=${value}`))
  expect(variables).toMatchObject({
    AWS_ENDPOINT_URL: `http://127.0.0.1:${server.port}`,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
  })
  const sts = async (env: Record<string, unknown>) => {
    const answer = await new STSClient({
      endpoint: String(env['AWS_ENDPOINT_URL']),
      region: String(env['AWS_REGION']),
      credentials: {
        accessKeyId: String(env['AWS_ACCESS_KEY_ID']),
        secretAccessKey: String(env['AWS_SECRET_ACCESS_KEY']),
      },
    }).send(new GetCallerIdentityCommand({}))
    return answer.Arn
  }
  expect(await sts(variables)).toBe('arn:aws:iam::123456789012:user/admin')
  const other = await server.asked('env --account 111122223333')
  expect(await sts(other)).toBe('arn:aws:iam::111122223333:user/admin')
})

test('deploy creates, changes and leaves alone; destroy deletes', async () => {
  await using server = await served()
  const template = fileOf('desk.json', topicAndQueue)
  const created = await server.told(['deploy', template])
  expect(created).toMatch(/^ {2}CREATE_COMPLETE +AWS::SNS::Topic +Alerts$/m)
  expect(created).toMatch(
    /\ndesk: CREATE_COMPLETE\n {2}TopicArn = arn:aws:sns:us-east-1:123456789012:alerts\n$/,
  )
  const changed = await server.asked(['deploy', template, '--parameter', 'Delay=5'])
  expect(changed).toEqual({
    stacks: [
      {
        stackName: 'desk',
        stackId: expect.stringMatching(
          /^arn:aws:cloudformation:us-east-1:123456789012:stack\/desk\//,
        ),
        status: 'UPDATE_COMPLETE',
        outputs: { TopicArn: 'arn:aws:sns:us-east-1:123456789012:alerts' },
      },
    ],
  })
  expect(await server.told(['deploy', template, '--parameter', 'Delay=5'])).toMatch(
    /^desk: UPDATE_COMPLETE\n/,
  )
  expect(await server.asked('destroy desk')).toEqual({ stack: 'desk', status: 'DELETE_COMPLETE' })
  const { code, err } = await orrery(`destroy desk --port ${server.port}`)
  expect({ code, err }).toEqual({
    code: 1,
    err: 'orrery: There is no stack desk.\nCheck its name, account and region.\n',
  })
})

test('a stack goes where --name, --account and --region say', async () => {
  await using server = await served()
  const template = fileOf('desk.yaml', 'Resources: { Jobs: { Type: AWS::SQS::Queue } }')
  const place = ['--account', '111122223333', '--region', 'eu-west-1']
  const { stacks } = await server.asked(['deploy', template, '--name', 'work', ...place])
  expect(stacks).toEqual([
    expect.objectContaining({
      stackId: expect.stringMatching(
        /^arn:aws:cloudformation:eu-west-1:111122223333:stack\/work\//,
      ),
    }),
  ])
  expect(await server.told(['destroy', 'work', ...place])).toMatch(/\nwork: DELETE_COMPLETE\n$/)
})

test('a deployment that fails ends with 1 and says why; a refused one too', async () => {
  await using server = await served()
  await client(server.cloud, SQSClient).send(new CreateQueueCommand({ QueueName: 'taken' }))
  const failing = fileOf('failing.json', {
    Resources: {
      Jobs: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'taken', DelaySeconds: 7 } },
    },
  })
  const port = String(server.port)
  const failed = await orrery(['deploy', failing, '--port', port])
  expect(failed.code).toBe(1)
  expect(failed.out).toMatch(/^ {2}CREATE_FAILED +AWS::SQS::Queue +Jobs {2}\S.*/m)
  expect(failed.out).toMatch(/\nfailing: ROLLBACK_COMPLETE\n$/)
  const json = await orrery(['deploy', failing, '--name', 'again', '--port', port, '--json'])
  expect(json.code).toBe(1)
  expect(JSON.parse(json.out)).toMatchObject({ stacks: [{ status: 'ROLLBACK_COMPLETE' }] })

  const unknown = fileOf('unknown.json', { Resources: { X: { Type: 'AWS::Unheard::Of' } } })
  const refused = await orrery(['deploy', unknown, '--port', port])
  expect({ code: refused.code, out: refused.out }).toEqual({ code: 1, out: '' })
  expect(refused.err).toMatch(
    /^orrery: CloudFormation refuses stack unknown: .*AWS::Unheard::Of.*\nMend the template and deploy again\.\n$/,
  )
})

test.each([
  ['nowhere.yaml', 'There is nothing at'],
  ['.', 'has neither a manifest.json nor a cdk.json.'],
])('deploy %s is wrong use', async (path, why) => {
  await using server = await served()
  const cwd = mkdtempSync(join(tmpdir(), 'orrery-empty-'))
  const { code, out, err } = await orrery(['deploy', path, '--port', String(server.port)], { cwd })
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain(why)
  expect(err).toMatch(/\nName a template, a cdk.out folder or the folder of a CDK app\.\n$/)
})

test('colours are for terminals', async () => {
  await using server = await served()
  const template = fileOf('desk.json', topicAndQueue)
  const plain = await server.told(['deploy', template])
  const update = ['deploy', template, '--parameter', 'Delay=1']
  const coloured = await server.told(update, { terminal: true })
  expect(plain).not.toContain('\u001b')
  expect(coloured).toContain('\u001b[32mUPDATE_COMPLETE')
})

test('the clock shows, moves and settles', async () => {
  await using server = await served()
  expect(await server.told('clock')).toBe('2026-01-01T00:00:00.000Z (held), 0 pending\n')
  expect(await server.told('clock advance 1d12h')).toBe(
    '2026-01-02T12:00:00.000Z (held), 0 pending\n',
  )
  expect(await server.asked('clock settle')).toEqual({
    now: '2026-01-02T12:00:00.000Z',
    mode: 'held',
    pendingTasks: 0,
  })
  const { code, err } = await orrery(`clock advance 9999y --port ${server.port}`)
  expect({ code, err }).toEqual({
    code: 2,
    err: expect.stringMatching(
      /^orrery: The clock cannot be moved .*\nMove it by a shorter time\.\n$/,
    ),
  })
})

test('status shows what is pending and when, who waits, and armed faults', async () => {
  await using server = await served()
  await deployTopic(server)
  await server.told('fault sns.Publish --error InternalError')
  await publishByRetry(server)
  const text = await server.told('status')
  expect(text).toMatch(
    /^2026-01-01T00:00:\S+Z \(clock held, seed 1\)\n1 pending\n {2}\S+ {2}in 1d 23h {2}drop a subscription that nobody confirmed: \S+ {2}sns\.expirePending {2}123456789012\/us-east-1\nfault fault-1: sns.Publish InternalError\n$/,
  )
  expect(await server.asked('status')).toMatchObject({
    mode: 'held',
    seed: 1,
    pending: [{ name: expect.stringMatching(/^sns\./), accountId: '123456789012' }],
    faults: [{ id: 'fault-1', site: 'sns.Publish' }],
  })
})

async function deployTopic(server: Served): Promise<void> {
  await server.told(['deploy', fileOf('desk.json', topicAndQueue)])
}

const topicArn = 'arn:aws:sns:us-east-1:123456789012:alerts'

/** A message for an HTTP endpoint that no one answers: its delivery stays pending. */
async function publishByRetry({ cloud }: Served): Promise<void> {
  const sns = client(cloud, SNSClient)
  cloud.internet.set('hooks.example.com', ({ headers }) => ({
    status: headers['x-amz-sns-message-type'] === 'SubscriptionConfirmation' ? 200 : 500,
    headers: {},
    body: '',
  }))
  await sns.send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: 'http',
      Endpoint: 'http://hooks.example.com/',
    }),
  )
  await cloud.settle()
  cloud.internet.delete('hooks.example.com')
  await cloud.advance({ seconds: 1 })
}

test('a fault strikes until it is ended', async () => {
  await using server = await served()
  const sqs = client(server.cloud, SQSClient)
  const code = () =>
    sqs.send(new ListQueuesCommand({})).then(
      () => 'answered',
      (error: Error) => error.name,
    )
  expect(await server.told('fault sqs.ListQueues --error RequestThrottled')).toBe(
    "armed fault-1 at sqs.ListQueues; end it with 'orrery fault end fault-1'\n",
  )
  expect(await code()).toBe('RequestThrottled')
  expect(await server.told('fault end fault-1')).toBe('ended fault-1\n')
  expect(await code()).toBe('answered')
  expect(await server.asked('fault sqs.* --delay 2s --times 1 --probability 1')).toEqual({
    id: 'fault-2',
  })
})

test('the journal is a tree of causes', async () => {
  await using server = await served()
  await deployTopic(server)
  const text = await server.told('journal --kind call')
  expect(text).toMatch(
    /^2026-01-01 00:00:00.000 #\d+ call cloudformation.CreateStack by arn:aws:iam::123456789012:user\/admin$/m,
  )
  const whole = await server.told('journal')
  expect(whole).toMatch(
    /^\S+ \S+ {2,}(?: {2})+#\d+ call sns.CreateTopic by arn:aws:iam::123456789012:user\/admin$/m,
  )
  const { sha256, entries } = await server.asked('journal --limit 2')
  expect(sha256).toBe(server.cloud.kernel.journal.digest())
  expect(entries).toHaveLength(2)
  const last = server.cloud.kernel.journal.entries.at(-1)?.sequence ?? 0
  expect(await server.asked(`journal --after ${last}`)).toEqual({ sha256, entries: [] })
})

async function deniedUser(server: Served): Promise<SQSClient> {
  const iam = client(server.cloud, IAMClient)
  await iam.send(new CreateUserCommand({ UserName: 'ana' }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ana' }))
  return client(server.cloud, SQSClient, {
    credentials: {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    },
  })
}

test('explain prints the whole evaluation of the last denial, or of a named call', async () => {
  await using server = await served()
  const none = await orrery(`explain --port ${server.port}`)
  expect(none).toEqual({
    code: 1,
    out: '',
    err: 'orrery: No call was denied yet.\nName a call by its request id.\n',
  })
  const sqs = await deniedUser(server)
  const denied = await sqs.send(new CreateQueueCommand({ QueueName: 'q' })).catch((error) => error)
  const text = await server.told('explain')
  expect(text).toMatch(/^#\d+ sqs\.CreateQueue at 2026-01-01T00:00:00.000Z\n/)
  expect(text).toContain('arn:aws:iam::123456789012:user/ana')
  expect(text).toContain('sqs:CreateQueue')
  expect(text).toContain('arn:aws:sqs:us-east-1:123456789012:q')
  expect(await server.told(`explain ${denied.$metadata.requestId}`)).toBe(text)
  expect(await server.asked('explain')).toEqual({
    sequence: expect.any(Number),
    text: text.trimEnd(),
  })
  const unknown = await orrery(`explain 424242 --port ${server.port}`)
  expect(unknown.code).toBe(2)
  expect(unknown.err).toBe('orrery: No call 424242 in the journal.\nSee `orrery journal`.\n')
})

test('mail lists what left the cloud, and shows one mail whole or raw', async () => {
  await using server = await served()
  expect(await server.told('mail')).toBe('No mail yet.\n')
  await deployTopic(server)
  const sns = client(server.cloud, SNSClient)
  const Endpoint = 'ana@example.com'
  await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'email', Endpoint }))
  await server.told('clock settle')
  expect(await server.told('mail')).toMatch(
    /^ {2}1 {2}2026-01-01T00:00:\d\d {2}ana@example.com {2}AWS Notification - Subscription Confirmation\n$/,
  )
  const { mails } = (await server.asked('mail')) as { mails: { links: string[] }[] }
  expect(await server.asked('mail 1')).toEqual(mails[0])
  expect(await server.told('mail 1')).toMatch(/^From: .*\nTo: ana@example.com\nSubject: AWS Notif/)
  expect(await server.told('mail 1 --raw')).toMatch(/^From: .*\r\nTo: ana@example.com\r\n/)
  expect(await server.asked('mail --to bo@example.com')).toEqual({ mails: [] })
  expect(await server.told('mail 1 --follow')).toMatch(
    /^https:\/\/sns\.us-east-1\.amazonaws\.com\/\S*ConfirmSubscription\S*\nanswered 200\n$/,
  )
  const { code, err } = await orrery(`mail 2 --port ${server.port}`)
  expect({ code, err }).toEqual({
    code: 2,
    err: 'orrery: There is no mail 2.\nThere are 1.\n',
  })
  const { Subscriptions } = await sns.send(new ListSubscriptionsCommand({}))
  expect(Subscriptions).toEqual([
    expect.objectContaining({ Endpoint, SubscriptionArn: expect.stringContaining(topicArn) }),
  ])
})

test('picture draws a stack of the running cloud, and gives its graph', async () => {
  await using server = await served()
  await deployTopic(server)
  await client(server.cloud, SNSClient).send(
    new PublishCommand({ TopicArn: topicArn, Message: 'x' }),
  )
  const out = join(mkdtempSync(join(tmpdir(), 'orrery-picture-')), 'desk.svg')
  expect(await server.told(['picture', 'desk', '--out', out])).toBe('')
  expect(readFileSync(out, 'utf8')).toMatch(/^<svg [\s\S]*Alerts[\s\S]*<\/svg>\s*$/)
  expect(await server.asked('picture desk')).toMatchObject({
    title: 'desk',
    nodes: expect.arrayContaining([expect.objectContaining({ label: 'Alerts' })]),
    edges: expect.any(Array),
  })
  const unknown = await orrery(`picture nothing --port ${server.port}`)
  expect(unknown.code).toBe(1)
  expect(unknown.err).toMatch(
    /^orrery: ValidationError: .*nothing.*does not exist\nSee 'orrery journal' for the call\.\n$/,
  )
  const unwritable = await orrery(`picture desk --out /proc/none/x.svg --port ${server.port}`)
  expect(unwritable.code).toBe(1)
  expect(unwritable.err).toMatch(/^orrery: ENOENT.*\nCheck the address or path.*\n$/)
})

test('the file of a server that was killed counts as no server', async () => {
  const { writeServerFile } = await import('./server-file.ts')
  const gone = {
    url: 'http://127.0.0.1:2',
    token: '',
    region: 'us-east-1',
    accountId: '123456789012',
  }
  writeServerFile({ ...gone, port: 2, pid: 2 ** 22 + 1 })
  expect(await orrery('env --port 2')).toMatchObject({
    code: 1,
    err: expect.stringContaining('No orrery of yours runs on port 2.'),
  })
})
