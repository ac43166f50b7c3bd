import { Duration } from 'aws-cdk-lib'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import {
  Choice,
  Condition,
  Fail,
  type IChainable,
  JsonPath,
  Succeed,
  TaskInput,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions'
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks'
import type { Construct } from 'constructs'

export type RequestType = 'Create' | 'Update' | 'Delete'

export interface WorkflowProps {
  /**
   * Who does the work of each request. Called with the workflow's state, a worker answers `{ done: true, data }`, or
   * `{ done: false, waitSeconds }` with whatever it wants to find again at `output` when it is called next.
   */
  readonly workers: Readonly<Record<RequestType, IFunction>>
  readonly stopOlderWork: IFunction
  readonly sendResponse: IFunction
}

/** How a request is worked on: look, wait, look again, and tell in the end how it went. */
export function workflow(scope: Construct, props: WorkflowProps): IChainable {
  const tell = sendResponse(scope, props.sendResponse)
  const byType = new Choice(scope, 'ProcessByEventType', {
    comment: 'CloudFormation asks for one of three things.',
  })
  const again = new Wait(scope, 'WaitForWork', {
    time: WaitTime.secondsPath('$.output.waitSeconds'),
  }).next(byType)
  const isDone = new Choice(scope, 'IsWorkDone')
    .when(Condition.booleanEquals('$.output.done', true), tell)
    .otherwise(again)
  for (const type of ['Create', 'Update', 'Delete'] as const) {
    const task = new LambdaInvoke(scope, `${type}ResourceTask`, {
      lambdaFunction: props.workers[type],
      payloadResponseOnly: true,
      resultPath: '$.output',
    })
    task.addCatch(tell, { errors: ['States.ALL'], resultPath: '$.errorInfo' })
    task.next(isDone)
    byType.when(Condition.stringEquals('$.cfnEvent.RequestType', type), task)
  }
  byType.otherwise(
    new Fail(scope, 'RequestTypeNotSupported', {
      error: 'RequestTypeNotSupported',
      cause: 'The request is none of Create, Update and Delete.',
    }),
  )
  const stop = new LambdaInvoke(scope, 'StopOlderWorkTask', {
    lambdaFunction: props.stopOlderWork,
    payloadResponseOnly: true,
    payload: TaskInput.fromObject({
      cfnEvent: JsonPath.objectAt('$.cfnEvent'),
      execution: JsonPath.stringAt('$$.Execution.Id'),
      stateMachine: JsonPath.stringAt('$$.StateMachine.Id'),
    }),
    resultPath: JsonPath.DISCARD,
  })
  stop.addRetry({ errors: ['States.ALL'], interval: Duration.seconds(2), maxAttempts: 3 })
  stop.addCatch(tell, { errors: ['States.ALL'], resultPath: '$.errorInfo' })
  return new Choice(scope, 'MayOlderWorkRun', { comment: 'A new resource has no earlier request.' })
    .when(Condition.stringEquals('$.cfnEvent.RequestType', 'Create'), byType)
    .otherwise(stop.next(byType))
}

/** The last task, and what the execution ends as: its status is that of the work. */
function sendResponse(scope: Construct, lambdaFunction: IFunction): IChainable {
  const task = new LambdaInvoke(scope, 'SendCfnResponseTask', {
    lambdaFunction,
    payloadResponseOnly: true,
    resultPath: '$.cfnResponse',
  })
  task.addRetry({ errors: ['States.ALL'], interval: Duration.seconds(2), maxAttempts: 5 })
  return task.next(
    new Choice(scope, 'DidWorkSucceed')
      .when(
        Condition.isPresent('$.errorInfo'),
        new Fail(scope, 'ResourceWorkFailed', {
          error: workFailed,
          causePath: '$.errorInfo.Cause',
        }),
      )
      .otherwise(new Succeed(scope, 'Done')),
  )
}

/** The error of an execution whose work failed, and which has told so. */
export const workFailed = 'ResourceWorkFailed'
