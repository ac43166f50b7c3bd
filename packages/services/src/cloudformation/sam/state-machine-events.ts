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
} from './resources.ts'
import { grant, serviceTrust } from './role.ts'
import { deadLetters, ruleTarget, stateOf, targetId } from './rule-events.ts'
import { schedulerEvent, schedulerRules } from './scheduler-event.ts'
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

/** Whoever a state machine's events are to start: it, or its alias. */
export interface MachineTarget {
  readonly machine: Given
  readonly arn: Json
  /** `Condition` and policies, which all that is made for the event gets too. */
  readonly attributes: JsonObject
}

export type MachineEventKind = 'rule' | 'schedule' | 'scheduler'

export interface MachineEvent {
  readonly kind: MachineEventKind
  readonly event: FunctionEvent
}

const kinds: Readonly<Record<string, { kind: MachineEventKind; rules: PropertyRules }>> = {
  CloudWatchEvent: { kind: 'rule', rules: ruleRules },
  EventBridgeRule: { kind: 'rule', rules: ruleRules },
  Schedule: { kind: 'schedule', rules: scheduleRules },
  ScheduleV2: { kind: 'scheduler', rules: schedulerRules },
}

/** Reads an event of a state machine. Throws a ServerlessProblem; refuses `Api` by name. */
export function stateMachineEvent(
  machine: Given,
  relativeId: string,
  definition: Json,
): MachineEvent {
  const type = isObject(definition) ? definition['Type'] : undefined
  if (type === 'Api') throw notModelled('events of type Api of AWS::Serverless::StateMachine')
  const known = typeof type === 'string' && Object.hasOwn(kinds, type) ? kinds[type] : undefined
  if (!isObject(definition) || known === undefined) {
    const { message } = invalidEvent(
      relativeId,
      `Resource dict has missing or invalid value for key Type. Event Type is: ${shownText(type)}.`,
    )
    throw invalidResource(machine.logicalId, message)
  }
  const its = given(machine.logicalId + relativeId, String(type), definition, known.rules)
  return { kind: known.kind, event: { ...its, relativeId } }
}

/** What starts a state machine on an event, with the role that lets it. */
export function expandMachineEvent(target: MachineTarget, { kind, event }: MachineEvent): Made[] {
  if (kind !== 'scheduler') return rule(target, event, kind === 'schedule')
  return schedulerEvent({ ...target, action: 'states:StartExecution' }, event)
}

function rule(target: MachineTarget, event: FunctionEvent, scheduled: boolean): Made[] {
  const { logicalId, properties } = event
  const { attributes, arn: Arn } = target
  const state = stateOf(event)
  const named = properties['RoleArn']
  const role = named === undefined ? startingRole(target, logicalId) : undefined
  const RoleArn = role === undefined ? named : getAtt(role.logicalId, 'Arn')
  const letters = deadLetters(event, getAtt(logicalId, 'Arn'), attributes)
  const { Input, InputPath, InputTransformer, Target } = properties
  const Id = mapOf(Target)['Id'] ?? targetId(logicalId, 'StepFunctionsTarget')
  const started: JsonObject = ruleTarget(
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
    made(
      logicalId,
      'AWS::Events::Rule',
      { ...about, ...state, Targets: [started] },
      { attributes },
    ),
    ...(role === undefined ? [] : [role]),
    ...letters.resources,
  ]
}

function startingRole({ machine, arn, attributes }: MachineTarget, eventId: string): Made {
  const logicalId = `${eventId}Role`
  const boundary = machine.properties['PermissionsBoundary']
  return made(
    logicalId,
    'AWS::IAM::Role',
    {
      AssumeRolePolicyDocument: serviceTrust('events.amazonaws.com'),
      Policies: [grant(`${logicalId}StartExecutionPolicy`, 'states:StartExecution', arn)],
      PermissionsBoundary: isGiven(boundary) ? boundary : undefined,
    },
    { attributes },
  )
}
