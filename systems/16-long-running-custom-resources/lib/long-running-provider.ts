import { ArnFormat, Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { Match, Rule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import {
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import { Code } from './code.ts'
import { type RequestType, workFailed, workflow } from './workflow.ts'

export interface LongRunningProviderProps {
  /** See `WorkflowProps`. */
  readonly workers: Readonly<Record<RequestType, IFunction>>
}

/** No resource is waited for longer than twelve hours: an execution that is older has lost its way. */
const executionTimeout = Duration.hours(13)

/** Works on the requests of custom resources by a workflow. Use it through `LongRunningResource`. */
export class LongRunningProvider extends Construct {
  readonly front: Code
  readonly machine: StateMachine

  constructor(scope: Construct, id: string, { workers }: LongRunningProviderProps) {
    super(scope, id)
    const stopOlderWork = new Code(this, 'StopOlderWork', {
      description: 'Stops what earlier requests for a resource still do.',
      file: 'stop-older-work',
      timeout: Duration.minutes(1),
    })
    const sendResponse = new Code(this, 'SendResponse', {
      description: 'Tells CloudFormation how the work ended.',
      file: 'send-response',
      timeout: Duration.minutes(1),
    })
    const functions = [...Object.values(workers), stopOlderWork.fn, sendResponse.fn]
    this.machine = this.#machine(functions, { workers, stopOlderWork, sendResponse })
    this.#allowStopping(stopOlderWork)
    this.front = new Code(this, 'Front', {
      description: 'Starts a workflow for each request of CloudFormation.',
      file: 'front',
      timeout: Duration.minutes(10),
      environment: { SFN_ARN: this.machine.stateMachineArn },
    })
    this.front.allow(
      new PolicyStatement({
        sid: 'Start',
        actions: ['states:StartExecution'],
        resources: [this.machine.stateMachineArn],
      }),
    )
    this.#reportFailures()
  }

  #machine(
    functions: readonly IFunction[],
    parts: {
      workers: Readonly<Record<RequestType, IFunction>>
      stopOlderWork: Code
      sendResponse: Code
    },
  ): StateMachine {
    const role = new Role(this, 'MachineRole', {
      description: 'Calls the functions of the workflow and writes its log.',
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
    })
    role.addToPolicy(
      new PolicyStatement({
        sid: 'Work',
        actions: ['lambda:InvokeFunction'],
        resources: functions.map(({ functionArn }) => functionArn),
      }),
    )
    for (const statement of [deliverLogs(), trace()]) role.addToPolicy(statement)
    const machine = new StateMachine(this, 'Machine', {
      comment: 'Works on the requests that CloudFormation makes for a custom resource.',
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromChainable(
        workflow(this, {
          workers: parts.workers,
          stopOlderWork: parts.stopOlderWork.fn,
          sendResponse: parts.sendResponse.fn,
        }),
      ),
      timeout: executionTimeout,
      // Its permissions are those above; constructs would let it call every version of the functions.
      role: role.withoutPolicyUpdates(),
      logs: {
        level: LogLevel.ALL,
        includeExecutionData: true,
        destination: new LogGroup(this, 'MachineLog', {
          logGroupName: `/aws/vendedlogs/states/${Aws.STACK_NAME}`,
          retention: RetentionDays.ONE_MONTH,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      },
      tracingEnabled: true,
    })
    machine.node.addDependency(role)
    return machine
  }

  /** Apart from the role's own policy: the machine waits for that one, and this one for the machine. */
  #allowStopping({ role }: Code): void {
    const { stateMachineArn, stateMachineName } = this.machine
    const executions = Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${stateMachineName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    })
    new Policy(this, 'StopOlderWorkPolicy', {
      roles: [role],
      statements: [
        new PolicyStatement({
          sid: 'List',
          actions: ['states:ListExecutions'],
          resources: [stateMachineArn],
        }),
        new PolicyStatement({
          sid: 'Stop',
          actions: ['states:DescribeExecution', 'states:StopExecution'],
          resources: [executions],
        }),
      ],
    })
  }

  /** Executions that did not get to their last state have told nobody. */
  #reportFailures(): void {
    const report = new Code(this, 'ReportFailure', {
      description: 'Tells CloudFormation that a workflow has ended without telling it.',
      file: 'report-failure',
      timeout: Duration.minutes(1),
    })
    new Rule(this, 'FailedExecutions', {
      description: 'Workflows that failed, were stopped, or took too long.',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [this.machine.stateMachineArn],
          $or: [
            { status: ['TIMED_OUT', 'ABORTED'] },
            { status: ['FAILED'], error: Match.anythingBut(workFailed) },
          ],
        },
      },
      targets: [new LambdaFunction(report.fn)],
    })
  }
}

/** Source: CloudWatch Logs User Guide, "Logs sent to CloudWatch Logs": these actions have no resources of their own. */
function deliverLogs(): PolicyStatement {
  return new PolicyStatement({
    sid: 'DeliverLogs',
    actions: [
      'logs:CreateLogDelivery',
      'logs:GetLogDelivery',
      'logs:UpdateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:DescribeResourcePolicies',
      'logs:DescribeLogGroups',
    ],
    resources: ['*'],
  })
}

/** Source: Step Functions Developer Guide, "IAM policies for X-Ray": these actions have no resources of their own. */
function trace(): PolicyStatement {
  return new PolicyStatement({
    sid: 'Trace',
    actions: [
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
    ],
    resources: ['*'],
  })
}
