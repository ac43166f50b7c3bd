import { type App, Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/** What the rules find in these stacks and is meant so, by the construct's path, with the reason. */
const acknowledged: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'cfn-custom-resource-sfn/Provider/MachineRole': {
    'AwsSolutions::AwsSolutions-IAM5[Resource::*]':
      'Log deliveries and traces have no resources of their own: their actions are all that is granted.',
  },
  'cfn-custom-resource-sfn/Provider/StopOlderWorkPolicy': {
    'AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<ProviderMachine6D3B9958.Name>:*]':
      'Executions of this one machine: their names are the ids of requests, known when they come.',
  },
  'cfn-custom-resource-sfn': {
    'CloudFormation-Validate::F6101':
      'What a wait condition was told is a text of JSON, whatever the schema calls it.',
  },
  'cfn-custom-resource-sfn/QuickCustomResource/Resource': {
    'CloudFormation-Validate::W9003': 'The CDK writes ServiceTimeout as a text, which is taken.',
  },
}

/** Acknowledges each finding where it is. Throws where a path names no construct. */
export function acknowledge(app: App): void {
  for (const [path, findings] of Object.entries(acknowledged)) {
    const construct = path
      .split('/')
      .reduce<IConstruct>((scope, id) => scope.node.findChild(id), app)
    for (const [id, reason] of Object.entries(findings)) {
      Validations.of(construct).acknowledge({ id, reason })
    }
  }
}
