import { DeleteSubnetCommand, EC2Client } from '@aws-sdk/client-ec2'
import {
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DeleteLoadBalancerCommand,
  DeleteTargetGroupCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyLoadBalancerAttributesCommand,
  RegisterTargetsCommand,
  SetRulePrioritiesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { client } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { functionCaller, makeFunction } from '../lambda/functions.test-support.ts'
import {
  addRule,
  addressGroup,
  ask,
  balance,
  fixed,
  forwardTo,
  functionGroup,
  listen,
  network,
  start,
} from './elbv2.test-support.ts'

const path = (...Values: string[]) => ({ Field: 'path-pattern', PathPatternConfig: { Values } })

test('a load balancer is provisioned, then active, under a name of its own', async () => {
  const started = start()
  const { subnets: Subnets, vpcId } = await network(started)
  const { LoadBalancers = [] } = await started.elb.send(
    new CreateLoadBalancerCommand({ Name: 'web', Subnets }),
  )
  const [made] = LoadBalancers
  expect([made?.State?.Code, made?.Scheme, made?.Type, made?.VpcId]).toEqual([
    'provisioning',
    'internet-facing',
    'application',
    vpcId,
  ])
  expect(made?.DNSName).toMatch(/^web-\d{9,10}\.us-east-1\.elb\.amazonaws\.com$/)
  await started.cloud.advance({ seconds: 2 })
  const after = await started.elb.send(new DescribeLoadBalancersCommand({ Names: ['web'] }))
  expect(after.LoadBalancers?.map(({ State }) => State?.Code)).toEqual(['active'])
  const ec2 = client(started.cloud, EC2Client)
  const remove = new DeleteSubnetCommand({ SubnetId: Subnets[0] })
  await expect(ec2.send(remove)).rejects.toMatchObject({ name: 'DependencyViolation' })
})

test('one subnet is too few, and other kinds are refused by name', async () => {
  const started = start()
  const { subnets } = await network(started)
  const make = (input: object) =>
    started.elb.send(new CreateLoadBalancerCommand({ Name: 'web', Subnets: subnets, ...input }))
  await expect(make({ Subnets: subnets.slice(0, 1) })).rejects.toMatchObject({
    name: 'ValidationError',
    message: 'At least two subnets in two different Availability Zones must be specified',
  })
  await expect(make({ Type: 'network' })).rejects.toMatchObject({
    $metadata: { httpStatusCode: 501 },
    message: expect.stringContaining('load balancers of type network'),
  })
  await expect(make({ Subnets: ['subnet-1', 'subnet-2'] })).rejects.toMatchObject({
    name: 'SubnetNotFoundException',
    message: "The subnet ID 'subnet-1' does not exist",
  })
})

test('one that is protected is not deleted', async () => {
  const made = await balance(start())
  const protect = (Value: string) =>
    made.elb.send(
      new ModifyLoadBalancerAttributesCommand({
        LoadBalancerArn: made.arn,
        Attributes: [{ Key: 'deletion_protection.enabled', Value }],
      }),
    )
  await protect('true')
  const remove = new DeleteLoadBalancerCommand({ LoadBalancerArn: made.arn })
  await expect(made.elb.send(remove)).rejects.toMatchObject({
    name: 'OperationNotPermittedException',
    message: `Load balancer '${made.arn}' cannot be deleted because deletion protection is enabled`,
  })
  await protect('false')
  await made.elb.send(remove)
  expect((await made.elb.send(new DescribeLoadBalancersCommand({}))).LoadBalancers).toEqual([])
})

test('rules are tried by their priorities, whatever order they came in', async () => {
  const made = await balance(start())
  const listener = await listen(made, [fixed('404')])
  const second = await addRule(made, listener, 20, [path('/a*')], [fixed('202')])
  const first = await addRule(made, listener, 10, [path('/ab')], [fixed('201')])
  const statuses = async () =>
    [await ask(made, '/ab'), await ask(made, '/ac'), await ask(made, '/b')].map((it) => it.status)
  expect(await statuses()).toEqual([201, 202, 404])
  await made.elb.send(
    new SetRulePrioritiesCommand({
      RulePriorities: [
        { RuleArn: first, Priority: 20 },
        { RuleArn: second, Priority: 10 },
      ],
    }),
  )
  expect(await statuses()).toEqual([202, 202, 404])
  const { Rules = [] } = await made.elb.send(new DescribeRulesCommand({ ListenerArn: listener }))
  expect(Rules.map(({ Priority }) => Priority)).toEqual(['10', '20', 'default'])
  const again = addRule(made, listener, 10, [path('/c')], [fixed('200')])
  await expect(again).rejects.toMatchObject({
    name: 'PriorityInUseException',
    message: "Priority '10' is currently in use",
  })
})

test('every condition picks its requests', async () => {
  const made = await balance(start())
  const listener = await listen(made, [fixed('404')])
  const conditions = [
    [{ Field: 'host-header', HostHeaderConfig: { Values: ['*.ELB.amazonaws.com'] } }, path('/h*')],
    [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Kind', Values: ['b?ta*'] } }],
    [{ Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'v', Value: '2*' }] } }],
    [{ Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['PURGE'] } }],
    [{ Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } }, path('/never')],
    [{ Field: 'source-ip', SourceIpConfig: { Values: ['127.0.0.0/8'] } }, path('/local')],
  ]
  for (const [at, condition] of conditions.entries()) {
    await addRule(made, listener, at + 1, condition, [fixed(String(220 + at))])
  }
  const status = async (at: string, options?: Parameters<typeof ask>[2]) =>
    (await ask(made, at, options)).status
  expect([
    await status('/host'),
    await status('/', { headers: { 'x-kind': 'BETA-1' } }),
    await status('/?a=1&v=2x'),
    await status('/', { method: 'PURGE' }),
    await status('/never'),
    await status('/local'),
    await status('/'),
  ]).toEqual([220, 221, 222, 223, 404, 225, 404])
})

