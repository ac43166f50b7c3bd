import { DeleteCertificateCommand } from '@aws-sdk/client-acm'
import {
  APIGatewayClient,
  CreateDomainNameCommand,
  DeleteDomainNameCommand,
  UpdateDomainNameCommand,
} from '@aws-sdk/client-api-gateway'
import * as http from '@aws-sdk/client-apigatewayv2'
import {
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
  CreateUserPoolDomainCommand,
  DeleteUserPoolDomainCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2'
import {
  AddListenerCertificatesCommand,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  RemoveListenerCertificatesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { ChangeResourceRecordSetsCommand } from '@aws-sdk/client-route-53'
import { client } from '@cloud-orrery/cloud'
import { describe, expect, test } from 'vitest'
import { putCertificate } from '../shared/certificates/certificates.test-support.ts'
import { refusal, withZone } from './acm.test-support.ts'

const arnIn = (region: string, id: string, account = '123456789012') =>
  `arn:aws:acm:${region}:${account}:certificate/${id}`
const own = arnIn('us-east-1', 'own')
const other = arnIn('us-east-1', 'other')
const pending = arnIn('us-east-1', 'pending')
const distant = arnIn('eu-west-1', 'distant')
const foreign = arnIn('us-east-1', 'foreign', '210987654321')
const missing = arnIn('us-east-1', 'missing')
const names = ['orrery.dev', '*.orrery.dev']

/** Certificates of each kind, and ways to see who uses one. */
async function start() {
  const world = await withZone()
  for (const arn of [own, other, distant, foreign]) putCertificate(world.cloud, arn, { names })
  putCertificate(world.cloud, pending, { names, status: 'PENDING_VALIDATION' })
  return {
    ...world,
    users: async (arn = own) => (await world.describe(arn)).InUseBy,
    remove: (arn = own) =>
      refusal(world.acm.send(new DeleteCertificateCommand({ CertificateArn: arn }))),
  }
}

const inUse = [
  'ResourceInUseException',
  `Certificate ${own} in account 123456789012 is in use.`,
] as const

describe('a listener', () => {
  async function balanced() {
    const world = await start()
    const elb = client(world.cloud, ElasticLoadBalancingV2Client)
    const { Subnets = [] } = await client(world.cloud, EC2Client).send(
      new DescribeSubnetsCommand({}),
    )
    const { LoadBalancers: [balancer] = [] } = await elb.send(
      new CreateLoadBalancerCommand({
        Name: 'web',
        Subnets: Subnets.slice(0, 2).map(({ SubnetId = '' }) => SubnetId),
      }),
    )
    const LoadBalancerArn = balancer?.LoadBalancerArn ?? ''
    const listen = async (CertificateArn: string, Port = 443) => {
      const { Listeners: [made] = [] } = await elb.send(
        new CreateListenerCommand({
          ...{ LoadBalancerArn, Port, Protocol: 'HTTPS', Certificates: [{ CertificateArn }] },
          DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }],
        }),
      )
      return made?.ListenerArn ?? ''
    }
    return { ...world, elb, LoadBalancerArn, listen }
  }

  test('holds its certificates in the name of its load balancer', async () => {
    const { elb, LoadBalancerArn, listen, users, remove } = await balanced()
    const ListenerArn = await listen(own)
    const second = await listen(own, 8443)
    expect([await users(), await remove()]).toEqual([[LoadBalancerArn], inUse])
    const Certificates = [{ CertificateArn: other }]
    await elb.send(new AddListenerCertificatesCommand({ ListenerArn, Certificates }))
    expect(await users(other)).toEqual([LoadBalancerArn])
    await elb.send(new RemoveListenerCertificatesCommand({ ListenerArn, Certificates }))
    await elb.send(new ModifyListenerCommand({ ListenerArn, Certificates }))
    expect([await users(), await users(other)]).toEqual([[LoadBalancerArn], [LoadBalancerArn]])
    await elb.send(new DeleteListenerCommand({ ListenerArn: second }))
    expect([await users(), await users(other)]).toEqual([[], [LoadBalancerArn]])
    await elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }))
    expect(await users(other)).toEqual([])
  })

  test.each([
    ['that does not exist', missing, 'CertificateNotFound'],
    ['of another region', distant, 'CertificateNotFound'],
    ['of another account', foreign, 'CertificateNotFound'],
    ['that is not issued', pending, 'UnsupportedCertificate'],
  ])('takes no certificate %s', async (_, arn, code) => {
    const { listen, elb } = await balanced()
    const words = {
      CertificateNotFound: `Certificate '${arn}' not found`,
      UnsupportedCertificate: `The certificate '${arn}' must have a fully-qualified domain name, a supported signature, and a supported key size.`,
    }[code]
    const [name, message] = await refusal(listen(arn))
    expect([name.replace('Exception', ''), message]).toEqual([code, words])
    const ListenerArn = await listen(own)
    const Certificates = [{ CertificateArn: arn }]
    const added = elb.send(new AddListenerCertificatesCommand({ ListenerArn, Certificates }))
    expect((await refusal(added))[1]).toBe(words)
  })
})

