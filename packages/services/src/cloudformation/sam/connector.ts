import { type ServerlessConnectorProfile, serverlessData } from '@cloud-orrery/models'
import { isList, isObject, type Json, type JsonObject } from '../engine/json.ts'
import { type ConnectorEnd, connectorEnd } from './connector-ends.ts'
import { filledProfile } from './connector-profile.ts'
import type { Expansion } from './expansion.ts'
import { invalidResource, type ServerlessProblem } from './problems.ts'
import {
  type Given,
  given,
  type Made,
  made,
  type PropertyRule,
  type PropertyRules,
} from './resources.ts'
import { listOf, logicalIdOf, mapOf } from './values.ts'

export const connectorType = 'AWS::Serverless::Connector'

const endRule: PropertyRule = {
  fits: (value) => isObject(value) || (isList(value) && value.every(isObject)),
  required: true,
}

export const connectorRules: PropertyRules = {
  Source: { fits: isObject, required: true },
  Destination: endRule,
  Permissions: {
    fits: (value) => isList(value) && value.every((item) => typeof item === 'string'),
    required: true,
  },
}

/** The policies by which one resource may use another. It comes last: both are made already. */
export function expandConnector(x: Expansion, logicalId: string, definition: JsonObject): Made[] {
  const it = given(logicalId, connectorType, definition, connectorRules)
  const { Source, Destination = [] } = it.properties
  const several = isList(Destination)
  const destinations = several ? Destination : [Destination]
  const all = destinations.flatMap((end, index) => {
    const destination = connectorEnd(x, logicalId, mapOf(end), mapOf(Source))
    const source = connectorEnd(x, logicalId, mapOf(Source), mapOf(end))
    const suffix = several ? `Destination${index}` : ''
    return described(x, it, source, destination, connect(x, it, source, destination, suffix))
  })
  replaceDependency(x, logicalId, all)
  if (all.length === 0) throw invalidResource(logicalId, "'Destination' is an empty list")
  return all
}

function connect(
  x: Expansion,
  it: Given,
  source: ConnectorEnd,
  destination: ConnectorEnd,
  suffix: string,
): Made[] {
  const profile = serverlessData().connectorPermissions[source.type]?.[destination.type]
  if (profile === undefined) {
    throw invalidResource(
      it.logicalId,
      `Unable to create connector from ${source.type} to ${destination.type}; it's not supported or the template is invalid.`,
    )
  }
  const { Permissions = [] } = it.properties
  const permissions = new Set(
    isObject(Permissions) ? Object.keys(Permissions) : listOf(Permissions).map(String),
  )
  checkPermissions(it, profile, permissions, source, destination)
  const properties = filledProfile(it.logicalId, profile.Properties, source, destination)
  const part: Part = { x, it, source, destination, suffix, properties, permissions }
  switch (profile.Type) {
    case 'AWS_IAM_ROLE_MANAGED_POLICY':
      return [rolePolicy(part)]
    case 'AWS_SQS_QUEUE_POLICY':
      return [queuePolicy(part)]
    case 'AWS_SNS_TOPIC_POLICY':
      return [topicPolicy(part)]
    default:
      return functionPermissions(part)
  }
}

interface Part {
  readonly x: Expansion
  readonly it: Given
  readonly source: ConnectorEnd
  readonly destination: ConnectorEnd
  /** `Destination0` where there are several. */
  readonly suffix: string
  readonly properties: JsonObject
  readonly permissions: ReadonlySet<string>
}

function checkPermissions(
  { logicalId }: Given,
  { Properties }: ServerlessConnectorProfile,
  permissions: ReadonlySet<string>,
  source: ConnectorEnd,
  destination: ConnectorEnd,
): void {
  const valid = Object.keys(Properties.AccessCategories)
  const from = `for connector from ${source.type} to ${destination.type}`
  if (permissions.size === 0) {
    throw invalidResource(
      logicalId,
      `'Permissions' cannot be empty; valid values are: ${valid.join(', ')}.`,
    )
  }
  if ([...permissions].some((permission) => !valid.includes(permission))) {
    throw invalidResource(
      logicalId,
      `Unsupported 'Permissions' provided ${from}; valid values are: ${valid.join(', ')}.`,
    )
  }
  const together = Properties.ValidAccessCategories?.map((each) => [...each].sort().join(' + '))
  if (together !== undefined && !together.includes([...permissions].sort().join(' + '))) {
    throw invalidResource(
      logicalId,
      `Unsupported 'Permissions' provided ${from}; valid combinations are: ${together.join(', ')}.`,
    )
  }
}

/** The end that owns what is made, and which of the two it is. */
function owner({ properties, source, destination }: Part): readonly [ConnectorEnd, string] {
  return properties['SourcePolicy'] === true ? [source, 'Source'] : [destination, 'Destination']
}

function unknown({ it }: Part, what: string, end: string): ServerlessProblem {
  return invalidResource(it.logicalId, `Unable to get ${what} from '${end}' resource.`)
}