test('a redirect keeps what it does not change, and cannot lead to itself', async () => {
  const made = await balance(start())
  const RedirectConfig = { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' as const }
  await listen(made, [{ Type: 'redirect', RedirectConfig }])
  const { status, headers } = await ask(made, '/a/b?x=1')
  expect([status, headers.get('location'), headers.get('server')]).toEqual([
    301,
    `https://${made.host.toLowerCase()}:443/a/b?x=1`,
    'awselb/2.0',
  ])
  const loop = listen(made, [{ Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_302' } }], 81)
  await expect(loop).rejects.toMatchObject({
    name: 'InvalidLoadBalancerActionException',
    message: 'The redirect configuration is not valid because it creates a loop',
  })
})

test('a function gets the request as the load balancer tells it', async () => {
  const made = await balance(
    start({
      web: (event: unknown) => ({
        statusCode: 201,
        headers: { 'Content-Type': 'application/json', 'X-Own': 'yes' },
        body: JSON.stringify(event),
      }),
    }),
  )
  const group = await functionGroup(made, 'web')
  await listen(made, [forwardTo(group)])
  const answer = await ask(made, '/a%2Fb?x=1&x=2&y=%20', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-amzn-oidc-identity': 'forged',
      'x-forwarded-for': '1.2.3.4',
    },
    body: '{"n":1}',
  })
  expect([answer.status, answer.headers.get('x-own')]).toEqual([201, 'yes'])
  expect(JSON.parse(answer.body)).toEqual({
    requestContext: { elb: { targetGroupArn: group } },
    httpMethod: 'POST',
    path: '/a%2Fb',
    queryStringParameters: { x: '2', y: '%20' },
    headers: {
      host: made.host.toLowerCase(),
      'content-type': 'application/json',
      'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
      'x-forwarded-for': '1.2.3.4, 127.0.0.1',
      'x-forwarded-port': '80',
      'x-forwarded-proto': 'http',
    },
    body: '{"n":1}',
    isBase64Encoded: false,
  })
})

test('a function that fails, or answers what is no response, is a bad gateway', async () => {
  const made = await balance(
    start({
      web: (event: { path: string }) => {
        if (event.path === '/throw') throw new Error('no')
        return { statusCode: '200' }
      },
    }),
  )
  await listen(made, [forwardTo(await functionGroup(made, 'web'))])
  const answers = [await ask(made, '/throw'), await ask(made, '/odd')]
  expect(answers.map(({ status }) => status)).toEqual([502, 502])
  expect(answers[0]?.body).toContain('<h1>502 Bad Gateway</h1>')
})

test('a function that the balancer may not invoke is not registered', async () => {
  const made = start({ web: () => ({}) })
  const { FunctionArn = '' } = await makeFunction(made, 'web')
  const { TargetGroups = [] } = await made.elb.send(
    new CreateTargetGroupCommand({ Name: 'web', TargetType: 'lambda' }),
  )
  const TargetGroupArn = TargetGroups[0]?.TargetGroupArn ?? ''
  const register = new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: FunctionArn }] })
  await expect(made.elb.send(register)).rejects.toMatchObject({
    name: 'AccessDenied',
    message: `elasticloadbalancing principal does not have permission to invoke ${FunctionArn} from target group ${TargetGroupArn}`,
  })
})

