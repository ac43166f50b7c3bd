import { notModelled } from '../../shared/not-modelled.ts'
import { isObject, type Json, type JsonObject } from '../engine/json.ts'
import { apiType, expandApi, withImplicitApi } from './api.ts'
import { connectorRules, connectorType, expandConnector } from './connector.ts'
import type { Expansion } from './expansion.ts'
import { expandFunction } from './function.ts'
import { checkGlobals, withGlobals } from './globals.ts'
import { expandHttpApi } from './http-api.ts'
import { httpApiType, withHttpApis } from './http-api-routes.ts'
import { expandLayerVersion } from './layer-version.ts'
import {
  duplicateLogicalId,
  invalidDocument,
  invalidResource,
  invalidStructure,
  ServerlessProblem,
} from './problems.ts'
import { withMadeReferences, withNewIds } from './references.ts'
import { definitionOf, given, type Made } from './resources.ts'
import { expandSimpleTable } from './simple-table.ts'
import { expandStateMachine } from './state-machine.ts'
import { isGiven, mapOf } from './values.ts'

export interface ServerlessSettings {
  readonly region: string
  readonly partition: string
  /** Values of the stack's parameters: lists for list types. */
  readonly parameters: JsonObject
}

type Expander = (x: Expansion, logicalId: string, definition: JsonObject) => Made[]

/** In the order in which the transform works: connectors look at what the others made. */
const expanders: Readonly<Record<string, Expander>> = {
  'AWS::Serverless::Function': expandFunction,
  'AWS::Serverless::StateMachine': expandStateMachine,
  'AWS::Serverless::SimpleTable': expandSimpleTable,
  'AWS::Serverless::LayerVersion': expandLayerVersion,
  [apiType]: expandApi,
  [httpApiType]: expandHttpApi,
  [connectorType]: expandConnector,
}

const order = Object.keys(expanders)

/** Serverless types that are refused by name: their services are not here. */
const unmodelled = new Set(
  [
    'Application',
    'CapacityProvider',
    'GraphQLApi',
    'MicrovmImage',
    'NetworkConnector',
    'WebFunction',
    'WebSocketApi',
  ].map((name) => `AWS::Serverless::${name}`),
)

/** Types of which the transform makes others under the same logical id. */
const successors: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::RestApi': apiType,
  'AWS::ApiGatewayV2::Api': httpApiType,
  'AWS::Lambda::Function': 'AWS::Serverless::Function',
  'AWS::Lambda::LayerVersion': 'AWS::Serverless::LayerVersion',
  'AWS::S3::Bucket': 'AWS::S3::Bucket',
  'AWS::SNS::Topic': 'AWS::SNS::Topic',
  'AWS::DynamoDB::Table': 'AWS::Serverless::SimpleTable',
  'AWS::StepFunctions::StateMachine': 'AWS::Serverless::StateMachine',
}

/** What `MyFunction.Alias` and its like stand for. */
const referable: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'AWS::Serverless::Function': {
    Alias: 'AWS::Lambda::Alias',
    Version: 'AWS::Lambda::Version',
    DestinationTopic: 'AWS::SNS::Topic',
    DestinationQueue: 'AWS::SQS::Queue',
  },
  [apiType]: {
    Stage: 'AWS::ApiGateway::Stage',
    Deployment: 'AWS::ApiGateway::Deployment',
  },
  [httpApiType]: {
    Stage: 'AWS::ApiGatewayV2::Stage',
    DomainName: 'AWS::ApiGatewayV2::DomainName',
  },
}

/**
 * A serverless template as AWS's transform `AWS::Serverless-2016-10-31` expands it: the same resources under the
 * same logical ids. Throws ValidationError with everything that is wrong. Source: what aws-sam-translator makes.
 */
export function expandServerless(template: JsonObject, settings: ServerlessSettings): JsonObject {
  const { Globals, Transform: _, ...rest } = template
  const prepared = documentProblems(() =>
    withHttpApis(withImplicitApi(checkedResources(template)), mapOf(Globals)),
  )
  const problems: ServerlessProblem[] = []
  const globals = documentProblems(() => checkedGlobals(Globals))
  const merged = documentProblems(() => mergedResources(prepared.resources, globals))
  const source = withConnectors(merged, problems)
  const x: Expansion = {
    region: settings.region,
    partition: settings.partition,
    parameters: parameterValues(template, settings),
    source,
    target: { ...source },
    conditions: { ...mapOf(template['Conditions']), ...prepared.conditions },
    managedApis: prepared.managed,
  }
  const references = new Map<string, Record<string, string>>()
  const newIds = new Map<string, string>()
  for (const type of order) {
    for (const [logicalId, definition] of Object.entries(source)) {
      if (definition['Type'] !== type) continue
      collecting(problems, () => {
        const all = expanders[type]?.(x, logicalId, definition) ?? []
        place(x, logicalId, all, problems)
        references.set(logicalId, referencesTo(type, all))
        const [first] = all
        if (type === 'AWS::Serverless::LayerVersion' && first !== undefined) {
          newIds.set(logicalId, first.logicalId)
        }
      })
    }
  }
  if (problems.length > 0) throw invalidDocument(problems)
  const made = new Map([...references].filter(([, ids]) => Object.keys(ids).length > 0))
  const whole = {
    ...rest,
    ...(Object.keys(x.conditions).length === 0 ? {} : { Conditions: x.conditions }),
    Resources: x.target,
  }
  return mapOf(withMadeReferences(withNewIds(whole, newIds), made))
}

/** A problem that ends the work at once. */
function documentProblems<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof ServerlessProblem) throw invalidDocument([error])
    throw error
  }
}

