/**
 * What a request to a function costs through an HTTP API and through a load balancer, over the port, beside the same
 * handler in a worker thread behind a bare Node HTTP server; and what a JWT authorizer adds, in the process.
 * Run: node bench/apis.ts, compiled.
 */
import { generateKeyPairSync, sign } from 'node:crypto'
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateAuthorizerCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
} from '@aws-sdk/client-apigatewayv2'
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2'
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { IAMClient } from '@aws-sdk/client-iam'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { type Cloud, client, createCloud, fetchFromCloud } from '@cloud-orrery/cloud'
import { encoded, script } from './processes/children.ts'
import { functionRole, makeFunction } from './processes/function-code.ts'
import { type Server, startServer } from './processes/server.ts'
import { inTurns, median, printTable, type Row } from './table.ts'

const overBareMax = 2
const authorizerMsMax = 0.2
const roundMs = 500
const rounds = 15
const callsPerBatch = 20

const source = `export const handler = async (event) => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ hello: event.rawPath ?? event.path }),
})`
const callers = ['apigateway.amazonaws.com', 'elasticloadbalancing.amazonaws.com']

type Clients = Pick<Server, 'client'>

const shortWhile = () => new Promise((resolve) => setTimeout(resolve, 50))

/** An HTTP API with one route to a function; gives its id and the integration's target. */
async function httpApi({ client }: Clients, functionArn: string) {
  const gateway = client(ApiGatewayV2Client)
  const { ApiId = '' } = await gateway.send(
    new CreateApiCommand({ Name: 'bench', ProtocolType: 'HTTP' }),
  )
  const { IntegrationId } = await gateway.send(
    new CreateIntegrationCommand({
      ApiId,
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: functionArn,
      PayloadFormatVersion: '2.0',
    }),
  )
  const Target = `integrations/${IntegrationId}`
  await gateway.send(new CreateRouteCommand({ ApiId, RouteKey: 'GET /hello', Target }))
  await gateway.send(new CreateStageCommand({ ApiId, StageName: '$default', AutoDeploy: true }))
  return { ApiId, Target, gateway, host: `${ApiId}.execute-api.us-east-1.amazonaws.com` }
}

/** The host of a load balancer whose listener forwards all to a function. */
async function balancer({ client }: Clients, functionArn: string): Promise<string> {
  const elb = client(ElasticLoadBalancingV2Client)
  const { Subnets = [] } = await client(EC2Client).send(new DescribeSubnetsCommand({}))
  const { LoadBalancers = [] } = await elb.send(
    new CreateLoadBalancerCommand({
      Name: 'bench',
      Subnets: Subnets.slice(0, 2).map(({ SubnetId = '' }) => SubnetId),
    }),
  )
  const { LoadBalancerArn, DNSName = '' } = LoadBalancers[0] ?? {}
  const { TargetGroups = [] } = await elb.send(
    new CreateTargetGroupCommand({ Name: 'bench', TargetType: 'lambda' }),
  )
  const TargetGroupArn = TargetGroups[0]?.TargetGroupArn
  await elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: functionArn }] }))
  await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn,
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'forward', TargetGroupArn }],
    }),
  )
  for (;;) {
    const { LoadBalancers: found = [] } = await elb.send(new DescribeLoadBalancersCommand({}))
    if (found[0]?.State?.Code === 'active') return DNSName
    await shortWhile()
  }
}

interface Round {
  readonly calls: number
  readonly failed: number
  readonly ms: number
}

/** A load that asks one host of a port again and again: calls a second of a round. */
function loadOn(port: number, host: string, connections: number) {
  const load = script(
    'load',
    encoded({
      ...{ method: 'GET', path: '/hello', headers: { host }, body: '', connections, roundMs },
    }),
  )
  return {
    async round(): Promise<number> {
      load.write(`${port}\n`)
      const { calls, failed, ms } = JSON.parse(await load.line()) as Round
      if (failed !== 0) throw new Error(`${failed} calls of ${host} failed`)
      return (calls * 1000) / ms
    },
    end: () => load.end(),
  }
}

