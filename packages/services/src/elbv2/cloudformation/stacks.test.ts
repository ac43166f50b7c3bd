import { DescribeLoadBalancersCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { fetchFromCloud } from '@cloud-orrery/cloud'
import { expect, test } from 'vitest'
import { stackIn } from '../../ec2/ec2.test-support.ts'
import { certificateArn, network, start } from '../elbv2.test-support.ts'

const ref = (Ref: string) => ({ Ref })

test('what CDK makes of a load balancer is deployed, answers, is changed and goes', async () => {
  const started = start()
  const { subnets, vpcId } = await network(started)
  const template = (body: string) => ({
    Resources: {
      Group: {
        Type: 'AWS::EC2::SecurityGroup',
        Properties: { GroupDescription: 'of the balancer', VpcId: vpcId },
      },
      Alb: {
        Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
        Properties: {
          LoadBalancerAttributes: [{ Key: 'deletion_protection.enabled', Value: 'false' }],
          Scheme: 'internet-facing',
          SecurityGroups: [{ 'Fn::GetAtt': ['Group', 'GroupId'] }],
          Subnets: subnets,
          Type: 'application',
        },
      },
      Redirect: {
        Type: 'AWS::ElasticLoadBalancingV2::Listener',
        Properties: {
          DefaultActions: [
            {
              Type: 'redirect',
              RedirectConfig: { Port: '443', Protocol: 'HTTPS', StatusCode: 'HTTP_301' },
            },
          ],
          LoadBalancerArn: ref('Alb'),
          Port: 80,
          Protocol: 'HTTP',
        },
      },
      Https: {
        Type: 'AWS::ElasticLoadBalancingV2::Listener',
        Properties: {
          Certificates: [{ CertificateArn: certificateArn }],
          DefaultActions: [{ Type: 'forward', TargetGroupArn: ref('Targets') }],
          LoadBalancerArn: ref('Alb'),
          Port: 443,
          Protocol: 'HTTPS',
        },
      },
      Targets: {
        Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
        Properties: {
          Port: 80,
          Protocol: 'HTTP',
          TargetType: 'ip',
          Targets: [{ Id: '10.0.0.10' }],
          TargetGroupAttributes: [{ Key: 'stickiness.enabled', Value: 'false' }],
          VpcId: vpcId,
        },
      },
      Hello: {
        Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
        Properties: {
          Actions: [
            {
              Type: 'fixed-response',
              FixedResponseConfig: {
                ContentType: 'text/plain',
                MessageBody: body,
                StatusCode: '200',
              },
            },
          ],
          Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/hello*'] } }],
          ListenerArn: ref('Https'),
          Priority: 10,
        },
      },
    },
    Outputs: { Host: { Value: { 'Fn::GetAtt': ['Alb', 'DNSName'] } } },
  })
  started.cloud.internet.set('10.0.0.10', () => ({ status: 200, headers: {}, body: 'target' }))
  const stack = stackIn(started, 'alb')
  const { status, reasons, outputs } = await stack.create(template('hello'))
  expect([status, reasons]).toEqual(['CREATE_COMPLETE', []])
  const get = async (url: string) => {
    const response = await fetchFromCloud(started.cloud, url)
    return [response.status, await response.text()]
  }
  const host = outputs['Host'] ?? ''
  expect(await get(`https://${host}/hello`)).toEqual([200, 'hello'])
  expect(await get(`https://${host}/`)).toEqual([200, 'target'])
  expect((await get(`http://${host}/`))[0]).toBe(301)
  expect((await stack.update(template('changed'))).status).toBe('UPDATE_COMPLETE')
  expect(await get(`https://${host}/hello`)).toEqual([200, 'changed'])
  await stack.delete()
  const rest = await started.elb.send(new DescribeLoadBalancersCommand({}))
  expect(rest.LoadBalancers).toEqual([])
})
