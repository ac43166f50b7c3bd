import { type App, Validations } from 'aws-cdk-lib'
import { UserPool } from 'aws-cdk-lib/aws-cognito'
import { Table } from 'aws-cdk-lib/aws-dynamodb'
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2'
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { IConstruct } from 'constructs'

type Reasons = Readonly<Record<string, string>>

/** What cdk-nag finds in these stacks and is meant so, each with the reason. */
function reasonsFor(construct: IConstruct): Reasons {
  if (construct instanceof Vpc) {
    return { VPC7: 'The network holds a load balancer and nothing else; functions are outside it.' }
  }
  if (construct instanceof SecurityGroup) {
    return { EC23: 'Televisions and phones are everywhere. Port 80 does nothing but lead to 443.' }
  }
  if (construct instanceof ApplicationLoadBalancer) {
    return {
      ELB2: 'Access logs keep addresses whole, and in the post’s form addresses hold device codes.',
    }
  }
  if (construct instanceof UserPool) {
    return {
      COG2: 'A second factor can be set up; whether it must be is for the owner of the people to say.',
      COG8: 'Threat protection looks at sign-ins, and these happen on Cognito’s own page as everywhere.',
    }
  }
  if (construct instanceof Secret) {
    return {
      SMG4: 'A device’s secret is changed with the device: Cognito keeps two a client for that.',
    }
  }
  if (construct instanceof Table) {
    return { DDB3: 'Requests live half an hour: who loses one asks once more.' }
  }
  return {}
}

export function acknowledge(app: App): void {
  for (const construct of app.node.findAll()) {
    for (const [rule, reason] of Object.entries(reasonsFor(construct))) {
      const id = `AwsSolutions::AwsSolutions-${rule}`
      Validations.of(construct).acknowledge({ id, reason })
    }
  }
}
