import {
  CloudTrailClient,
  DescribeTrailsCommand,
  type Event,
  type LookupAttributeKey,
  LookupEventsCommand,
  type LookupEventsCommandInput,
} from '@aws-sdk/client-cloudtrail'
import { type Cloud, client, createCloud, fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { accessKeys, users } from '../shared/identity/state.ts'

const account = '123456789012'
const administrator = {
  type: 'IAMUser',
  arn: `arn:aws:iam::${account}:user/admin`,
  accountId: account,
  accessKeyId: 'AKIAORRERYADMINLOCAL',
  userName: 'admin',
}

/** hello has no SDK client; its calls make events that nothing else makes. */
async function callHello(
  cloud: Cloud,
  operation: string,
  input: object,
  { region = 'us-east-1', credentials = cloud.credentials() } = {},
): Promise<void> {
  await fetchFromCloud(cloud, `https://hello.${region}.amazonaws.com/`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `Hello_20260101.${operation}`,
      'user-agent': 'hello/1.0',
    },
    body: JSON.stringify(input),
    credentials,
    service: 'hello',
    region,
  })
}

/** A cloud with two events of hello, a second apart, and a look at its history without the looks themselves. */
async function cloudWithGreeting() {
  const cloud = createCloud({ deepFreeze: true })
  await callHello(cloud, 'CreateGreeting', { Name: 'first', Text: 'Good morning' })
  await cloud.advance({ seconds: 1 })
  await callHello(cloud, 'GetGreeting', { Name: 'first' })
  return { cloud, lookup: lookupIn(cloud) }
}

function lookupIn(cloud: Cloud, options: { region?: string; accountId?: string } = {}) {
  const cloudtrail = client(cloud, CloudTrailClient, options)
  return async (input: LookupEventsCommandInput = {}) => {
    const { Events = [], NextToken } = await cloudtrail.send(new LookupEventsCommand(input))
    return { Events, NextToken }
  }
}

function by(AttributeKey: LookupAttributeKey, AttributeValue: string): LookupEventsCommandInput {
  return { LookupAttributes: [{ AttributeKey, AttributeValue }] }
}

function recordOf(event: Event | undefined): Record<string, unknown> {
  return JSON.parse(event?.CloudTrailEvent ?? '{}') as Record<string, unknown>
}

function namesOf(events: readonly Event[]): (string | undefined)[] {
  return events.map(({ EventName }) => EventName)
}

/** A user that no policy allows anything. */
function userWithoutPermissions(cloud: Cloud) {
  const scope = cloud.scope(account, 'us-east-1')
  users.put(scope, {
    userName: 'eve',
    userId: 'AIDAEVEEVEEVEEVEEVEEV',
    path: '/',
    arn: `arn:aws:iam::${account}:user/eve`,
    createdAtMs: 0,
    inlinePolicies: {},
    attachedPolicies: [],
    tags: {},
  })
  const credentials = { accessKeyId: 'AKIAEVEEVEEVEEVEEVEE', secretAccessKey: 'secret' }
  accessKeys.put(scope, {
    ...credentials,
    accountId: account,
    userName: 'eve',
    status: 'Active',
    createdAtMs: 0,
  })
  return credentials
}

test('a call that changes something is an event with what was asked and answered', async () => {
  const { cloud, lookup } = await cloudWithGreeting()
  const { Events } = await lookup(by('EventName', 'CreateGreeting'))
  const call = cloud.kernel.journal.entries.find(({ name }) => name === 'hello.CreateGreeting')
  const eventID = Events[0]?.EventId
  const principalId = users.get(cloud.scope(account, 'us-east-1'), 'admin')?.userId
  expect(Events.map(({ CloudTrailEvent: _, ...event }) => event)).toEqual([
    {
      EventId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      EventName: 'CreateGreeting',
      ReadOnly: 'false',
      AccessKeyId: 'AKIAORRERYADMINLOCAL',
      EventTime: new Date('2026-01-01T00:00:00Z'),
      EventSource: 'hello.amazonaws.com',
      Username: 'admin',
      Resources: [],
    },
  ])
  expect(Object.entries(recordOf(Events[0]))).toEqual([
    ['eventVersion', '1.11'],
    ['userIdentity', { ...administrator, principalId }],
    ['eventTime', '2026-01-01T00:00:00Z'],
    ['eventSource', 'hello.amazonaws.com'],
    ['eventName', 'CreateGreeting'],
    ['awsRegion', 'us-east-1'],
    ['sourceIPAddress', '127.0.0.1'],
    ['userAgent', 'hello/1.0'],
    ['requestParameters', { name: 'first', text: 'Good morning' }],
    ['responseElements', { greetingArn: `arn:aws:hello:us-east-1:${account}:greeting/first` }],
    ['requestID', call?.data['requestId']],
    ['eventID', eventID],
    ['readOnly', false],
    ['eventType', 'AwsApiCall'],
    ['managementEvent', true],
    ['recipientAccountId', account],
    ['eventCategory', 'Management'],
  ])
})

