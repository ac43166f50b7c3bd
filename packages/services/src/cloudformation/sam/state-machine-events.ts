import { notModelled } from '../../shared/not-modelled.ts'
import { isObject, type Json, type JsonObject } from '../engine/json.ts'
import type { FunctionEvent } from './events.ts'
import { invalidEvent, invalidResource } from './problems.ts'
import {
  aFlag,
  aMap,
  aText,
  type Given,
  given,
  type Made,
  made,
  type PropertyRules,
  passed,
} from './resources.ts'
import { grant, serviceTrust } from './role.ts'
import { deadLetters, ruleTarget, stateOf, targetId } from './rule-events.ts'
import { getAtt, isGiven, mapOf, shownText } from './values.ts'

const scheduleRules: PropertyRules = {
  Schedule: { ...aText, required: true },
  Input: aText,
  Enabled: aFlag,
  State: aText,
  Name: aText,
  Description: aText,
  DeadLetterConfig: aMap,
  RetryPolicy: aMap,
  Target: { ...aMap, literal: true },
  RoleArn: { ...aText, literal: true },
}

const ruleRules: PropertyRules = {
  EventBusName: aText,
  RuleName: aText,
  Pattern: aMap,
  Input: aText,
  InputPath: aText,
  DeadLetterConfig: aMap,
  RetryPolicy: aMap,
  State: aText,
  Target: { ...aMap, literal: true },
  InputTransformer: aMap,
}

/** A rule that starts a state machine, with the role that lets it. */
export function stateMachineEvent(
  machine: Given,
  relativeId: string,
  definition: Json,
  machineArn: Json,
): Made[] {
  const type = isObject(definition) ? definition['Type'] : undefined
  if (type === 'Api' || type === 'ScheduleV2') {
    throw notModelled(`events of type ${type} of AWS::Serverless::StateMachine`)
  }
  const scheduled = type === 'Schedule'
  if (
    !isObject(definition) ||
    !(scheduled || type === 'CloudWatchEvent' || type === 'EventBridgeRule')
  ) {
    const { message } = invalidEvent(
      relativeId,
      `Resource dict has missing or invalid value for key Type. Event Type is: ${shownText(type)}.`,
    )
    throw invalidResource(machine.logicalId, message)
  }
  const rules = scheduled ? scheduleRules : ruleRules
  const event: FunctionEvent = {
    ...given(machine.logicalId + relativeId, String(type), definition, rules),
    relativeId,
  }
  return rule(machine, event, machineArn, scheduled)
}

function rule(machine: Given, event: FunctionEvent, Arn: Json, scheduled: boolean): Made[] {
  const { logicalId, properties } = event
  const attributes = passed(machine.attributes)
  const state = stateOf(event)
  const named = properties['RoleArn']
  const role = named === undefined ? startingRole(machine, logicalId, Arn, attributes) : undefined
  const RoleArn = role === undefined ? named : getAtt(role.logicalId, 'Arn')
  const letters = deadLetters(event, getAtt(logicalId, 'Arn'), attributes)
  const { Input, InputPath, InputTransformer, Target } = properties
  const Id = mapOf(Target)['Id'] ?? targetId(logicalId, 'StepFunctionsTarget')
  const target: JsonObject = ruleTarget(
    event,
    { Arn, Id, RoleArn, Input, InputPath, InputTransformer },
    letters.arn,
  )
  const about = scheduled
    ? {
        ScheduleExpression: properties['Schedule'],
        Name: properties['Name'],
        Description: properties['Description'],
      }
    : {
        EventBusName: properties['EventBusName'],
        EventPattern: properties['Pattern'],
        Name: properties['RuleName'],
      }
  return [
    made(logicalId, 'AWS::Events::Rule', { ...about, ...state, Targets: [target] }, { attributes }),
    ...(role === undefined ? [] : [role]),
    ...letters.resources,
  ]
}

function startingRole(
  { properties }: Given,
  eventId: string,
  machineArn: Json,
  attributes: JsonObject,
): Made {
  const logicalId = `${eventId}Role`
  const boundary = properties['PermissionsBoundary']
  return made(
    logicalId,
    'AWS::IAM::Role',
    {
      AssumeRolePolicyDocument: serviceTrust('events.amazonaws.com'),
      Policies: [grant(`${logicalId}StartExecutionPolicy`, 'states:StartExecution', machineArn)],
      PermissionsBoundary: isGiven(boundary) ? boundary : undefined,
    },
    { attributes },
  )
}
