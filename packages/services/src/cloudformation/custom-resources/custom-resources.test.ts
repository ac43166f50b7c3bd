import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
} from '@aws-sdk/client-cloudformation'
import { GetTopicAttributesCommand } from '@aws-sdk/client-sns'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { allow, eventsOf, queue, stackWorld, userWith } from '../stacks.test-support.ts'
import { put, thing, topicProvider } from './provider.test-support.ts'

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'

async function world() {
  const stacks = stackWorld()
  return { ...stacks, provider: await topicProvider(stacks) }
}

test('a creation asks the provider with every property a string, and the answer is the resource', async () => {
  const { provider, create, events, stack, cfn } = await world()
  const { token } = provider
  const properties = { Size: 3, On: true, List: [1, { Deep: false }] }
  await create({
    ...thing(token, properties),
    Outputs: {
      Id: { Value: { Ref: 'Thing' } },
      Deep: { Value: { 'Fn::GetAtt': ['Thing', 'Deep.Answer'] } },
      Flat: { Value: { 'Fn::Sub': '<${Thing.Flat.Name}>' } },
    },
  })
  const request = await provider.request()
  const { ResponseURL, RequestId, StackId, ...rest } = request
  expect(rest).toEqual({
    RequestType: 'Create',
    ServiceToken: token,
    LogicalResourceId: 'Thing',
    ResourceType: 'Custom::Thing',
    ResourceProperties: {
      ServiceToken: token,
      Size: '3',
      On: 'true',
      List: ['1', { Deep: 'false' }],
    },
  })
  expect(RequestId).toMatch(new RegExp(`^${uuid}$`))
  const key = encodeURIComponent(`${StackId}|Thing|${RequestId}`).replaceAll('%2F', '/')
  expect(ResponseURL.replace(/AKIA\w{16}/, 'KEY').replace(/=[0-9a-f]{64}$/, '=SIGNATURE')).toBe(
    `https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/${key}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260101T000000Z&X-Amz-SignedHeaders=host&X-Amz-Expires=7199&X-Amz-Credential=KEY%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=SIGNATURE`,
  )
  expect(await events()).toEqual([
    's CREATE_IN_PROGRESS User Initiated',
    'Thing CREATE_IN_PROGRESS',
  ])

  await provider.answer(request, { Data: { Deep: { Answer: 42 }, 'Flat.Name': 'flat' } })
  expect(await events()).toEqual([
    's CREATE_IN_PROGRESS User Initiated',
    'Thing CREATE_IN_PROGRESS',
    'Thing CREATE_IN_PROGRESS Resource creation Initiated',
    'Thing CREATE_COMPLETE',
    's CREATE_COMPLETE',
  ])
  const { Outputs = [] } = await stack()
  expect(Outputs.map(({ OutputValue }) => OutputValue)).toEqual(['thing-1', '42', '<flat>'])
  const { StackResources = [] } = await cfn.send(
    new DescribeStackResourcesCommand({ StackName: 's' }),
  )
  expect(StackResources[0]?.PhysicalResourceId).toBe('thing-1')
})

test('what CloudFormation keeps its answers in is in no inventory', async () => {
  const { provider, create, remove, cloud } = await world()
  const before = cloud.inventory()
  await create(thing(provider.token))
  await provider.answer(await provider.request())
  await remove()
  await provider.answer(await provider.request())
  expect(cloud.inventory()).toEqual(before)
})

