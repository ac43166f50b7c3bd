import {
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2'
import {
  AddListenerCertificatesCommand,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { type Cloud, client } from '@cloud-orrery/cloud'
import { putCertificate } from '../../../packages/services/src/shared/certificates/certificates.test-support.ts'
import type { KnownValues } from '../valid-values.ts'

const certificate = 'arn:aws:acm:us-east-1:123456789012:certificate/'
const CertificateArn = `${certificate}11111111-2222-3333-4444-555555555555`
const otherArn = `${certificate}66666666-2222-3333-4444-555555555555`

/**
 * A load balancer with listeners of both protocols and a rule; a target in a group that nobody uses, so that its
 * health is not checked all through the day that follows each case.
 */
export async function arrangeElbv2(cloud: Cloud): Promise<KnownValues> {
  const elb = client(cloud, ElasticLoadBalancingV2Client)
  for (const arn of [CertificateArn, otherArn]) putCertificate(cloud, arn)
  const { vpcId, subnets, groupId } = await network(cloud)
  const Tags = [{ Key: 'ring', Value: 'one' }]
  const { LoadBalancers: [balancer] = [] } = await elb.send(
    new CreateLoadBalancerCommand({ Name: 'ring', Subnets: subnets.slice(0, 2), Tags }),
  )
  await cloud.advance({ seconds: 2 })
  const LoadBalancerArn = balancer?.LoadBalancerArn
  const group = async (Name: string) => {
    const { TargetGroups: [made] = [] } = await elb.send(
      new CreateTargetGroupCommand({
        Name,
        TargetType: 'ip',
        Protocol: 'HTTP',
        Port: 80,
        VpcId: vpcId,
      }),
    )
    return made?.TargetGroupArn
  }
  const TargetGroupArn = await group('ring')
  const freeGroupArn = await group('free')
  const Targets = [{ Id: '172.31.0.20', Port: 80 }]
  await elb.send(new RegisterTargetsCommand({ TargetGroupArn: freeGroupArn, Targets }))
  const action = { Type: 'forward', TargetGroupArn } as const
  const listen = async (input: object) => {
    const { Listeners: [made] = [] } = await elb.send(
      new CreateListenerCommand({ LoadBalancerArn, DefaultActions: [action], ...input }),
    )
    return made?.ListenerArn
  }
  const ListenerArn = await listen({ Protocol: 'HTTP', Port: 80 })
  const secureArn = await listen({
    Protocol: 'HTTPS',
    Port: 443,
    Certificates: [{ CertificateArn }],
  })
  const Certificates = [{ CertificateArn: otherArn }]
  await elb.send(new AddListenerCertificatesCommand({ ListenerArn: secureArn, Certificates }))
  const condition = { Field: 'path-pattern', Values: ['/ring/*'] }
  const { Rules: [rule] = [] } = await elb.send(
    new CreateRuleCommand({ ListenerArn, Priority: 1, Conditions: [condition], Actions: [action] }),
  )
  const RuleArn = rule?.RuleArn
  const attributes = (Key: string, Value: string) => ({ 'Attributes[]': { Key, Value } })
  return {
    ...{ LoadBalancerArn, TargetGroupArn, ListenerArn, RuleArn, Tags, CertificateArn },
    'CreateLoadBalancer.Name': 'new',
    'CreateLoadBalancer.Subnets': subnets.slice(0, 2),
    'CreateLoadBalancer.': { Name: 'new', Subnets: subnets.slice(0, 2) },
    'SetSubnets.': { LoadBalancerArn, Subnets: subnets.slice(1, 3) },
    SubnetMappings: subnets.slice(0, 2).map((SubnetId) => ({ SubnetId })),
    'DescribeListeners.': { LoadBalancerArn },
    'DescribeRules.': { ListenerArn },
    'CreateListener.': {
      LoadBalancerArn,
      Protocol: 'HTTPS',
      Port: 8080,
      Certificates: [{ CertificateArn }],
      DefaultActions: [action],
    },
    'CreateTargetGroup.': {
      Name: 'new',
      TargetType: 'ip',
      Protocol: 'HTTP',
      Port: 80,
      VpcId: vpcId,
    },
    'SetSubnets.Subnets': subnets.slice(1, 3),
    'Subnets[]': subnets[0],
    'SubnetMappings[].SubnetId': subnets[0],
    'SecurityGroups[]': groupId,
    'LoadBalancerArns[]': LoadBalancerArn,
    'ListenerArns[]': ListenerArn,
    'RuleArns[]': RuleArn,
    'TargetGroupArns[]': TargetGroupArn,
    'Names[]': 'ring',
    'DescribeSSLPolicies.Names[]': 'ELBSecurityPolicy-2016-08',
    SslPolicy: 'ELBSecurityPolicy-2016-08',
    'ResourceArns[]': LoadBalancerArn,
    'TagKeys[]': 'ring',
    IpAddressType: 'ipv4',
    Type: 'application',
    Protocol: 'HTTP',
    Port: 8080,
    ...prefixed('ModifyLoadBalancerAttributes', attributes('idle_timeout.timeout_seconds', '60')),
    ...prefixed(
      'ModifyListenerAttributes',
      attributes('routing.http.response.server.enabled', 'false'),
    ),
    ...prefixed(
      'ModifyTargetGroupAttributes',
      attributes('deregistration_delay.timeout_seconds', '60'),
    ),
    ...Object.fromEntries(
      [
        'ModifyListener',
        'AddListenerCertificates',
        'RemoveListenerCertificates',
        'DescribeListenerCertificates',
      ].map((name) => [`${name}.ListenerArn`, secureArn]),
    ),
    'Certificates[].CertificateArn': CertificateArn,
    'Certificates[]': { CertificateArn },
    'RemoveListenerCertificates.Certificates[]': { CertificateArn: otherArn },
    'RemoveListenerCertificates.Certificates[].CertificateArn': otherArn,
    'DefaultActions[]': action,
    ...Object.fromEntries(
      ['DefaultActions[].', 'Actions[].'].flatMap((of) => [
        [`${of}TargetGroupArn`, TargetGroupArn],
        [`${of}ForwardConfig.TargetGroups[].TargetGroupArn`, TargetGroupArn],
        [`${of}ForwardConfig.TargetGroups[]`, { TargetGroupArn }],
      ]),
    ),
    'Actions[]': action,
    'Conditions[]': condition,
    'CreateRule.Priority': 2,
    'RulePriorities[].RuleArn': RuleArn,
    'RulePriorities[]': { RuleArn, Priority: 3 },
    'CreateTargetGroup.Name': 'new',
    'CreateTargetGroup.VpcId': vpcId,
    ...Object.fromEntries(
      ['DeleteTargetGroup', 'RegisterTargets', 'DeregisterTargets', 'DescribeTargetHealth'].map(
        (name) => [`${name}.TargetGroupArn`, freeGroupArn],
      ),
    ),
    'Targets[].Id': '172.31.0.20',
    HealthCheckProtocol: 'HTTP',
    HealthCheckPath: '/ring',
    HealthCheckPort: '80',
    TargetType: 'ip',
  }
}

/** Three subnets of the default VPC, and its security group. */
async function network(cloud: Cloud) {
  const ec2 = client(cloud, EC2Client)
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}))
  const { SecurityGroups: [group] = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}))
  return {
    vpcId: Subnets[0]?.VpcId,
    subnets: Subnets.slice(0, 3).map(({ SubnetId = '' }) => SubnetId),
    groupId: group?.GroupId,
  }
}

function prefixed(operation: string, values: KnownValues): KnownValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${operation}.${name}`, value]),
  )
}