test('a call that only reads has null in place of its answer', async () => {
  const { lookup } = await cloudWithGreeting()
  const { Events } = await lookup(by('EventName', 'GetGreeting'))
  expect(recordOf(Events[0])).toMatchObject({
    readOnly: true,
    requestParameters: { name: 'first' },
    responseElements: null,
  })
})

test('events come newest first, looks at the history among them', async () => {
  const { lookup } = await cloudWithGreeting()
  await lookup()
  const { Events, NextToken } = await lookup()
  expect(namesOf(Events)).toEqual(['LookupEvents', 'GetGreeting', 'CreateGreeting'])
  expect(NextToken).toBeUndefined()
})

test.each<[LookupAttributeKey, string, string[]]>([
  ['EventName', 'GetGreeting', ['GetGreeting']],
  ['EventSource', 'hello.amazonaws.com', ['GetGreeting', 'CreateGreeting']],
  ['ReadOnly', 'false', ['CreateGreeting']],
  ['ReadOnly', 'true', ['GetGreeting']],
  ['Username', 'admin', ['GetGreeting', 'CreateGreeting']],
  ['Username', 'root', []],
  ['AccessKeyId', 'AKIAORRERYADMINLOCAL', ['GetGreeting', 'CreateGreeting']],
  ['AccessKeyId', 'AKIAIOSFODNN7EXAMPLE', []],
  ['ResourceType', 'AWS::SQS::Queue', []],
  ['ResourceName', 'first', []],
])('the attribute %s = %s finds %j', async (key, value, found) => {
  const { lookup } = await cloudWithGreeting()
  expect(namesOf((await lookup(by(key, value))).Events)).toEqual(found)
})

test('an event is found again by its id', async () => {
  const { lookup } = await cloudWithGreeting()
  const [created] = (await lookup(by('EventName', 'CreateGreeting'))).Events
  expect((await lookup(by('EventId', created?.EventId ?? ''))).Events).toEqual([created])
})

test('the times of a range belong to it', async () => {
  const { lookup } = await cloudWithGreeting()
  const first = new Date('2026-01-01T00:00:00Z')
  const second = new Date('2026-01-01T00:00:01Z')
  expect(namesOf((await lookup({ StartTime: first, EndTime: first })).Events)).toEqual([
    'CreateGreeting',
  ])
  expect(namesOf((await lookup({ StartTime: second, EndTime: second })).Events)).toEqual([
    'LookupEvents',
    'GetGreeting',
  ])
})

test('events are kept for ninety days', async () => {
  const { cloud, lookup } = await cloudWithGreeting()
  await cloud.advance({ days: 90 })
  expect(namesOf((await lookup()).Events)).toEqual(['GetGreeting'])
  await cloud.advance({ seconds: 1 })
  expect(namesOf((await lookup(by('EventSource', 'hello.amazonaws.com'))).Events)).toEqual([])
})

test('pages follow each other, whatever happens between them', async () => {
  const { cloud, lookup } = await cloudWithGreeting()
  await callHello(cloud, 'DeleteGreeting', { Name: 'first' })
  const query = { ...by('EventSource', 'hello.amazonaws.com'), MaxResults: 2 }
  const first = await lookup(query)
  expect(namesOf(first.Events)).toEqual(['DeleteGreeting', 'GetGreeting'])
  await callHello(cloud, 'CreateGreeting', { Name: 'second' })
  const rest = await lookup({ ...query, NextToken: first.NextToken })
  expect(namesOf(rest.Events)).toEqual(['CreateGreeting'])
  expect(rest.NextToken).toBeUndefined()
})

test('a page that takes all that is left has no token', async () => {
  const { lookup } = await cloudWithGreeting()
  const query = { ...by('EventSource', 'hello.amazonaws.com'), MaxResults: 2 }
  expect((await lookup(query)).NextToken).toBeUndefined()
})

test('a page holds fifty events unless fewer are asked for', async () => {
  const cloud = createCloud({ deepFreeze: true })
  for (let n = 0; n < 51; n += 1) await callHello(cloud, 'GetGreeting', { Name: `name-${n}` })
  const { Events, NextToken } = await lookupIn(cloud)()
  expect([Events.length, NextToken]).toEqual([50, expect.any(String)])
})

test('a token is refused for another query, and so is one that was never given out', async () => {
  const { lookup } = await cloudWithGreeting()
  const { NextToken } = await lookup({ ...by('EventSource', 'hello.amazonaws.com'), MaxResults: 1 })
  await expect(lookup({ NextToken, MaxResults: 1 })).rejects.toMatchObject({
    name: 'InvalidNextTokenException',
    $metadata: { httpStatusCode: 400 },
  })
  await expect(lookup({ NextToken: 'nonsense' })).rejects.toMatchObject({
    name: 'InvalidNextTokenException',
  })
})

