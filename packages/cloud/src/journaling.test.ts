import {
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { JournalEntry } from '@cloud-orrery/kernel'
import { describe, expect, test } from 'vitest'
import type { Cloud } from './cloud.ts'
import { client, createCloud, explainEntry, judgementsOf } from './index.ts'
import { newUser, send } from './wire.test-support.ts'

function lastCall(cloud: Cloud, name: string): JournalEntry {
  const entry = cloud.kernel.journal.entries.findLast((one) => one.name === name)
  if (entry === undefined) throw new Error(`no ${name} in the journal`)
  return entry
}

describe('the entry of a call', () => {
  test('holds who asked what, what was answered, what was written, and how well it is known', async () => {
    const cloud = createCloud()
    await send(cloud, { operation: 'CreateGreeting', body: { Name: 'a' } })
    const arn = 'arn:aws:hello:us-east-1:123456789012:greeting/a'
    const entry = lastCall(cloud, 'hello.CreateGreeting')
    const { caller, changes, ...data } = entry.data
    expect({ ...entry, data }).toEqual({
      sequence: 1,
      atMs: Date.UTC(2026, 0, 1),
      kind: 'call',
      name: 'hello.CreateGreeting',
      cause: undefined,
      entered: true,
      accountId: '123456789012',
      region: 'us-east-1',
      data: {
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        door: 'in-process',
        input: { Name: 'a' },
        output: { GreetingArn: arn },
        provenance: 'modelled',
        decisions: [
          {
            action: 'hello:CreateGreeting',
            resource: arn,
            allowed: true,
            reason: 'allowed',
            decidedBy: {
              policy: 'identity',
              source: 'arn:aws:iam::aws:policy/AdministratorAccess',
              arn: 'arn:aws:iam::aws:policy/AdministratorAccess',
              statementIndex: 0,
              effect: 'Allow',
            },
          },
        ],
      },
    })
    expect(caller).toMatchObject({ accessKeyId: 'AKIAORRERYADMINLOCAL' })
    expect(changes).toEqual([
      {
        table: 'hello.greetings',
        partition: '123456789012/us-east-1',
        key: 'a',
        before: undefined,
        after: { name: 'a', arn, text: 'Hello', createdAtMs: Date.UTC(2026, 0, 1) },
      },
    ])
  })

  test('of a call that failed holds the error and no changes', async () => {
    const cloud = createCloud()
    for (let i = 0; i < 2; i += 1) {
      await send(cloud, { operation: 'CreateGreeting', body: { Name: 'a' } })
    }
    const { data } = lastCall(cloud, 'hello.CreateGreeting')
    expect(data['error']).toEqual({
      code: 'GreetingExists',
      message: 'Greeting a already exists.',
      status: 400,
    })
    expect(['output', 'changes'].filter((name) => name in data)).toEqual([])
  })

  test('has the request id that the client was given', async () => {
    const cloud = createCloud()
    const { headers } = await send(cloud, { operation: 'CreateGreeting', body: { Name: 'a' } })
    expect(lastCall(cloud, 'hello.CreateGreeting').data['requestId']).toBe(
      headers['x-amzn-requestid'],
    )
  })

  test('says so where the service does not model what was asked', async () => {
    const cloud = createCloud()
    await send(cloud, { operation: 'CreateGreeting', body: { Name: 'a', Language: 'de' } })
    expect(lastCall(cloud, 'hello.CreateGreeting').data['provenance']).toBe('refused')
  })

  test('is absent for a request that was refused unread: another notes it', async () => {
    const cloud = createCloud()
    const { headers } = await send(cloud, { operation: 'GetGreeting', credentials: 'none' })
    expect(
      cloud.kernel.journal.entries.map(({ kind, name, entered, data }) => [
        kind,
        name,
        entered,
        data,
      ]),
    ).toEqual([
      [
        'refused',
        'hello.GetGreeting',
        true,
        {
          requestId: headers['x-amzn-requestid'],
          method: 'POST',
          path: '/',
          error: {
            code: 'MissingAuthenticationTokenException',
            message: 'Missing Authentication Token',
          },
        },
      ],
    ])
  })
})

test('each entry leads to what caused it, from a message in a queue to the call that published it', async () => {
  const cloud = createCloud()
  const sqs = client(cloud, SQSClient)
  const sns = client(cloud, SNSClient)
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'topic' }))
  const policy = JSON.stringify({
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:*',
        Resource: '*',
      },
    ],
  })
  await sqs.send(new CreateQueueCommand({ QueueName: 'queue', Attributes: { Policy: policy } }))
  const Endpoint = 'arn:aws:sqs:us-east-1:123456789012:queue'
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }))
  await sns.send(new PublishCommand({ TopicArn, Message: 'hi' }))
  await cloud.settle()

  const { journal } = cloud.kernel
  const chain: string[] = []
  let entry: JournalEntry | undefined = lastCall(cloud, 'sqs.SendMessage')
  while (entry !== undefined) {
    chain.push(`${entry.kind} ${entry.name}${entry.entered ? ' entered' : ''}`)
    entry = entry.cause === undefined ? undefined : journal.entry(entry.cause)
  }
  expect(chain).toEqual(['call sqs.SendMessage', 'task sns.deliver', 'call sns.Publish entered'])
  expect(lastCall(cloud, 'sqs.SendMessage').data['caller']).toEqual({
    principal: { kind: 'service', service: 'sns.amazonaws.com' },
  })
})

describe('explain', () => {
  test('tells of the last call that was denied: who, what, on what, and what would allow it', async () => {
    const cloud = createCloud()
    const credentials = await newUser(cloud, 'mary', {
      Action: 'hello:GetGreeting',
      Resource: 'arn:aws:hello:us-east-1:123456789012:greeting/other',
    })
    expect(() => explainEntry(cloud)).toThrow('No call was denied yet.')
    await send(cloud, { operation: 'GetGreeting', body: { Name: 'a' }, credentials })
    const { sequence, text } = explainEntry(cloud)
    expect(cloud.kernel.journal.entry(sequence)?.name).toBe('hello.GetGreeting')
    for (const part of [
      'arn:aws:iam::123456789012:user/mary',
      'hello:GetGreeting',
      'arn:aws:hello:us-east-1:123456789012:greeting/a',
      'inline policy "policy" of user mary',
    ]) {
      expect(text).toContain(part)
    }
    const requestId = String(cloud.kernel.journal.entry(sequence)?.data['requestId'])
    for (const id of [String(sequence), `#${sequence}`, requestId]) {
      expect(explainEntry(cloud, id).text).toBe(text)
    }
    expect(() => explainEntry(cloud, '999')).toThrow('No call 999 in the journal.')
  })

  test('says for a call that needs no permission that none was judged', async () => {
    const cloud = createCloud()
    await send(cloud, {
      service: 'sts',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
    })
    const { text } = explainEntry(cloud, '1')
    expect(text).toContain('No permission was judged for this call')
  })

  test('keeps what was judged as it was then, whatever changes afterwards', async () => {
    const cloud = createCloud()
    await send(cloud, { operation: 'CreateGreeting', body: { Name: 'a' } })
    await cloud.advance({ days: 1 })
    const [judgement] = judgementsOf(lastCall(cloud, 'hello.CreateGreeting'))
    expect(judgement?.request.context).toMatchObject({
      'aws:CurrentTime': '2026-01-01T00:00:00.000Z',
      'aws:PrincipalArn': 'arn:aws:iam::123456789012:user/admin',
      'aws:RequestedRegion': 'us-east-1',
      'aws:SecureTransport': true,
      'aws:SourceIp': '127.0.0.1',
    })
  })
})
