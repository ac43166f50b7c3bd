import { type App, Validations } from 'aws-cdk-lib'
import { CfnRoute } from 'aws-cdk-lib/aws-apigatewayv2'
import { UserPool } from 'aws-cdk-lib/aws-cognito'
import { CfnPolicy } from 'aws-cdk-lib/aws-iam'
import type { IConstruct } from 'constructs'
import { pagePaths } from '../src/page-server/files.ts'

/** What cdk-nag finds in these stacks and is meant so, each with the reason. */
export function acknowledge(app: App): void {
  for (const construct of app.node.findAll()) {
    if (construct instanceof UserPool) {
      say(construct, 'COG2', 'The system is about what a token claims; turn it on with `mfa`.')
      say(construct, 'COG8', 'Threat protection looks at sign-ins; nothing here depends on it.')
    }
    if (construct instanceof CfnPolicy && construct.node.path.includes('/SessionEnd/')) {
      say(construct, 'IAM5[Resource::*]', 'ListStreams has no resource, and Lambda asks for it.')
    }
    if (construct instanceof CfnRoute && isOfPage(construct)) {
      say(construct, 'APIG4', 'The page is for everyone: it shows nothing before a sign-in.')
    }
  }
}

function isOfPage({ routeKey }: CfnRoute): boolean {
  return pagePaths.some((path) => routeKey === `GET ${path}`)
}

function say(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason })
}