test.each<[string, LookupEventsCommandInput]>([
  ['InvalidMaxResultsException', { MaxResults: 51 }],
  ['InvalidMaxResultsException', { MaxResults: 0 }],
  // The type has the one category that AWS knows.
  ['InvalidEventCategoryException', { EventCategory: 'sight' as 'insight' }],
  ['InvalidTimeRangeException', { StartTime: new Date(2000), EndTime: new Date(1000) }],
  ['InvalidLookupAttributesException', by('ReadOnly', 'perhaps')],
  ['InvalidLookupAttributesException', by('EventName', '_'.repeat(1001))],
  [
    'InvalidLookupAttributesException',
    {
      LookupAttributes: [
        { AttributeKey: 'EventName', AttributeValue: 'a' },
        { AttributeKey: 'EventName', AttributeValue: 'b' },
      ],
    },
  ],
  ['InvalidLookupAttributesException', { ...by('Username', 'admin'), EventCategory: 'insight' }],
])('%s refuses %j', async (name, input) => {
  await expect(lookupIn(createCloud())(input)).rejects.toMatchObject({
    name,
    $metadata: { httpStatusCode: 400 },
  })
})

test('an attribute without a value is refused by the model', async () => {
  await expect(lookupIn(createCloud())(by('EventName', ''))).rejects.toMatchObject({
    name: 'ValidationException',
    message:
      "1 validation error detected: Value '' at 'lookupAttributes.1.member.attributeValue' failed to satisfy constraint: Member must have length greater than or equal to 1",
  })
})

test('there are no Insights events, since no trail asks for them', async () => {
  const { lookup } = await cloudWithGreeting()
  expect((await lookup({ EventCategory: 'insight' })).Events).toEqual([])
})

test('each region and each account has its own history', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const other = '222222222222'
  await callHello(cloud, 'GetGreeting', { Name: 'here' })
  await callHello(cloud, 'GetGreeting', { Name: 'there' }, { region: 'eu-west-1' })
  await callHello(
    cloud,
    'GetGreeting',
    { Name: 'theirs' },
    { credentials: cloud.credentials(other) },
  )
  const query = by('EventSource', 'hello.amazonaws.com')
  const parameters = async (options: { region?: string; accountId?: string }) =>
    (await lookupIn(cloud, options)(query)).Events.map(
      (event) => recordOf(event)['requestParameters'],
    )
  expect(await parameters({})).toEqual([{ name: 'here' }])
  expect(await parameters({ region: 'eu-west-1' })).toEqual([{ name: 'there' }])
  expect(await parameters({ accountId: other })).toEqual([{ name: 'theirs' }])
})

test('a principal without the permission is refused, and the refusal is in the history', async () => {
  const { cloud, lookup } = await cloudWithGreeting()
  const credentials = userWithoutPermissions(cloud)
  const denied = client(cloud, CloudTrailClient, { credentials })
  const message = `User: arn:aws:iam::${account}:user/eve is not authorized to perform: cloudtrail:LookupEvents because no identity-based policy allows the cloudtrail:LookupEvents action`
  await expect(denied.send(new LookupEventsCommand({}))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message,
    $metadata: { httpStatusCode: 400 },
  })
  const { Events } = await lookup(by('Username', 'eve'))
  expect(Events.length).toBe(1)
  expect(recordOf(Events[0])).toMatchObject({
    userIdentity: { type: 'IAMUser', userName: 'eve', accessKeyId: credentials.accessKeyId },
    errorCode: 'AccessDenied',
    errorMessage: message,
    requestParameters: null,
    responseElements: null,
  })
})

test('a call that AWS refuses has its error in the record', async () => {
  const { cloud, lookup } = await cloudWithGreeting()
  await callHello(cloud, 'DeleteGreeting', { Name: 'nobody' })
  expect(recordOf((await lookup(by('EventName', 'DeleteGreeting'))).Events[0])).toMatchObject({
    errorCode: 'GreetingNotFound',
    errorMessage: 'Greeting nobody does not exist.',
    requestParameters: { name: 'nobody' },
    responseElements: null,
  })
})

test('an operation that is not built is refused by name and leaves no event', async () => {
  const cloud = createCloud({ deepFreeze: true })
  const cloudtrail = client(cloud, CloudTrailClient)
  await expect(cloudtrail.send(new DescribeTrailsCommand({}))).rejects.toMatchObject({
    message:
      'Orrery does not model cloudtrail:DescribeTrails. The coverage page of cloudtrail lists what it does.',
  })
  await callHello(cloud, 'CreateGreeting', { Name: 'first', Language: 'fr' })
  expect((await lookupIn(cloud)()).Events).toEqual([])
})

test('a fork has the history of its origin, and its own from there', async () => {
  const { cloud, lookup } = await cloudWithGreeting()
  const fork = cloud.fork()
  await callHello(fork, 'DeleteGreeting', { Name: 'first' })
  const query = by('ReadOnly', 'false')
  expect(namesOf((await lookupIn(fork)(query)).Events)).toEqual([
    'DeleteGreeting',
    'CreateGreeting',
  ])
  expect(namesOf((await lookup(query)).Events)).toEqual(['CreateGreeting'])
})
