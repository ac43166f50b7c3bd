import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation'
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { client, createCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { type Handler, testFunctions } from '../functions.test-support.ts'
import { allow, eventsOf, queue, stackWorld, userWith } from '../stacks.test-support.ts'
import { type ProviderRequest, thing } from './provider.test-support.ts'

type Put = Parameters<Handler>[1]

/** Answers as a provider does, by a PUT to the URL of the request. */
const answering =
  (more: (request: ProviderRequest) => object = () => ({}), log: ProviderRequest[] = []) =>
  async (request: ProviderRequest, put: Put) => {
    log.push(request)
    const { StackId, RequestId, LogicalResourceId, PhysicalResourceId = 'made' } = request
    const body = {
      Status: 'SUCCESS',
      StackId,
      RequestId,
      LogicalResourceId,
      PhysicalResourceId,
      ...more(request),
    }
    await put(request.ResponseURL, JSON.stringify(body))
  }

async function world(handler: Handler) {
  const functions = testFunctions()
  const cloud = createCloud({ deepFreeze: true, runtimes: functions.runtimes })
  const token = await functions.add(cloud, 'provider', handler)
  return { ...stackWorld(cloud), token }
}

test('a function makes, changes and deletes a resource', async () => {
  const log: ProviderRequest[] = []
  const { create, update, remove, stack, token, events } = await world(
    answering(({ ResourceProperties }) => ({ Data: { Size: ResourceProperties['Size'] } }), log),
  )
  const sized = (Size: number) => ({
    ...thing(token, { Size }),
    Outputs: { Size: { Value: { 'Fn::GetAtt': ['Thing', 'Size'] } } },
  })
  await create(sized(1))
  expect((await stack()).Outputs?.[0]?.OutputValue).toBe('1')
  await update(sized(2))
  expect((await stack()).Outputs?.[0]?.OutputValue).toBe('2')
  const { StackId } = await stack()
  await remove()
  expect((await events(undefined, StackId)).at(-1)).toBe('s DELETE_COMPLETE')
  expect(
    log.map(({ RequestType, PhysicalResourceId }) => [RequestType, PhysicalResourceId]),
  ).toEqual([
    ['Create', undefined],
    ['Update', 'made'],
    ['Delete', 'made'],
  ])
})

test('what depends on a resource waits for its function', async () => {
  const log: ProviderRequest[] = []
  const { create, token, events } = await world(answering(undefined, log))
  await create(thing(token, {}, { After: queue('after', {}, { DependsOn: 'Thing' }) }))
  const all = await events()
  expect(all.indexOf('Thing CREATE_COMPLETE')).toBeLessThan(all.indexOf('After CREATE_IN_PROGRESS'))
  expect(all.at(-1)).toBe('s CREATE_COMPLETE')
})

test('what fails beside a function at work calls it off; it is asked to delete what it may have made', async () => {
  const log: ProviderRequest[] = []
  const { create, token, events } = await world(async (request: ProviderRequest, put) => {
    if (request.RequestType === 'Delete') await answering()(request, put)
    log.push(request)
  })
  await create(thing(token, {}, { Bad: queue('x'.repeat(90)) }))
  expect((await events()).filter((event) => event.startsWith('Thing'))).toEqual([
    'Thing CREATE_IN_PROGRESS',
    'Thing CREATE_FAILED Resource creation cancelled',
    'Thing DELETE_IN_PROGRESS',
    'Thing DELETE_COMPLETE',
  ])
  const [asked, removal] = log
  expect([log.length, asked?.RequestType, removal?.RequestType]).toEqual([2, 'Create', 'Delete'])
  expect(removal?.PhysicalResourceId).toMatch(/^s-Thing-\w{12}$/)
})

test('a rollback deletes what the function had made', async () => {
  const log: ProviderRequest[] = []
  const { create, token, stack } = await world(answering(undefined, log))
  await create(thing(token, {}, { Bad: queue('x'.repeat(90), {}, { DependsOn: 'Thing' }) }))
  expect((await stack()).StackStatus).toBe('ROLLBACK_COMPLETE')
  expect(log.map(({ RequestType }) => RequestType)).toEqual(['Create', 'Delete'])
})

test('a function that throws answers nothing: the resource waits for its hour', async () => {
  const { create, token, resources, cloud, events } = await world(() => {
    throw new Error('no')
  })
  await create(thing(token))
  expect(await resources()).toEqual({ Thing: 'CREATE_IN_PROGRESS' })
  await cloud.advance({ hours: 1 })
  expect((await events())[2]).toContain('Thing CREATE_FAILED CloudFormation did not receive')
})

test('AWS::CloudFormation::CustomResource is a custom resource like those of one’s own name', async () => {
  const log: ProviderRequest[] = []
  const { create, token, resources } = await world(answering(undefined, log))
  const Type = 'AWS::CloudFormation::CustomResource'
  const Properties = { ServiceToken: token, ServiceTimeout: 10, Any: { Thing: [1] } }
  await create({ Resources: { Own: { Type, Properties } } })
  expect(await resources()).toEqual({ Own: 'CREATE_COMPLETE' })
  expect(log[0]?.ResourceType).toBe(Type)
  expect(log[0]?.ResourceProperties).toEqual({
    ServiceToken: token,
    ServiceTimeout: '10',
    Any: { Thing: ['1'] },
  })
})

test('a function that is not there, or that the deployer may not invoke, makes nothing', async () => {
  const { create, token, events, cloud, rest } = await world(() => null)
  await create(thing(`${token}-other`))
  expect((await events())[2]).toBe(
    `Thing CREATE_FAILED Function not found: ${token}-other:$LATEST (Service: Lambda, Status Code: 404, Request ID: *)`,
  )
  expect((await events()).at(-1)).toBe('s ROLLBACK_COMPLETE')
  const credentials = userWith(cloud, [allow('cloudformation:*')])
  const cfn = client(cloud, CloudFormationClient, { credentials })
  const TemplateBody = JSON.stringify(thing(token))
  await rest(cfn.send(new CreateStackCommand({ StackName: 'denied', TemplateBody })))
  expect((await eventsOf(cfn, 'denied'))[2]).toBe(
    `Thing CREATE_FAILED User: arn:aws:iam::123456789012:user/ana is not authorized to perform: lambda:InvokeFunction on resource: ${token} because no identity-based policy allows the lambda:InvokeFunction action (Service: Lambda, Status Code: 403, Request ID: *)`,
  )
})

test('a stack with a role asks as its role, a nested stack as its parent', async () => {
  const log: ProviderRequest[] = []
  const { create, token, iam, s3, events, stack } = await world(answering(undefined, log))
  const trust = {
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { Service: 'cloudformation.amazonaws.com' },
  }
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] })
  const RoleName = 'deployer'
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))
  const RoleARN = Role?.Arn ?? ''
  await create(thing(token), { RoleARN }, 'denied')
  expect((await events(undefined, 'denied'))[2]).toContain(
    `User: arn:aws:sts::123456789012:assumed-role/deployer/AWSCloudFormation is not authorized to perform: lambda:InvokeFunction on resource: ${token}`,
  )
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [allow(['lambda:InvokeFunction', 's3:GetObject'])],
  })
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument }))
  await s3.send(new CreateBucketCommand({ Bucket: 'templates' }))
  const Body = JSON.stringify(thing(token))
  await s3.send(new PutObjectCommand({ Bucket: 'templates', Key: 'child', Body }))
  const TemplateURL = 'https://templates.s3.us-east-1.amazonaws.com/child'
  const Child = { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL } }
  await create({ Resources: { Child } }, { RoleARN })
  expect((await stack()).StackStatus).toBe('CREATE_COMPLETE')
  expect(log.map(({ StackId }) => StackId.split('/')[1]?.slice(0, 8))).toEqual(['s-Child-'])
})

