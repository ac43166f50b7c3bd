import { type App, Validations } from 'aws-cdk-lib'
import { CfnRoute } from 'aws-cdk-lib/aws-apigatewayv2'
import { UserPool } from 'aws-cdk-lib/aws-cognito'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { IConstruct } from 'constructs'

/** What cdk-nag finds in the stack and is meant so, each with the reason. */
export function acknowledge(app: App): void {
  for (const construct of app.node.findAll()) {
    if (construct instanceof UserPool) {
      say(construct, 'COG2', 'The demonstration signs in with a password alone: require MFA.')
      say(construct, 'COG8', 'Threat protection looks at sign-ins; nothing here depends on it.')
    }
    if (construct instanceof Secret) {
      const reason = 'A new key would end the logins of one moment; the next deployment makes it.'
      say(construct, 'SMG4', reason)
    }
    if (construct instanceof CfnRoute && construct.authorizationType === 'NONE') {
      say(construct, 'APIG4', 'For people who are not signed in, or whose token has ended.')
    }
  }
}

function say(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason })
}
