import { CfnOutput, Duration, Fn, Stack, type StackProps, Validations } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { StringParameter } from 'aws-cdk-lib/aws-ssm'
import type { Construct } from 'constructs'
import { Code } from './code.ts'
import { tableArnParameter } from './common-stack.ts'
import { LongRunningProvider } from './long-running-provider.ts'
import { LongRunningResource } from './long-running-resource.ts'
import type { RequestType } from './workflow.ts'

export interface DemoProps extends StackProps {
  /** How long the work of the long resource takes. */
  readonly work: Duration
  /** How long undoing and deleting take. */
  readonly undo: Duration
  /** How long the work of the quick resource takes: at most an hour. */
  readonly quickWork: Duration
  /** When the stack gives up on the long resource. */
  readonly timeout: Duration
  readonly revision: number
  /** Epoch ms, as the rows show it. */
  readonly ts: string
}

/** Two custom resources, a long one and a quick one, each of which writes a row when its work is done. */
export class DemoStack extends Stack {
  constructor(scope: Construct, id: string, props: DemoProps) {
    super(scope, id, props)
    const tableArn = StringParameter.valueForStringParameter(this, tableArnParameter)
    const provider = new LongRunningProvider(this, 'Provider', {
      workers: {
        Create: this.#worker('Create', tableArn),
        Update: this.#worker('Update', tableArn),
        Delete: this.#worker('Delete', tableArn),
      },
    })
    const table = Fn.select(1, Fn.split('/', tableArn))
    const resource = (
      name: string,
      work: Duration,
      expectedDuration: Duration,
      timeout?: Duration,
    ) =>
      new LongRunningResource(this, name, {
        provider,
        physicalId: `loader-${table}`,
        properties: {
          DDBTable: table,
          Data: JSON.stringify({ pk: 'demo-sfn', sk: name, ts: props.ts }),
          WorkSeconds: String(work.toSeconds()),
          UndoSeconds: String(props.undo.toSeconds()),
        },
        expectedDuration,
        ...(timeout === undefined ? {} : { timeout }),
        revision: props.revision,
      })
    const long = resource('DemoCustomResource', props.work, Duration.hours(12), props.timeout)
    const quick = resource('QuickCustomResource', props.quickWork, props.quickWork)
    const outputs = {
      Table: table,
      MachineArn: provider.machine.stateMachineArn,
      FrontName: provider.front.fn.functionName,
      Result: long.result('SrcTable'),
      QuickResult: quick.result('SrcTable'),
    }
    Validations.of(this).acknowledge({
      id: 'CloudFormation-Validate::F6101',
      reason: 'What a wait condition was told is a text of JSON, whatever the schema calls it.',
    })
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value })
  }

  #worker(type: RequestType, tableArn: string) {
    const worker = new Code(this, `${type}Worker`, {
      description: `Does the work that a ${type} takes, and writes its row.`,
      file: 'worker',
      timeout: Duration.minutes(10),
      environment: { OPERATION: type.toLowerCase() },
    })
    worker.allow(
      new PolicyStatement({ sid: 'Write', actions: ['dynamodb:PutItem'], resources: [tableArn] }),
    )
    return worker.fn
  }
}