test('an update carries old and new properties; another physical id is a replacement, cleaned up after', async () => {
  const { provider, create, update, events } = await world()
  await create(thing(provider.token, { Size: 1 }))
  await provider.answer(await provider.request())

  await update(thing(provider.token, { Size: 2 }))
  const inPlace = await provider.request()
  expect(inPlace).toMatchObject({
    RequestType: 'Update',
    PhysicalResourceId: 'thing-1',
    ResourceProperties: { ServiceToken: provider.token, Size: '2' },
    OldResourceProperties: { ServiceToken: provider.token, Size: '1' },
  })
  await provider.answer(inPlace)
  expect(await events('UPDATE_IN_PROGRESS')).toEqual([
    's UPDATE_IN_PROGRESS User Initiated',
    'Thing UPDATE_IN_PROGRESS',
    'Thing UPDATE_COMPLETE',
    's UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    's UPDATE_COMPLETE',
  ])

  await update(thing(provider.token, { Size: 3 }))
  await provider.answer(await provider.request(), { PhysicalResourceId: 'thing-2' })
  const clean = await provider.request()
  expect(clean).toMatchObject({
    RequestType: 'Delete',
    PhysicalResourceId: 'thing-1',
    ResourceProperties: { ServiceToken: provider.token, Size: '2' },
  })
  expect(clean.OldResourceProperties).toBeUndefined()
  await provider.answer(clean)
  expect(await events('UPDATE_IN_PROGRESS')).toEqual([
    's UPDATE_IN_PROGRESS User Initiated',
    'Thing UPDATE_IN_PROGRESS',
    'Thing UPDATE_IN_PROGRESS Requested update required the provider to create a new physical resource',
    'Thing UPDATE_COMPLETE',
    's UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    'Thing DELETE_IN_PROGRESS',
    'Thing DELETE_COMPLETE',
    's UPDATE_COMPLETE',
  ])
})

test('a creation that fails is deleted by the id that the answer gave', async () => {
  const { provider, create, events } = await world()
  await create(thing(provider.token))
  const request = await provider.request()
  await provider.answer(request, {
    Status: 'FAILED',
    Reason: 'no room',
    PhysicalResourceId: 'half',
  })
  const removal = await provider.request()
  expect([removal.RequestType, removal.PhysicalResourceId]).toEqual(['Delete', 'half'])
  await provider.answer(removal)
  expect(await events('ROLLBACK_IN_PROGRESS')).toEqual([
    's ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Thing]. Rollback requested by user.',
    'Thing DELETE_IN_PROGRESS',
    'Thing DELETE_COMPLETE',
    's ROLLBACK_COMPLETE',
  ])
  expect((await events())[2]).toBe(
    'Thing CREATE_FAILED Received response status [FAILED] from custom resource. Message returned: no room (RequestId: *)',
  )
})

test.each([
  ['no physical id', { PhysicalResourceId: null }, 'Invalid PhysicalResourceId'],
  ['an empty physical id', { PhysicalResourceId: '' }, 'Invalid PhysicalResourceId'],
  [
    'another status',
    { Status: 'FAILURE' },
    "Invalid Response object: 'FAILURE' is not a valid ResponseStatus",
  ],
  ['more than 4,096 bytes', { Data: { Text: 'x'.repeat(4096) } }, 'Response object is too long.'],
  [
    "another request's id",
    { RequestId: 'other' },
    'Invalid Response object: RequestId is not that of the request',
  ],
])(
  'an answer with %s fails the resource, which is then deleted by a made-up id',
  async (_, more, reason) => {
    const { provider, create, events } = await world()
    await create(thing(provider.token))
    await provider.answer(await provider.request(), more)
    expect((await events())[2]).toBe(`Thing CREATE_FAILED ${reason}`)
    const removal = await provider.request()
    expect(removal.RequestType).toBe('Delete')
    expect(removal.PhysicalResourceId).toMatch(/^s-Thing-\w{12}$/)
  },
)

test('an answer that is no JSON fails the resource', async () => {
  const { provider, create, events, cloud } = await world()
  await create(thing(provider.token))
  const { ResponseURL } = await provider.request()
  expect(await put(cloud, ResponseURL, 'done!')).toBe(200)
  await cloud.advance({ minutes: 1 })
  expect((await events())[2]).toBe(
    'Thing CREATE_FAILED Invalid Response object: the body is not a JSON object',
  )
})

test('a lost answer fails the resource after an hour, or after ServiceTimeout', async () => {
  const { provider, create, events, resources, cloud } = await world()
  const reason =
    'Thing CREATE_FAILED CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [*]. If you are using the Python cfn-response module, you may need to update your Lambda function code so that CloudFormation can attach the updated version.'
  await create(thing(provider.token))
  const late = await provider.request()
  await cloud.advance({ minutes: 54 })
  expect(await resources()).toEqual({ Thing: 'CREATE_IN_PROGRESS' })
  await cloud.advance({ minutes: 2 })
  expect((await events())[2]).toBe(reason)
  await provider.answer(late)
  expect((await resources())['Thing']).toBe('DELETE_IN_PROGRESS')

  await create(thing(provider.token, { ServiceTimeout: 60 }), {}, 'quick')
  expect((await events(undefined, 'quick'))[2]).toBe(reason)
})