test('targets are checked on the clock; one that fails gets no more requests', async () => {
  const made = await balance(start())
  let sick = false
  for (const ip of ['10.0.0.1', '10.0.0.2']) {
    made.cloud.internet.set(ip, ({ url }) => {
      const isCheck = url.endsWith('/health')
      const status = isCheck && sick && ip === '10.0.0.2' ? 500 : 200
      return { status, headers: {}, body: ip }
    })
  }
  const group = await addressGroup(made, 'web', ['10.0.0.1', '10.0.0.2'], {
    HealthCheckPath: '/health',
    HealthCheckIntervalSeconds: 10,
  })
  const states = async () => {
    const { TargetHealthDescriptions = [] } = await made.elb.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: group }),
    )
    return TargetHealthDescriptions.map(({ TargetHealth }) => TargetHealth?.State)
  }
  expect(await states()).toEqual(['unused', 'unused'])
  await listen(made, [forwardTo(group)])
  await made.cloud.advance({ seconds: 1 })
  expect(await states()).toEqual(['healthy', 'healthy'])
  const bodies = async () => [(await ask(made, '/')).body, (await ask(made, '/')).body].sort()
  expect(await bodies()).toEqual(['10.0.0.1', '10.0.0.2'])
  sick = true
  await made.cloud.advance({ seconds: 20 })
  expect(await states()).toEqual(['healthy', 'unhealthy'])
  expect(await bodies()).toEqual(['10.0.0.1', '10.0.0.1'])
  sick = false
  await made.cloud.advance({ seconds: 50 })
  expect(await states()).toEqual(['healthy', 'healthy'])
  const remove = new DeleteTargetGroupCommand({ TargetGroupArn: group })
  await expect(made.elb.send(remove)).rejects.toMatchObject({ name: 'ResourceInUseException' })
})

test('a client with the cookie comes back to its target', async () => {
  const made = await balance(start())
  for (const ip of ['10.0.0.1', '10.0.0.2']) {
    made.cloud.internet.set(ip, () => ({ status: 200, headers: {}, body: ip }))
  }
  const group = await addressGroup(made, 'web', ['10.0.0.1', '10.0.0.2'])
  const { ModifyTargetGroupAttributesCommand } = await import(
    '@aws-sdk/client-elastic-load-balancing-v2'
  )
  await made.elb.send(
    new ModifyTargetGroupAttributesCommand({
      TargetGroupArn: group,
      Attributes: [{ Key: 'stickiness.enabled', Value: 'true' }],
    }),
  )
  await listen(made, [forwardTo(group)])
  await made.cloud.advance({ seconds: 1 })
  const first = await ask(made, '/')
  expect(first.cookies.map((it) => it.split('=')[0])).toEqual(['AWSALB', 'AWSALBCORS'])
  const cookie = first.cookies[0]?.split(';')[0] ?? ''
  for (let i = 0; i < 3; i += 1) {
    expect((await ask(made, '/', { headers: { cookie } })).body).toBe(first.body)
  }
})

test('requests that two servers could read in two ways are refused', async () => {
  const made = await balance(start())
  await listen(made, [fixed('200')])
  const status = async (headers: Record<string, string>) =>
    (await ask(made, '/', { headers })).status
  expect([
    await status({ 'content-length': '1,2' }),
    await status({ 'transfer-encoding': 'xchunked' }),
    await status({ 'x-forwarded-for': Array(31).fill('1.1.1.1').join(',') }),
    await status({ 'x-large': 'x'.repeat(16_384) }),
    await status({ 'x-fine': 'x' }),
  ]).toEqual([400, 400, 463, 400, 200])
})

test('who may not is told which permission is missing', async () => {
  const made = await balance(start())
  const credentials = functionCaller(made.cloud, ['elasticloadbalancing:Describe*'])
  const elb = client(made.cloud, ElasticLoadBalancingV2Client, { credentials })
  expect((await elb.send(new DescribeLoadBalancersCommand({}))).LoadBalancers?.length).toBe(1)
  const remove = new DeleteLoadBalancerCommand({ LoadBalancerArn: made.arn })
  await expect(elb.send(remove)).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining(
      `is not authorized to perform: elasticloadbalancing:DeleteLoadBalancer on resource: ${made.arn} because no identity-based policy allows the elasticloadbalancing:DeleteLoadBalancer action`,
    ),
  })
})

test('the same seed gives the same journal', async () => {
  const digest = async () => {
    const made = await balance(start())
    await listen(made, [fixed('200')])
    await ask(made, '/')
    return made.cloud.kernel.journal.digest()
  }
  expect(await digest()).toBe(await digest())
})
