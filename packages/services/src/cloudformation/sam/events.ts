import { notModelled } from '../../shared/not-modelled.ts'
import { isObject, type Json, type JsonObject } from '../engine/json.ts'
import { apiEvent, apiEventRules } from './api-events.ts'
import { bucketEvent, bucketEventLink } from './bucket-event.ts'
import type { Expansion } from './expansion.ts'
import { httpApiEvent, httpApiEventRules } from './http-api-events.ts'
import { logEvent } from './log-event.ts'
import { permission } from './permission.ts'
import { pollingEvents } from './polling-events.ts'
import { invalidEvent } from './problems.ts'
import { aText, type Given, given, type Made, type PropertyRules } from './resources.ts'
import type { RoleDraft } from './role.ts'
import { ruleEvent, ruleRules, scheduleEvent, scheduleRules } from './rule-events.ts'
import { schedulerEvent, schedulerRules } from './scheduler-event.ts'
import { topicEvent, topicRules } from './topic-event.ts'
import { shownText, withoutMembers } from './values.ts'

/** Whoever an event is to call: a function, or its alias where it has one. */
export interface EventTarget {
  readonly expansion: Expansion
  readonly functionId: string
  /** `Condition` and policies, which all that is made for the event gets too. */
  readonly attributes: JsonObject
  readonly arn: Json
  /** A function's name; an alias has only its ARN. */
  readonly nameOrArn: Json
  readonly role: RoleDraft
}

/** An event of a function: `logicalId` is its function's and its own, `relativeId` its own. */
export interface FunctionEvent extends Given {
  readonly relativeId: string
}

export interface EventKind {
  readonly rules: PropertyRules
  readonly expand: (target: EventTarget, event: FunctionEvent) => Made[]
  /** Checks that belong before everything else of the function. */
  readonly link?: (x: Expansion, event: FunctionEvent) => void
}

const kinds: Readonly<Record<string, EventKind>> = {
  Api: { rules: apiEventRules, expand: apiEvent },
  AlexaSkill: {
    rules: { SkillId: aText },
    expand: (target, event) => [
      permission(target, event.logicalId, 'alexa-appkit.amazon.com', {
        EventSourceToken: event.properties['SkillId'],
      }),
    ],
  },
  CloudWatchEvent: { rules: ruleRules, expand: ruleEvent },
  CloudWatchLogs: logEvent,
  EventBridgeRule: { rules: ruleRules, expand: ruleEvent },
  HttpApi: { rules: httpApiEventRules, expand: httpApiEvent },
  S3: { ...bucketEvent, link: bucketEventLink },
  Schedule: { rules: scheduleRules, expand: scheduleEvent },
  ScheduleV2: {
    rules: schedulerRules,
    expand: (target, event) =>
      schedulerEvent({ ...target, action: 'lambda:InvokeFunction' }, event),
  },
  SNS: { rules: topicRules, expand: topicEvent },
  ...pollingEvents,
}

/** AWS's other event types; each needs services that are not here. */
const unmodelled = new Set(['Cognito', 'DocumentDB', 'IoTRule', 'MQ', 'MSK', 'SelfManagedKafka'])

/** Reads an event of a function. Throws a ServerlessProblem; refuses by name what is not modelled. */
export function functionEvent(functionId: string, relativeId: string, definition: Json) {
  const type = isObject(definition) ? definition['Type'] : undefined
  if (typeof type === 'string' && unmodelled.has(type)) {
    throw notModelled(`events of type ${type} of AWS::Serverless::Function`)
  }
  const kind = typeof type === 'string' && Object.hasOwn(kinds, type) ? kinds[type] : undefined
  if (!isObject(definition)) throw invalidEvent(relativeId, withoutMembers(definition))
  if (kind === undefined) {
    throw invalidEvent(
      relativeId,
      `Resource dict has missing or invalid value for key Type. Event Type is: ${shownText(type)}.`,
    )
  }
  const event: FunctionEvent = {
    ...given(functionId + relativeId, String(type), definition, kind.rules),
    relativeId,
  }
  return { kind, event }
}
