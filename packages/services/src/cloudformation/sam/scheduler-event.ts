import type { Json, JsonObject } from '../engine/json.ts'
import type { FunctionEvent } from './events.ts'
import { invalidEvent } from './problems.ts'
import { aFlag, aMap, aText, type Made, made, type PropertyRules } from './resources.ts'
import { grant, serviceTrust } from './role.ts'
import { deadLetterQueue, ruleTarget } from './rule-events.ts'
import { getAtt, isGiven } from './values.ts'

export const schedulerRules: PropertyRules = {
  PermissionsBoundary: aText,
  ScheduleExpression: { ...aText, required: true },
  FlexibleTimeWindow: aMap,
  Name: aText,
  State: aText,
  Description: aText,
  StartDate: aText,
  EndDate: aText,
  ScheduleExpressionTimezone: aText,
  GroupName: aText,
  KmsKeyArn: aText,
  Input: aText,
  RoleArn: aText,
  DeadLetterConfig: aMap,
  RetryPolicy: aMap,
  OmitName: { ...aFlag, literal: true },
}

/** Names of the policies with which the transform grants each action. */
const policySuffixes = {
  'lambda:InvokeFunction': 'LambdaPolicy',
  'states:StartExecution': 'StartExecutionPolicy',
} as const

/** Whom a schedule calls: a function, a state machine, or an alias of one. */
export interface ScheduledTarget {
  readonly arn: Json
  readonly attributes: JsonObject
  readonly action: keyof typeof policySuffixes
}

/** A schedule of EventBridge Scheduler, with a role of its own unless the event names one. */
export function schedulerEvent(target: ScheduledTarget, event: FunctionEvent): Made[] {
  const { logicalId, properties } = event
  const { attributes } = target
  const { Name, OmitName, State, FlexibleTimeWindow, RoleArn, Input } = properties
  if (isGiven(OmitName) && isGiven(Name)) {
    throw invalidEvent(logicalId, 'Name cannot be set when OmitName is True')
  }
  const letters = deadLetterQueue(event, attributes)
  const role = isGiven(RoleArn) ? undefined : schedulerRole(target, event, letters?.arn ?? null)
  const roleArn = role === undefined ? RoleArn : getAtt(role.logicalId, 'Arn')
  const schedule = made(
    logicalId,
    'AWS::Scheduler::Schedule',
    {
      ScheduleExpression: properties['ScheduleExpression'],
      State: isGiven(State) ? State : undefined,
      Name: isGiven(OmitName) ? undefined : isGiven(Name) ? Name : logicalId,
      Description: properties['Description'],
      FlexibleTimeWindow: isGiven(FlexibleTimeWindow) ? FlexibleTimeWindow : { Mode: 'OFF' },
      StartDate: properties['StartDate'],
      EndDate: properties['EndDate'],
      ScheduleExpressionTimezone: properties['ScheduleExpressionTimezone'],
      GroupName: properties['GroupName'],
      KmsKeyArn: properties['KmsKeyArn'],
      Target: ruleTarget(event, { Arn: target.arn, RoleArn: roleArn, Input }, letters?.arn),
    },
    { attributes },
  )
  return [
    schedule,
    ...(letters?.queue === undefined ? [] : [letters.queue]),
    ...(role === undefined ? [] : [role]),
  ]
}

function schedulerRole(
  { arn, attributes, action }: ScheduledTarget,
  { logicalId, properties }: FunctionEvent,
  deadLetterArn: Parameters<typeof grant>[2],
): Made {
  const boundary = properties['PermissionsBoundary']
  return made(
    `${logicalId}Role`,
    'AWS::IAM::Role',
    {
      AssumeRolePolicyDocument: serviceTrust('scheduler.amazonaws.com'),
      Policies: [
        grant(logicalId + policySuffixes[action], action, arn),
        ...(isGiven(deadLetterArn)
          ? [grant(`${logicalId}SQSPolicy`, 'sqs:SendMessage', deadLetterArn)]
          : []),
      ],
      PermissionsBoundary: isGiven(boundary) ? boundary : undefined,
    },
    { attributes },
  )
}
