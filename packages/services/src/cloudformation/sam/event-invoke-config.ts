import { isObject, type Json, type JsonObject } from '../engine/json.ts'
import type { Expansion } from './expansion.ts'
import type { Published } from './function-code.ts'
import { invalidResource } from './problems.ts'
import { type Given, type Made, made, passed } from './resources.ts'
import { bucketGrant, grant } from './role.ts'
import {
  branchesOf,
  conditional,
  getAtt,
  hashedId,
  isGiven,
  isNoValue,
  mapOf,
  pythonText,
  ref,
  resolved,
  textOf,
} from './values.ts'

export interface EventInvocation {
  readonly resources: Made[]
  /** What the function's role needs to reach its destinations. */
  readonly policies: JsonObject[]
}

const destinationTypes = ['SQS', 'SNS', 'EventBridge', 'Lambda', 'S3Bucket']

/** Retries, age and destinations of asynchronous calls, with queues and topics that are not there yet. */
export function eventInvokeConfig(
  x: Expansion,
  it: Given,
  published: Published | undefined,
): EventInvocation {
  const written = it.properties['EventInvokeConfig']
  if (!isGiven(written)) return { resources: [], policies: [] }
  const logicalId = `${it.logicalId}EventInvokeConfig`
  const config = mapOf(resolved(written, x.parameters))
  const destinations = config['DestinationConfig']
  const found: Record<string, Json> = {}
  const resources: Made[] = []
  const policies: JsonObject[] = []
  if (isGiven(destinations)) {
    const path = 'EventInvokeConfig.DestinationConfig'
    if (!isObject(destinations)) {
      throw invalidResource(it.logicalId, `Property '${path}' should be a map.`)
    }
    for (const name of ['OnSuccess', 'OnFailure']) {
      const side = destinations[name] ?? undefined
      if (side === undefined) continue
      if (!isObject(side)) {
        throw invalidResource(it.logicalId, `Property '${path}.${name}' should be a map.`)
      }
      const { resource, arn, policy } = destination(x, it, logicalId, name, side)
      found[name] = { Destination: arn }
      if (resource !== undefined) resources.push(resource)
      policies.push(policy)
    }
  }
  const { MaximumEventAgeInSeconds, MaximumRetryAttempts } = config
  resources.push(
    made(
      logicalId,
      'AWS::Lambda::EventInvokeConfig',
      {
        FunctionName: ref(it.logicalId),
        Qualifier: published?.name ?? '$LATEST',
        DestinationConfig: found,
        MaximumEventAgeInSeconds,
        MaximumRetryAttempts,
      },
      {
        attributes: it.attributes,
        dependsOn: published === undefined ? undefined : [published.alias.logicalId],
      },
    ),
  )
  return { resources, policies }
}

interface Destination {
  readonly resource?: Made
  readonly arn: Json
  readonly policy: JsonObject
}

function destination(
  x: Expansion,
  it: Given,
  configId: string,
  side: string,
  settings: JsonObject,
): Destination {
  const { Type, Destination: written } = settings
  const type = textOf(Type) ?? ''
  if (!destinationTypes.includes(type)) {
    const shown = typeof Type === 'string' ? Type : pythonText(Type)
    throw invalidResource(
      it.logicalId,
      `'Type: ${shown}' must be one of ${pythonText(destinationTypes)}`,
    )
  }
  const prefix = configId + side
  const choice = chosenDestination(x, configId, written)
  if (isGiven(written) && choice === undefined) {
    return { arn: written, policy: destinationPolicy(type, prefix, written) }
  }
  if (type !== 'SQS' && type !== 'SNS') {
    throw invalidResource(it.logicalId, "Destination is required if Type is not ['SQS', 'SNS']")
  }
  const resource = newDestination(x, it, prefix, type, choice?.condition)
  const own = type === 'SQS' ? getAtt(resource.logicalId, 'Arn') : ref(resource.logicalId)
  const arn = choice === undefined ? own : conditional(choice.condition, own, choice.arn)
  return { resource, arn, policy: destinationPolicy(type, prefix, arn) }
}

function newDestination(
  x: Expansion,
  it: Given,
  prefix: string,
  type: 'SQS' | 'SNS',
  condition: string | undefined,
): Made {
  const attributes = passed(it.attributes)
  const both = combined(x, it, textOf(attributes['Condition']), condition)
  const withBoth = both === undefined ? attributes : { ...attributes, Condition: both }
  return type === 'SQS'
    ? made(`${prefix}Queue`, 'AWS::SQS::Queue', {}, { attributes: withBoth })
    : made(`${prefix}Topic`, 'AWS::SNS::Topic', {}, { attributes: withBoth })
}

/** A new condition that holds where both do. */
function combined(
  x: Expansion,
  { logicalId }: Given,
  first: string | undefined,
  second: string | undefined,
): string | undefined {
  if (first === undefined || second === undefined) return first ?? second
  const name = hashedId(`${first}AND${second}`, logicalId)
  // The transform wraps each of the two once more than CloudFormation asks.
  x.conditions[name] = {
    'Fn::And': [{ Condition: { Condition: first } }, { Condition: { Condition: second } }],
  }
  return name
}

/** An `Fn::If` with no value on one side: under which condition a new destination is to be made. */
function chosenDestination(
  x: Expansion,
  configId: string,
  written: Json | undefined,
): { readonly condition: string; readonly arn: Json } | undefined {
  const branches = branchesOf(written)
  if (branches === undefined) return undefined
  const [condition, then, otherwise] = branches
  if (branches.length !== 3 || then === undefined || otherwise === undefined) {
    throw invalidResource(
      configId,
      "Malformed 'Destination' property: Fn::If requires 3 arguments.",
    )
  }
  if (isNoValue(then) === isNoValue(otherwise)) return undefined
  const name = textOf(condition) ?? ''
  if (isNoValue(then)) return { condition: name, arn: otherwise }
  const opposite = hashedId(`NOT${name}`, configId)
  x.conditions[opposite] = { 'Fn::Not': [{ Condition: name }] }
  return { condition: opposite, arn: then }
}

function destinationPolicy(type: string, prefix: string, arn: Json): JsonObject {
  switch (type) {
    case 'SQS':
      return grant(`${prefix}SQSPolicy`, 'sqs:SendMessage', arn)
    case 'SNS':
      return grant(`${prefix}SNSPolicy`, 'sns:publish', arn)
    case 'EventBridge':
      return grant(`${prefix}EventBridgePolicy`, 'events:PutEvents', arn)
    case 'Lambda':
      return grant(`${prefix}LambdaPolicy`, 'lambda:InvokeFunction', arn)
    default:
      return bucketGrant(`${prefix}S3Policy`, arn)
  }
}
