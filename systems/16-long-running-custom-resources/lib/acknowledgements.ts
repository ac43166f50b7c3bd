import { type App, Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/** What the rules of cdk-nag find in these stacks and is meant so, by the construct's path, with the reason. */
const acknowledged: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'cfn-custom-resource-sfn/Provider/MachineRole': {
    'AwsSolutions::AwsSolutions-IAM5[Resource::*]':
      'Log deliveries and traces have no resources of their own: their actions are all that is granted.',
  },
  'cfn-custom-resource-sfn/Provider/StopOlderWorkPolicy': {
    'AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<ProviderMachine6D3B9958.Name>:*]':
      'Executions of this one machine: their names are the ids of requests, known when they come.',
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