test('a hundred custom resources of one stack are asked side by side', async () => {
  const log: ProviderRequest[] = []
  const { create, token, stack } = await world(answering(undefined, log))
  const names = Array.from({ length: 100 }, (_, i) => `Thing${i}`)
  const Thing = { Type: 'Custom::Thing', Properties: { ServiceToken: token } }
  await create({ Resources: Object.fromEntries(names.map((name) => [name, Thing])) })
  expect((await stack()).StackStatus).toBe('CREATE_COMPLETE')
  expect(log.map(({ LogicalResourceId }) => LogicalResourceId).sort()).toEqual(names.sort())
})

test('another region has its own bucket for answers, behind its own name', async () => {
  const functions = testFunctions()
  const region = 'eu-west-1'
  const cloud = createCloud({ deepFreeze: true, region, runtimes: functions.runtimes })
  const log: ProviderRequest[] = []
  const token = await functions.add(cloud, 'provider', answering(undefined, log))
  const { create, resources } = stackWorld(cloud)
  await create(thing(token))
  expect(await resources()).toEqual({ Thing: 'CREATE_COMPLETE' })
  expect(new URL(log[0]?.ResponseURL ?? '').host).toBe(
    'cloudformation-custom-resource-response-euwest1.s3.eu-west-1.amazonaws.com',
  )
})

test('an outage of the function’s service fails the resource', async () => {
  const { create, token, cloud, events } = await world(answering())
  cloud.armFault('lambda.Invoke', { kind: 'error', code: 'ServiceException' })
  await create(thing(token))
  expect((await events())[2]).toMatch(/^Thing CREATE_FAILED .*\(Service: Lambda, Status Code: 500/)
})

test('the same seed gives the same journal, functions included', async () => {
  const run = async () => {
    const { create, remove, token, cloud } = await world(answering())
    await create(thing(token))
    await remove()
    return cloud.kernel.journal.digest()
  }
  expect(await run()).toBe(await run())
})
