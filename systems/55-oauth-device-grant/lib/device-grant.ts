import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager'
import { ApplicationTargetGroup, TargetType } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { LambdaTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2-targets'
import { Key } from 'aws-cdk-lib/aws-kms'
import { CnameRecord, HostedZone, type HostedZoneAttributes } from 'aws-cdk-lib/aws-route53'
import type { Construct } from 'constructs'
import { DeviceClient } from './device-client.ts'
import { devices, television } from './devices.ts'
import { Front } from './front.ts'
import { grantTable } from './grant-table.ts'
import { LoggedFunction } from './logged-function.ts'
import { People } from './people.ts'
import { settings } from './settings.ts'

interface DeviceGrantProps extends StackProps {
  /** The name that televisions show and people type. */
  readonly fqdn: string
  readonly email: string
  /** Where the name is set and the certificate proven. */
  readonly zone: HostedZoneAttributes
  /** A certificate that was imported, say; without it one is asked for. */
  readonly certificateArn?: string
}

/** The device authorization grant (RFC 8628) in front of a user pool, which lacks it. */
export class DeviceGrant extends Stack {
  constructor(scope: Construct, id: string, props: DeviceGrantProps) {
    const { fqdn, email, certificateArn, zone: attributes, ...rest } = props
    super(scope, id, rest)
    const zone = HostedZone.fromHostedZoneAttributes(this, 'Zone', attributes)
    const certificate =
      certificateArn === undefined
        ? new Certificate(this, 'Certificate', {
            domainName: fqdn,
            validation: CertificateValidation.fromDns(zone),
          })
        : Certificate.fromCertificateArn(this, 'Certificate', certificateArn)
    const front = new Front(this, 'Front', { certificate })
    const people = new People(this, 'People', { fqdn, email })
    const callbackUrl = `https://${fqdn}/callback`
    const clients = devices.map(
      (device) => new DeviceClient(this, device.id, { device, people, callbackUrl }),
    )
    const grant = this.#grantFunction(fqdn, front, people, clients)
    const tv = this.#tvFunction(fqdn, people, clients)
    front.guard('Device', ['/device', '/devices'], grant, people)
    const byDevices = ['/device_authorization', '/token', '/.well-known/oauth-authorization-server']
    front.open('Token', [...byDevices, '/callback'], grant)
    front.open('Tv', ['/tv'], tv)
    new CnameRecord(this, 'Name', {
      zone,
      recordName: `${fqdn}.`,
      domainName: front.balancer.loadBalancerDnsName,
      ttl: Duration.minutes(5),
    })
    this.#outputs(fqdn, front, people, clients)
  }

  #grantFunction(fqdn: string, front: Front, people: People, clients: readonly DeviceClient[]) {
    const table = grantTable(this)
    const key = new Key(this, 'TokenKey', {
      description: 'Tokens that wait for their device',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
      pendingWindow: Duration.days(7),
    })
    const made = new LoggedFunction(this, 'Grant', {
      entry: 'device-grant/handler.ts',
      description: 'Codes for devices, decisions of people, tokens',
      concurrency: 10,
      environment: {
        ...settings,
        BASE_URL: `https://${fqdn}`,
        LOGIN_URL: people.loginUrl,
        POOL_ISSUER: people.pool.userPoolProviderUrl,
        BALANCER_ARN: front.balancer.loadBalancerArn,
        BALANCER_CLIENT_ID: people.balancerClient.userPoolClientId,
        REQUESTS_TABLE: table.tableName,
        TOKEN_KEY_ID: key.keyId,
        DEVICE_CLIENTS: this.toJsonString(
          clients.map(({ client, device, secret }) => ({
            id: client.userPoolClientId,
            title: device.title,
            secretArn: secret.secretArn,
          })),
        ),
      },
    })
    const items = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem']
    made.allow('Requests', items, table.tableArn)
    made.allow('Tokens', ['kms:GenerateDataKey', 'kms:Decrypt'], key.keyArn)
    for (const { secret, device } of clients) {
      made.allow(`Secret${device.id}`, ['secretsmanager:GetSecretValue'], secret.secretArn)
    }
    return targetOf(this, 'GrantTarget', made)
  }

  /** A television for those who have none: it has its secret, and asks as any device does. */
  #tvFunction(fqdn: string, people: People, clients: readonly DeviceClient[]) {
    const own = clients.find(({ device }) => device === television)
    if (own === undefined) throw new Error('there is no client for the television')
    const made = new LoggedFunction(this, 'Tv', {
      entry: 'tv/handler.ts',
      description: 'A television in a browser',
      environment: {
        BASE_URL: `https://${fqdn}`,
        LOGIN_URL: people.loginUrl,
        CLIENT_ID: own.client.userPoolClientId,
        CLIENT_SECRET_ARN: own.secret.secretArn,
      },
    })
    made.allow('Secret', ['secretsmanager:GetSecretValue'], own.secret.secretArn)
    return targetOf(this, 'TvTarget', made)
  }

  #outputs(fqdn: string, front: Front, people: People, clients: readonly DeviceClient[]): void {
    const say = (id: string, value: string) => new CfnOutput(this, id, { value })
    say('ALBCNAMEForDNSConfiguration', front.balancer.loadBalancerDnsName)
    say('TestEndPointForDevice', `https://${fqdn}/token`)
    say('TestEndPointForUser', `https://${fqdn}/device`)
    say('TelevisionPage', `https://${fqdn}/tv`)
    say('UserPoolId', people.pool.userPoolId)
    say('LoginUrl', people.loginUrl)
    for (const { device, client, secret } of clients) {
      say(`${device.id}ClientId`, client.userPoolClientId)
      say(`${device.id}SecretArn`, secret.secretArn)
    }
  }
}

function targetOf(scope: Construct, id: string, { function: target }: LoggedFunction) {
  return new ApplicationTargetGroup(scope, id, {
    targetType: TargetType.LAMBDA,
    targets: [new LambdaTarget(target)],
  })
}
