import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2'
import {
  type Action,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
  type RuleCondition,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { AddPermissionCommand } from '@aws-sdk/client-lambda'
import { client, fetchFromCloud } from '@cloud-orrery/cloud'
import {
  makeFunction,
  start as startFunctions,
  type TestHandler,
} from '../lambda/functions.test-support.ts'
import { putCertificate } from '../shared/certificates/certificates.test-support.ts'

export const certificateArn =
  'arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555'

export function start(handlers: Readonly<Record<string, TestHandler>> = {}) {
  const made = startFunctions(handlers)
  putCertificate(made.cloud, certificateArn)
  return { ...made, elb: client(made.cloud, ElasticLoadBalancingV2Client) }
}

export type Started = ReturnType<typeof start>

/** Two subnets of the default VPC, and the VPC. */
export async function network({ cloud }: Pick<Started, 'cloud'>) {
  const ec2 = client(cloud, EC2Client)
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}))
  const sorted = Subnets.toSorted((a, b) =>
    (a.AvailabilityZone ?? '') < (b.AvailabilityZone ?? '') ? -1 : 1,
  )
  return {
    vpcId: sorted[0]?.VpcId ?? '',
    subnets: sorted.slice(0, 2).map(({ SubnetId = '' }) => SubnetId),
    allSubnets: sorted.map(({ SubnetId = '' }) => SubnetId),
  }
}

/** An active load balancer. */
export async function balance(started: Started, Name = 'web') {
  const { subnets: Subnets, vpcId } = await network(started)
  const { LoadBalancers = [] } = await started.elb.send(
    new CreateLoadBalancerCommand({ Name, Subnets }),
  )
  await started.cloud.advance({ seconds: 2 })
  const [made] = LoadBalancers
  return { ...started, vpcId, arn: made?.LoadBalancerArn ?? '', host: made?.DNSName ?? '' }
}

export type Balanced = Awaited<ReturnType<typeof balance>>

export async function listen(
  { elb, arn }: Balanced,
  DefaultActions: Action[],
  Port = 80,
): Promise<string> {
  const { Listeners = [] } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: arn,
      Port,
      DefaultActions,
      ...(Port === 443
        ? { Protocol: 'HTTPS', Certificates: [{ CertificateArn: certificateArn }] }
        : { Protocol: 'HTTP' }),
    }),
  )
  return Listeners[0]?.ListenerArn ?? ''
}

export async function addRule(
  { elb }: Started,
  ListenerArn: string,
  Priority: number,
  Conditions: RuleCondition[],
  Actions: Action[],
): Promise<string> {
  const { Rules = [] } = await elb.send(
    new CreateRuleCommand({ ListenerArn, Priority, Conditions, Actions }),
  )
  return Rules[0]?.RuleArn ?? ''
}

export function fixed(StatusCode: string, MessageBody = `fixed ${StatusCode}`): Action {
  return {
    Type: 'fixed-response',
    FixedResponseConfig: { StatusCode, ContentType: 'text/plain', MessageBody },
  }
}

/** A target group with a function that the balancer may invoke. */
export async function functionGroup(started: Started, name: string): Promise<string> {
  const { FunctionArn = '' } = await makeFunction(started, name)
  const { TargetGroups = [] } = await started.elb.send(
    new CreateTargetGroupCommand({ Name: name, TargetType: 'lambda' }),
  )
  const TargetGroupArn = TargetGroups[0]?.TargetGroupArn ?? ''
  await started.lambda.send(
    new AddPermissionCommand({
      FunctionName: name,
      StatementId: 'elb',
      Action: 'lambda:InvokeFunction',
      Principal: 'elasticloadbalancing.amazonaws.com',
      SourceArn: TargetGroupArn,
    }),
  )
  await started.elb.send(
    new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: FunctionArn }] }),
  )
  return TargetGroupArn
}

/** A target group of addresses, each a host that the test gives. */
export async function addressGroup(
  started: Balanced,
  Name: string,
  ids: readonly string[],
  input: object = {},
): Promise<string> {
  const { TargetGroups = [] } = await started.elb.send(
    new CreateTargetGroupCommand({
      Name,
      TargetType: 'ip',
      Protocol: 'HTTP',
      Port: 80,
      VpcId: started.vpcId,
      ...input,
    }),
  )
  const TargetGroupArn = TargetGroups[0]?.TargetGroupArn ?? ''
  const Targets = ids.map((Id) => ({ Id }))
  if (Targets.length > 0) {
    await started.elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }))
  }
  return TargetGroupArn
}

export function forwardTo(TargetGroupArn: string): Action {
  return { Type: 'forward', TargetGroupArn }
}

/** What a client sees: status, body, and some headers. */
export async function ask(
  { cloud, host }: Balanced,
  path: string,
  options: Parameters<typeof fetchFromCloud>[2] & { scheme?: string } = {},
) {
  const { scheme = 'http', ...rest } = options
  const response = await fetchFromCloud(cloud, `${scheme}://${host}${path}`, rest)
  return {
    status: response.status,
    body: await response.text(),
    headers: response.headers,
    cookies: response.headers.getSetCookie(),
  }
}