test('an answer counts once, and a URL is good for two hours', async () => {
  const { provider, create, events, cloud } = await world()
  await create(thing(provider.token))
  const request = await provider.request()
  await provider.answer(request)
  const before = await events()
  await provider.answer(request, { Status: 'FAILED', Reason: 'again' })
  expect(await events()).toEqual(before)
  await cloud.advance({ hours: 2 })
  expect(await put(cloud, request.ResponseURL, '{}')).toBe(403)
  const other = request.ResponseURL.replace('Thing', 'Other')
  expect(await put(cloud, other, '{}')).toBe(403)
})

test('an update that fails is taken back by an update, and what was made anew is deleted', async () => {
  const { provider, create, update, events, cfn } = await world()
  const failing = { Bad: queue('x'.repeat(90), {}, { DependsOn: 'Thing' }) }
  await create(thing(provider.token, { Size: 1 }))
  await provider.answer(await provider.request())

  await update(thing(provider.token, { Size: 2 }, failing))
  await provider.answer(await provider.request(), { PhysicalResourceId: 'thing-2' })
  const back = await provider.request()
  expect(back).toMatchObject({
    RequestType: 'Update',
    PhysicalResourceId: 'thing-2',
    ResourceProperties: { Size: '1' },
    OldResourceProperties: { Size: '2' },
  })
  await provider.answer(back, { PhysicalResourceId: 'thing-1' })
  const clean = await provider.request()
  expect(clean).toMatchObject({
    RequestType: 'Delete',
    PhysicalResourceId: 'thing-2',
    ResourceProperties: { Size: '2' },
  })
  await provider.answer(clean)
  expect((await events()).at(-1)).toBe('s UPDATE_ROLLBACK_COMPLETE')
  const { StackResources = [] } = await cfn.send(
    new DescribeStackResourcesCommand({ StackName: 's', LogicalResourceId: 'Thing' }),
  )
  expect(StackResources[0]).toMatchObject({
    PhysicalResourceId: 'thing-1',
    ResourceStatus: 'UPDATE_COMPLETE',
  })
})

test('a refused update is asked back; the same id needs no clean-up', async () => {
  const { provider, create, update, events } = await world()
  await create(thing(provider.token, { Size: 1 }))
  await provider.answer(await provider.request())
  await update(thing(provider.token, { Size: 2 }))
  await provider.answer(await provider.request(), { Status: 'FAILED', Reason: 'too big' })
  const back = await provider.request()
  expect(back).toMatchObject({
    RequestType: 'Update',
    PhysicalResourceId: 'thing-1',
    ResourceProperties: { Size: '1' },
    OldResourceProperties: { Size: '2' },
  })
  await provider.answer(back)
  expect((await events('UPDATE_ROLLBACK_IN_PROGRESS')).slice(1)).toEqual([
    'Thing UPDATE_IN_PROGRESS',
    'Thing UPDATE_COMPLETE',
    's UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    's UPDATE_ROLLBACK_COMPLETE',
  ])
})

test('a deletion that the provider refuses fails the stack', async () => {
  const { provider, create, remove, events } = await world()
  await create(thing(provider.token))
  await provider.answer(await provider.request())
  await remove()
  await provider.answer(await provider.request(), { Status: 'FAILED', Reason: 'in use' })
  expect(await events('DELETE_IN_PROGRESS')).toEqual([
    's DELETE_IN_PROGRESS User Initiated',
    'Thing DELETE_IN_PROGRESS',
    'Thing DELETE_FAILED Received response status [FAILED] from custom resource. Message returned: in use (RequestId: *)',
    's DELETE_FAILED The following resource(s) failed to delete: [Thing]. ',
  ])
})

test('an attribute that the answer lacks fails whoever asks for it', async () => {
  const { provider, create, events } = await world()
  const asks = { Q: queue({ 'Fn::GetAtt': ['Thing', 'Name'] }) }
  await create(thing(provider.token, {}, asks))
  await provider.answer(await provider.request(), { Data: { Other: 1 } })
  const failed = (await events()).find((event) => event.startsWith('Q '))
  expect(failed?.replace(/arn:\S+\|Thing\|\*/, 'OBJECT')).toBe(
    "Q CREATE_FAILED CustomResource attribute error: Vendor response doesn't contain Name attribute in object OBJECT",
  )
})