async function overThePort(): Promise<Row[]> {
  const server = await startServer()
  const role = await functionRole(server.client(IAMClient))
  const lambda = server.client(LambdaClient)
  const arn = await makeFunction(lambda, { name: 'bench', role, source }, callers, shortWhile)
  const { host } = await httpApi(server, arn)
  const balanced = await balancer(server, arn)
  const bare = script('worker-server', Buffer.from(source).toString('base64'))
  const { port: barePort } = JSON.parse(await bare.line()) as { port: number }
  const rates = async (connections: number) => {
    const loads = [
      loadOn(barePort, 'bench.test', connections),
      loadOn(server.port, host, connections),
      loadOn(server.port, balanced, connections),
    ]
    const all: number[][] = loads.map(() => [])
    for (let i = -4; i < rounds; i += 1) {
      for (const [index, load] of loads.entries()) {
        const rate = await load.round()
        if (i >= 0) all[index]?.push(rate)
      }
    }
    for (const load of loads) await load.end()
    const [bareRate = 0, apiRate = 0, balancerRate = 0] = all.map(median)
    return { bareRate, apiRate, balancerRate }
  }
  const one = await rates(1)
  const many = await rates(16)
  await Promise.all([server.end(), bare.end()])
  const us = (rate: number) => `${(1e6 / rate).toFixed(0)} µs`
  const ratio = one.bareRate / one.apiRate
  const balancerRatio = one.apiRate / one.balancerRate
  return [
    {
      what: 'HTTP API to a warm function over the port, over the handler in a worker behind a bare server',
      value: `${ratio.toFixed(2)}x (${us(one.apiRate)} over ${us(one.bareRate)})`,
      target: `<= ${overBareMax}x`,
      ok: ratio <= overBareMax,
    },
    {
      what: 'load balancer to the same function, over the HTTP API',
      value: `${balancerRatio.toFixed(2)}x (${us(one.balancerRate)})`,
      target: '<= 1x',
      ok: balancerRatio <= 1,
    },
    {
      what: 'requests a second through the HTTP API, 16 connections, of the bare server’s',
      value: `${((100 * many.apiRate) / many.bareRate).toFixed(0)} % (${many.apiRate.toFixed(0)} of ${many.bareRate.toFixed(0)}; load balancer ${many.balancerRate.toFixed(0)})`,
      target: 'no target',
      ok: true,
    },
  ]
}

const issuer = 'https://issuer.test/pool'

/** A token of an issuer on the model's internet. */
function openIssuer(cloud: Cloud): string {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const headers = { 'content-type': 'application/json' }
  cloud.internet.set('issuer.test', ({ url }) => {
    const body = url.endsWith('/keys')
      ? {
          keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'own', use: 'sig', alg: 'RS256' }],
        }
      : { issuer, jwks_uri: 'https://issuer.test/keys' }
    return { status: 200, headers, body: JSON.stringify(body) }
  })
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const now = Math.floor(cloud.kernel.clock.nowMs / 1000)
  const claims = {
    ...{ iss: issuer, aud: 'web', iat: now, exp: now + 86_400, sub: 'ann', scope: 'openid email' },
    ...{ token_use: 'access', 'cognito:groups': ['admin', 'regular'], username: 'ann' },
  }
  const text = `${part({ alg: 'RS256', kid: 'own' })}.${part(claims)}`
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), privateKey).toString('base64url')}`
}

/** A route with the authorizer beside the same without it, in turns. */
async function authorizer(): Promise<Row> {
  const cloud = createCloud()
  const clients: Clients = { client: (Client) => client(cloud, Client) }
  const role = await functionRole(clients.client(IAMClient))
  const lambda = clients.client(LambdaClient)
  const pass = () => cloud.advance({ seconds: 5 })
  const arn = await makeFunction(lambda, { name: 'bench', role, source }, callers, pass)
  const { ApiId, Target, gateway, host } = await httpApi(clients, arn)
  const token = openIssuer(cloud)
  const { AuthorizerId } = await gateway.send(
    new CreateAuthorizerCommand({
      ApiId,
      Name: 'tokens',
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: issuer, Audience: ['web'] },
    }),
  )
  await gateway.send(
    new CreateRouteCommand({
      ...{ ApiId, Target, RouteKey: 'GET /guarded' },
      ...{ AuthorizationType: 'JWT', AuthorizerId },
    }),
  )
  const ask = async (path: string) => {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await fetchFromCloud(cloud, `https://${host}${path}`, { headers })
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`)
    await answer.text()
  }
  const batch = (path: string) => async () => {
    for (let i = 0; i < callsPerBatch; i += 1) await ask(path)
  }
  await inTurns(60, [batch('/hello'), batch('/guarded')])
  const [open = [], guarded = []] = await inTurns(200, [batch('/hello'), batch('/guarded')])
  cloud.close()
  const [openMs, guardedMs] = [median(open) / callsPerBatch, median(guarded) / callsPerBatch]
  const ms = guardedMs - openMs
  return {
    what: 'a JWT authorizer, warm, in the process: a route with it less the same without',
    value: `${ms.toFixed(3)} ms (${guardedMs.toFixed(2)} less ${openMs.toFixed(2)})`,
    target: `<= ${authorizerMsMax} ms`,
    ok: ms <= authorizerMsMax,
  }
}

printTable('APIs', [await authorizer(), ...(await overThePort())])
