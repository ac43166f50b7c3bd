import { CfnOutput, CustomResource, Fn, Stack, type StackProps } from 'aws-cdk-lib'
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53'
import type { Construct } from 'constructs'
import { LoggedFunction } from './logged-function.ts'

interface NewZoneProps extends StackProps {
  readonly zoneName: string
}

/** A zone of its own, for whom the name is delegated to the name servers in its outputs. */
export class NewZone extends Stack {
  readonly zone: PublicHostedZone

  constructor(scope: Construct, id: string, { zoneName, ...props }: NewZoneProps) {
    super(scope, id, props)
    const comment = 'Name of the devices’ login'
    this.zone = new PublicHostedZone(this, 'Zone', { zoneName, comment })
    this.#sweep()
    new CfnOutput(this, 'NameServers', {
      value: Fn.join(' ', this.zone.hostedZoneNameServers ?? []),
    })
  }

  /** What a certificate leaves in the zone is taken away before the zone is. */
  #sweep(): void {
    const sweep = new LoggedFunction(this, 'Sweep', {
      entry: 'zone-sweep/handler.ts',
      description: 'Takes the proofs of certificates out of the zone when it is deleted',
      environment: {},
    })
    const { hostedZoneArn, hostedZoneId } = this.zone
    sweep.allow('List', ['route53:ListResourceRecordSets'], hostedZoneArn)
    sweep.allow('Delete', ['route53:ChangeResourceRecordSets'], hostedZoneArn, {
      'ForAllValues:StringEquals': {
        'route53:ChangeResourceRecordSetsRecordTypes': ['CNAME'],
        'route53:ChangeResourceRecordSetsActions': ['DELETE'],
      },
    })
    const swept = new CustomResource(this, 'Swept', {
      resourceType: 'Custom::SweptZone',
      serviceToken: sweep.function.functionArn,
      properties: { HostedZoneId: hostedZoneId },
    })
    // The log too must be there until the last line is written.
    swept.node.addDependency(sweep)
  }
}
