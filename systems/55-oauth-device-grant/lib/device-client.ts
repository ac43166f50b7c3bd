import { RemovalPolicy, SecretValue } from 'aws-cdk-lib'
import { CfnUserPoolClient, type UserPoolClient } from 'aws-cdk-lib/aws-cognito'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import type { DeviceKind } from './devices.ts'
import type { People } from './people.ts'

interface DeviceClientProps {
  readonly device: DeviceKind
  readonly people: People
  readonly callbackUrl: string
}

/** An app client for a kind of devices. Its secret is in Secrets Manager, and in no template, output or environment. */
export class DeviceClient extends Construct {
  readonly device: DeviceKind
  readonly client: UserPoolClient
  readonly secret: Secret

  constructor(scope: Construct, id: string, { device, people, callbackUrl }: DeviceClientProps) {
    super(scope, id)
    this.device = device
    this.client = people.addClient(`${device.id}Client`, callbackUrl)
    const { defaultChild } = this.client.node
    if (!(defaultChild instanceof CfnUserPoolClient)) throw new Error('a client makes its resource')
    this.secret = new Secret(this, 'Secret', {
      description: `App client secret of ${device.title}`,
      // CloudFormation reads it when it deploys: the template names it only.
      secretStringValue: SecretValue.resourceAttribute(defaultChild.attrClientSecret),
      removalPolicy: RemovalPolicy.DESTROY,
    })
  }
}