/** A problem of one resource: the others are still looked at. */
function collecting(problems: ServerlessProblem[], work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof ServerlessProblem)) throw error
    problems.push(error)
  }
}

function isServerless(definition: JsonObject): boolean {
  const type = definition['Type']
  return typeof type === 'string' && (unmodelled.has(type) || Object.hasOwn(expanders, type))
}

function checkedResources(template: JsonObject): Record<string, JsonObject> {
  const resources = template['Resources']
  if (!isObject(resources) || Object.keys(resources).length === 0) {
    throw invalidStructure("'Resources' section is required")
  }
  const checked: Record<string, JsonObject> = {}
  for (const [logicalId, definition] of Object.entries(resources)) {
    if (!isObject(definition)) {
      throw invalidStructure(
        "All 'Resources' must be Objects. If you're using YAML, this may be an indentation issue.",
      )
    }
    checked[logicalId] = definition
  }
  for (const [logicalId, definition] of Object.entries(checked)) {
    const { Condition, Properties = {}, Type } = definition
    if (isGiven(Condition) && typeof Condition !== 'string') {
      throw invalidStructure('Every Condition member must be a string.')
    }
    if (Type === connectorType || !isServerless(definition)) continue
    if (!isObject(Properties)) {
      throw invalidResource(logicalId, "Attribute 'Properties' should be a map.")
    }
  }
  const refused = Object.values(checked).find(({ Type }) => unmodelled.has(String(Type)))
  if (refused !== undefined) throw notModelled(`the resource type ${String(refused['Type'])}`)
  return checked
}

function checkedGlobals(globals: Json | undefined): JsonObject {
  if (globals === undefined) return {}
  checkGlobals(globals)
  return globals
}

function mergedResources(
  resources: Readonly<Record<string, JsonObject>>,
  globals: JsonObject,
): Record<string, JsonObject> {
  return Object.fromEntries(
    Object.entries(resources).map(([logicalId, definition]) => [
      logicalId,
      isServerless(definition) && definition['Type'] !== connectorType
        ? withGlobals(globals, logicalId, definition)
        : definition,
    ]),
  )
}

/** Connectors written inside a resource become resources of their own. */
function withConnectors(
  resources: Readonly<Record<string, JsonObject>>,
  problems: ServerlessProblem[],
): Record<string, JsonObject> {
  const found: Record<string, JsonObject> = {}
  const all: Record<string, JsonObject> = {}
  for (const [sourceId, definition] of Object.entries(resources)) {
    const { Connectors, ...rest } = definition
    all[sourceId] = Connectors === undefined ? definition : rest
    if (Connectors === undefined) continue
    if (!isObject(Connectors)) {
      problems.push(
        invalidResource(sourceId, `Attribute '${sourceId}.Connectors' should be a map.`),
      )
      continue
    }
    for (const [name, connector] of Object.entries(Connectors)) {
      collecting(problems, () => {
        const logicalId = sourceId + name
        const written = embedded(sourceId, name, connector)
        given(logicalId, connectorType, written, connectorRules)
        if (Object.hasOwn(resources, logicalId)) {
          throw duplicateLogicalId(sourceId, logicalId, connectorType)
        }
        found[logicalId] = written
      })
    }
  }
  return { ...all, ...found }
}

function embedded(sourceId: string, name: string, connector: Json): JsonObject {
  if (!isObject(connector)) {
    const logicalId = sourceId + name
    throw invalidResource(logicalId, `${sourceId}.${logicalId} should be a map.`)
  }
  const { SourceReference, ...properties } = mapOf(connector['Properties'])
  if (!isObject(connector['Properties'] ?? null)) {
    throw invalidResource(sourceId, `Attribute 'Connectors.${name}.Properties' should be a map.`)
  }
  if (SourceReference !== undefined && !isObject(SourceReference)) {
    throw invalidResource(
      sourceId,
      `Property 'Connectors.${name}.Properties.SourceReference' should be a map.`,
    )
  }
  const reference = mapOf(SourceReference)
  if ('Id' in reference) {
    throw invalidResource(name, "'Id' shouldn't be defined in 'SourceReference'.")
  }
  const Source = { Id: sourceId, ...reference }
  return { ...connector, Type: connectorType, Properties: { ...properties, Source } }
}

/** Puts what was made in its place. A logical id that is taken is a problem. */
function place(
  { source, target }: Expansion,
  logicalId: string,
  all: readonly Made[],
  problems: ServerlessProblem[],
): void {
  delete target[logicalId]
  for (const it of all) {
    const taken = source[it.logicalId]
    if (taken !== undefined && successors[it.type] !== taken['Type']) {
      problems.push(duplicateLogicalId(logicalId, it.logicalId, it.type))
    } else {
      target[it.logicalId] = definitionOf(it)
    }
  }
}

function referencesTo(from: string, all: readonly Made[]): Record<string, string> {
  const ids: Record<string, string> = {}
  for (const [property, type] of Object.entries(referable[from] ?? {})) {
    const last = all.findLast((it) => it.type === type)
    if (last !== undefined) ids[property] = last.logicalId
  }
  return ids
}

function parameterValues(
  template: JsonObject,
  { region, partition, parameters }: ServerlessSettings,
): JsonObject {
  const defaults = Object.entries(mapOf(template['Parameters'])).flatMap(([name, definition]) => {
    const value = mapOf(definition)['Default']
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    'AWS::Region': region,
    'AWS::Partition': partition,
    ...Object.fromEntries(defaults),
    ...parameters,
  }
}