test('NoEcho hides what an answer says from the events of those who use it', async () => {
  const { provider, create, cfn, sns } = await world()
  const Topic = {
    Type: 'AWS::SNS::Topic',
    Properties: { DisplayName: { 'Fn::Sub': 'pw ${Thing.Secret}' } },
  }
  await create(thing(provider.token, {}, { Topic }))
  await provider.answer(await provider.request(), { Data: { Secret: 'hunter2' }, NoEcho: true })
  const { StackResources = [] } = await cfn.send(
    new DescribeStackResourcesCommand({ StackName: 's', LogicalResourceId: 'Topic' }),
  )
  const TopicArn = StackResources[0]?.PhysicalResourceId
  const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }))
  expect(Attributes?.['DisplayName']).toBe('pw hunter2')
  const { StackEvents = [] } = await cfn.send(new DescribeStackEventsCommand({ StackName: 's' }))
  const shown = StackEvents.filter(({ LogicalResourceId }) => LogicalResourceId === 'Topic')
  expect(new Set(shown.map(({ ResourceProperties }) => ResourceProperties))).toEqual(
    new Set(['{"DisplayName":"pw ****"}']),
  )
})

test('a service token stays what it is', async () => {
  const { provider, create, update, events } = await world()
  await create(thing(provider.token))
  await provider.answer(await provider.request())
  await update(thing(`${provider.token}-other`))
  expect((await events('UPDATE_IN_PROGRESS'))[2]).toBe(
    'Thing UPDATE_FAILED Modifying service token is not allowed.',
  )
})

test.each([
  ['nothing', undefined],
  ['no ARN', 'provider'],
  ['a queue', 'arn:aws:sqs:us-east-1:123456789012:q'],
  ['another region', 'arn:aws:sns:eu-west-1:123456789012:t'],
])('a service token that is %s is invalid', async (_, ServiceToken) => {
  const { create, events } = stackWorld()
  await create({ Resources: { Thing: { Type: 'Custom::Thing', Properties: { ServiceToken } } } })
  expect((await events())[2]).toBe('Thing CREATE_FAILED Invalid service token.')
})

test('the deployer asks the provider: who may not publish makes no custom resource', async () => {
  const { provider, cloud, rest } = await world()
  const credentials = userWith(cloud, [allow('cloudformation:*')])
  const cfn = client(cloud, CloudFormationClient, { credentials })
  const TemplateBody = JSON.stringify(thing(provider.token))
  await rest(cfn.send(new CreateStackCommand({ StackName: 's', TemplateBody })))
  expect((await eventsOf(cfn, 's'))[2]).toBe(
    `Thing CREATE_FAILED User: arn:aws:iam::123456789012:user/ana is not authorized to perform: SNS:Publish on resource: ${provider.token} because no identity-based policy allows the SNS:Publish action (Service: Sns, Status Code: 403, Request ID: *)`,
  )
  expect(await provider.requests()).toEqual([])
})

test('a fork made while a provider works gets its own answer', async () => {
  const { provider, create, cloud, resources } = await world()
  await create(thing(provider.token))
  const request = await provider.request()
  const fork = cloud.fork()
  const { StackId, RequestId, LogicalResourceId } = request
  const body = { Status: 'SUCCESS', PhysicalResourceId: 'forked', StackId, RequestId }
  await put(fork, request.ResponseURL, JSON.stringify({ ...body, LogicalResourceId }))
  await fork.advance({ minutes: 1 })
  expect(await stackWorld(fork).resources()).toEqual({ Thing: 'CREATE_COMPLETE' })
  expect(await resources()).toEqual({ Thing: 'CREATE_IN_PROGRESS' })
})

test('the same seed gives the same journal', async () => {
  const run = async () => {
    const { provider, create, remove, cloud } = await world()
    await create(thing(provider.token))
    await provider.answer(await provider.request())
    await remove()
    await provider.answer(await provider.request())
    return cloud.kernel.journal.digest()
  }
  expect(await run()).toBe(await run())
})
