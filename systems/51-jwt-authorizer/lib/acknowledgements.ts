import { type App, Validations } from 'aws-cdk-lib'
import { UserPool } from 'aws-cdk-lib/aws-cognito'

/** What cdk-nag finds in these stacks and is meant so, each with the reason. */
export function acknowledge(app: App): void {
  for (const construct of app.node.findAll()) {
    if (!(construct instanceof UserPool)) continue
    const say = (rule: string, reason: string) =>
      Validations.of(construct).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason })
    say('COG2', 'The system is about what a token lets in: its people sign in by script.')
    say('COG8', 'Threat protection looks at sign-ins; nothing here depends on it.')
  }
}
