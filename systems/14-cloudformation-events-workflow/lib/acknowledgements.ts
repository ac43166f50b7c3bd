import { type App, Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/** What the rules of cdk-nag find in these stacks and is meant so, by the construct's path, with the reason. */
const acknowledged: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'StackFailureDesk/Undelivered': {
    SQS3: 'It is itself where undelivered events wait, for a person to look at.',
  },
  'StackFailureDesk/TargetInvocationRole': {
    'IAM5[Resource::arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:opsitem/*]':
      'The id of an OpsItem is known only after it was created.',
  },
  'StackInventory/Unprocessed': {
    SQS3: 'It is itself where unprocessed events wait, for a person to look at.',
  },
  'StackInventory/Inventory': {
    S1: 'It holds rows that can be made again from CloudFormation; who reads them is in CloudTrail.',
  },
  'StackInventory/KeeperRole': {
    ...wildcards('Stacks come with names that nobody knows beforehand.', [
      'arn:<AWS::Partition>:cloudformation:<AWS::Region>:<AWS::AccountId>:stack/*',
    ]),
    ...wildcards('One row for each stack, named by the stack.', ['<InventoryCFCBEC24.Arn>/*']),
    ...wildcards('It tags what any stack of the account may hold; the actions are tagging alone.', [
      '*',
      'arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:rule/*',
      'arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:event-bus/*',
      'arn:<AWS::Partition>:kms:<AWS::Region>:<AWS::AccountId>:key/*',
      'arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:*',
      'arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:*',
      'arn:<AWS::Partition>:sns:<AWS::Region>:<AWS::AccountId>:*',
      'arn:<AWS::Partition>:sqs:<AWS::Region>:<AWS::AccountId>:*',
      'arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/*',
      'arn:<AWS::Partition>:s3:::*',
    ]),
  },
}

function wildcards(reason: string, resources: readonly string[]): Record<string, string> {
  return Object.fromEntries(resources.map((resource) => [`IAM5[Resource::${resource}]`, reason]))
}

/** Acknowledges each finding where it is. Throws where a path names no construct. */
export function acknowledge(app: App): void {
  for (const [path, findings] of Object.entries(acknowledged)) {
    const construct = path
      .split('/')
      .reduce<IConstruct>((scope, id) => scope.node.findChild(id), app)
    for (const [rule, reason] of Object.entries(findings)) {
      Validations.of(construct).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason })
    }
  }
}