function documentOf({ properties, permissions }: Part): JsonObject {
  const statements = Object.entries(mapOf(properties['AccessCategories'])).flatMap(
    ([name, category]) => (permissions.has(name) ? listOf(mapOf(category)['Statement']) : []),
  )
  return { Version: '2012-10-17', Statement: statements }
}

function partOf({ it, suffix }: Part, name: string, type: string, properties: JsonObject): Made {
  return made(`${it.logicalId}${name}${suffix}`, type, properties, {
    dependsOn: it.dependsOn,
    attributes: it.attributes,
  })
}

function rolePolicy(part: Part): Made {
  const [end, name] = owner(part)
  if (end.roleName === undefined) throw unknown(part, 'IAM role name', name)
  const policy = partOf(part, 'Policy', 'AWS::IAM::ManagedPolicy', {
    PolicyDocument: documentOf(part),
    Roles: [end.roleName],
  })
  const { x, source, destination, properties } = part
  const dependedBy = properties['DependedBy']
  if (dependedBy === 'SOURCE') addDependency(x, source.logicalId, policy.logicalId)
  if (dependedBy === 'DESTINATION_EVENT_SOURCE_MAPPING') {
    const mappings = mappingsBetween(x, source.logicalId, destination.logicalId)
    if (mappings.length === 1) addDependency(x, mappings[0], policy.logicalId)
  }
  return policy
}

function queuePolicy(part: Part): Made {
  const [end, name] = owner(part)
  if (end.queueUrl === undefined) throw unknown(part, 'SQS queue URL', name)
  return partOf(part, 'QueuePolicy', 'AWS::SQS::QueuePolicy', {
    PolicyDocument: documentOf(part),
    Queues: [end.queueUrl],
  })
}

function topicPolicy(part: Part): Made {
  const [end, name] = owner(part)
  if (end.arn === undefined) throw unknown(part, 'SNS topic ARN', name)
  return partOf(part, 'TopicPolicy', 'AWS::SNS::TopicPolicy', {
    PolicyDocument: documentOf(part),
    Topics: [end.arn],
  })
}

function functionPermissions(part: Part): Made[] {
  const [end, name] = owner(part)
  const { arn } = end
  if (arn === undefined) throw unknown(part, 'Lambda function ARN', name)
  const categories = Object.entries(mapOf(part.properties['AccessCategories']))
  return categories
    .filter(([permission]) => part.permissions.has(permission))
    .map(([permission, category]) => {
      const { Action = '', Principal = '', SourceArn = '', SourceAccount } = mapOf(category)
      return partOf(part, `${permission}LambdaPermission`, 'AWS::Lambda::Permission', {
        Action,
        FunctionName: arn,
        Principal,
        SourceArn,
        ...(SourceAccount === undefined ? {} : { SourceAccount }),
      })
    })
}

/** Event source mappings from one resource to one function. */
function mappingsBetween(
  { target }: Expansion,
  sourceId: string | undefined,
  functionId: string | undefined,
): string[] {
  if (sourceId === undefined || functionId === undefined) return []
  return Object.entries(target).flatMap(([id, { Type, Properties = {} }]) => {
    const { FunctionName, EventSourceArn } = mapOf(Properties)
    const between =
      Type === 'AWS::Lambda::EventSourceMapping' &&
      logicalIdOf(FunctionName) === functionId &&
      logicalIdOf(EventSourceArn) === sourceId
    return between ? [id] : []
  })
}

function dependencies(dependsOn: Json | undefined): readonly Json[] {
  if (dependsOn === undefined) return []
  return isList(dependsOn) ? dependsOn : [dependsOn]
}

function addDependency({ target }: Expansion, logicalId: string | undefined, on: string): void {
  const resource = logicalId === undefined ? undefined : target[logicalId]
  if (logicalId === undefined || resource === undefined) return
  const DependsOn = [...new Set([...dependencies(resource['DependsOn']), on])]
  target[logicalId] = { ...resource, DependsOn }
}

/** Who depends on a connector depends on all that it makes. */
function replaceDependency({ target }: Expansion, logicalId: string, all: readonly Made[]): void {
  for (const [id, resource] of Object.entries(target)) {
    const before = dependencies(resource['DependsOn'])
    if (!before.includes(logicalId)) continue
    const others = before.filter((each) => each !== logicalId)
    const DependsOn = [...new Set([...others, ...all.map((it) => it.logicalId)])]
    target[id] = { ...resource, DependsOn }
  }
}

/** Notes in the metadata which types were connected, as the template had them. */
function described(
  { source: written }: Expansion,
  it: Given,
  source: ConnectorEnd,
  destination: ConnectorEnd,
  all: Made[],
): Made[] {
  const typeOf = ({ logicalId, type }: ConnectorEnd) =>
    logicalId === undefined ? type : (written[logicalId]?.['Type'] ?? type)
  const connector = {
    [it.logicalId]: {
      Source: { Type: typeOf(source) },
      Destination: { Type: typeOf(destination) },
    },
  }
  for (const each of all) {
    const Metadata = { ...mapOf(each.attributes['Metadata']), 'aws:sam:connectors': connector }
    each.attributes = { ...each.attributes, Metadata }
  }
  return all
}