describe('a custom domain of an API', () => {
  const domainName = 'api.orrery.dev'
  const domainArn = `arn:aws:apigateway:us-east-1::/domainnames/${domainName}`

  test('holds its certificate until it has another or is gone', async () => {
    const { cloud, users, remove } = await start()
    const gateway = client(cloud, APIGatewayClient)
    await gateway.send(new CreateDomainNameCommand({ domainName, certificateArn: own }))
    expect([await users(), await remove()]).toEqual([[domainArn], inUse])
    const patch = { op: 'replace', path: '/certificateArn', value: other } as const
    await gateway.send(new UpdateDomainNameCommand({ domainName, patchOperations: [patch] }))
    expect([await users(), await users(other)]).toEqual([[], [domainArn]])
    await gateway.send(new DeleteDomainNameCommand({ domainName }))
    expect([await users(other), await remove(other)]).toEqual([[], ['', 'not refused']])
  })

  test('holds it in the second version of the API too', async () => {
    const { cloud, users } = await start()
    const gateway = client(cloud, http.ApiGatewayV2Client)
    const configure = (CertificateArn: string) => ({
      DomainName: domainName,
      DomainNameConfigurations: [{ CertificateArn }],
    })
    await gateway.send(new http.CreateDomainNameCommand(configure(own)))
    expect(await users()).toEqual([domainArn])
    await gateway.send(new http.UpdateDomainNameCommand(configure(other)))
    expect([await users(), await users(other)]).toEqual([[], [domainArn]])
    await gateway.send(new http.DeleteDomainNameCommand({ DomainName: domainName }))
    expect(await users(other)).toEqual([])
  })

  const owned = 'The certificate provided must be owned by the account creating the domain.'
  const uncovered = 'The domain name to be created is not covered by the provided certificate.'
  const invalid = `Invalid certificate ARN: ${distant}. Certificate must be in 'us-east-1'.`
  test.each([
    ['that does not exist', missing, domainName, 'The provided certificate does not exist'],
    ['of another region', distant, domainName, invalid],
    ['of another account', foreign, domainName, owned],
    ['of other names', own, 'api.example.com', uncovered],
    ['of a level more', own, 'a.api.orrery.dev', uncovered],
    [
      'that is not issued',
      pending,
      domainName,
      `The certificate ${pending} is not issued: its status is PENDING_VALIDATION.`,
    ],
  ])('takes no certificate %s', async (_, arn, name, message) => {
    const { cloud } = await start()
    const gateway = client(cloud, APIGatewayClient)
    const endpointConfiguration = { types: ['REGIONAL' as const] }
    const first = new CreateDomainNameCommand({
      ...{ domainName: name, regionalCertificateArn: arn, endpointConfiguration },
    })
    expect(await refusal(gateway.send(first))).toEqual(['BadRequestException', message])
    const second = new http.CreateDomainNameCommand({
      ...{ DomainName: name, DomainNameConfigurations: [{ CertificateArn: arn }] },
    })
    const newer = client(cloud, http.ApiGatewayV2Client)
    expect(await refusal(newer.send(second))).toEqual(['BadRequestException', message])
  })

  test('at the edge takes one of us-east-1, whatever its own region', async () => {
    const { cloud } = await start()
    const gateway = client(cloud, APIGatewayClient, { region: 'eu-west-1' })
    const input = { domainName, certificateArn: distant }
    expect(await refusal(gateway.send(new CreateDomainNameCommand(input)))).toEqual([
      'BadRequestException',
      invalid,
    ])
    const made = await gateway.send(
      new CreateDomainNameCommand({ domainName, certificateArn: own }),
    )
    expect(made.certificateArn).toBe(own)
  })
})

describe('a custom domain of a user pool', () => {
  async function withPool(hasAddress = true) {
    const world = await start()
    const { cloud, route53, zoneId } = world
    const idp = client(cloud, CognitoIdentityProviderClient)
    const { UserPool } = await idp.send(new CreateUserPoolCommand({ PoolName: 'people' }))
    const UserPoolId = UserPool?.Id ?? ''
    if (hasAddress) {
      const ResourceRecordSet = {
        ...{ Name: 'orrery.dev', Type: 'A' as const, TTL: 60 },
        ResourceRecords: [{ Value: '192.0.2.1' }],
      }
      await route53.send(
        new ChangeResourceRecordSetsCommand({
          HostedZoneId: zoneId,
          ChangeBatch: { Changes: [{ Action: 'CREATE', ResourceRecordSet }] },
        }),
      )
      await cloud.advance({ minutes: 1 })
    }
    const create = (CertificateArn: string, Domain = 'login.orrery.dev') =>
      idp.send(
        new CreateUserPoolDomainCommand({
          ...{ UserPoolId, Domain, CustomDomainConfig: { CertificateArn } },
        }),
      )
    return { ...world, idp, UserPoolId, create }
  }

  test('holds its certificate in the name of its distribution', async () => {
    const { create, idp, UserPoolId, users, remove } = await withPool()
    await create(own)
    expect([await users(), await remove()]).toEqual([
      [expect.stringMatching(/^arn:aws:cloudfront::123456789012:distribution\/E[A-Z0-9]{13}$/)],
      inUse,
    ])
    await idp.send(new DeleteUserPoolDomainCommand({ UserPoolId, Domain: 'login.orrery.dev' }))
    expect(await users()).toEqual([])
  })

  const unusable =
    /^The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain\. \(Service: AmazonCloudFront; Status Code: 400; Error Code: InvalidViewerCertificate; Request ID: [0-9a-f-]{36}; Proxy: null\)$/
  test.each([
    ['that does not exist', missing, undefined, unusable],
    ['of another region', distant, undefined, unusable],
    ['of another account', foreign, undefined, unusable],
    ['that is not issued', pending, undefined, unusable],
    ['of other names', own, 'login.example.com', /doesn't cover the alternate domain name/],
  ])('takes no certificate %s', async (_, arn, domain, words) => {
    const { create } = await withPool()
    expect(await refusal(create(arn, domain))).toEqual([
      'InvalidParameterException',
      expect.stringMatching(words),
    ])
  })

  test('needs a parent domain with an address', async () => {
    const { create } = await withPool(false)
    expect(await refusal(create(own))).toEqual([
      'InvalidParameterException',
      'Custom domain is not a valid subdomain: Was not able to resolve the root domain, please ensure an A record exists for the root domain.',
    ])
  })
})
