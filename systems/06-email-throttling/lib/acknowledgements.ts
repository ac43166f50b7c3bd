import { type App, Validations } from 'aws-cdk-lib'
import { CfnPolicy } from 'aws-cdk-lib/aws-iam'
import { CfnQueue } from 'aws-cdk-lib/aws-sqs'

/** What cdk-nag finds in these stacks and is meant so, each with the reason. */
export function acknowledge(app: App): void {
  for (const construct of app.node.findAll()) {
    const say = (rule: string, reason: string) =>
      Validations.of(construct).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason })
    if (construct instanceof CfnQueue && /DeadLetters|Unread/.test(construct.node.path)) {
      say(
        'SQS3',
        'It is itself where letters wait that nobody could send, for a person to look at.',
      )
    }
    if (construct instanceof CfnPolicy && /Sender/.test(construct.node.path)) {
      say('IAM5[Resource::*]', 'The quota is the account’s: GetAccount has no resource.')
    }
  }
}
