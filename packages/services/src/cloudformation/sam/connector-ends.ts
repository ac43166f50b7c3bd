import { serverlessData } from '@cloud-orrery/models'
import type { Json, JsonObject } from '../engine/json.ts'
import { filledTexts } from './connector-profile.ts'
import type { Expansion } from './expansion.ts'
import { invalidResource } from './problems.ts'
import { isGiven, listOf, logicalIdOf, mapOf, ref, same } from './values.ts'

/** What a connector knows of the resource at one of its ends. */
export interface ConnectorEnd {
  /** Absent where the end is described by its properties. */
  readonly logicalId?: string
  readonly type: string
  readonly arn?: Json | undefined
  readonly roleName?: Json | undefined
  readonly queueUrl?: Json | undefined
  readonly resourceId?: Json | undefined
  readonly name?: Json | undefined
  readonly qualifier?: Json | undefined
}

const plainTypes: Readonly<Record<string, string>> = {
  'AWS::Serverless::Api': 'AWS::ApiGateway::RestApi',
  'AWS::Serverless::Function': 'AWS::Lambda::Function',
  'AWS::Serverless::HttpApi': 'AWS::ApiGatewayV2::Api',
  'AWS::Serverless::SimpleTable': 'AWS::DynamoDB::Table',
  'AWS::Serverless::StateMachine': 'AWS::StepFunctions::StateMachine',
}

/** One end of a connector: a resource of the template, or one that is described. */
export function connectorEnd(
  x: Expansion,
  connectorId: string,
  end: JsonObject,
  other: JsonObject,
): ConnectorEnd {
  const described = Object.keys(end).some((key) => key !== 'Id' && key !== 'Qualifier')
  if ('Id' in end === described) {
    throw invalidResource(
      connectorId,
      "Must provide 'Id' (with optional 'Qualifier') or a supported combination of other properties.",
    )
  }
  const { Id } = end
  if (!isGiven(Id)) return describedEnd(connectorId, end)
  if (typeof Id !== 'string') throw invalidResource(connectorId, "'Id' is missing or not a string.")
  const resource = x.target[Id]
  if (resource === undefined) {
    throw invalidResource(connectorId, `Unable to find resource with logical ID '${Id}'.`)
  }
  const type = typeIn(connectorId, resource['Type'])
  const properties = serverlessData().connectorProperties[type]
  // The generated file holds plain JSON.
  const outputs = filledTexts(
    (properties?.Outputs ?? {}) as JsonObject,
    { logicalId: Id },
    connectorId,
  )
  const { Arn, Url, Id: resourceId, Name, Qualifier } = mapOf(outputs)
  return {
    logicalId: Id,
    type,
    arn: Arn,
    roleName: roleName(properties?.Inputs?.Role, mapOf(resource['Properties']), other),
    queueUrl: Url,
    resourceId,
    name: Name,
    qualifier: 'Qualifier' in end ? end['Qualifier'] : Qualifier,
  }
}

function typeIn(connectorId: string, type: Json | undefined): string {
  if (typeof type === 'string' && type !== '') return type
  throw invalidResource(connectorId, "'Type' is missing or not a string.")
}

function describedEnd(connectorId: string, end: JsonObject): ConnectorEnd {
  const type = typeIn(connectorId, end['Type'])
  return {
    type: plainTypes[type] ?? type,
    arn: end['Arn'],
    roleName: end['RoleName'],
    queueUrl: end['QueueUrl'],
    resourceId: end['ResourceId'],
    name: end['Name'],
    qualifier: end['Qualifier'],
  }
}

/** The role behind a property that names it; of a rule, that of the target at the other end. */
function roleName(
  from: string | { readonly Function: string } | undefined,
  properties: JsonObject,
  other: JsonObject,
): Json | undefined {
  if (from === undefined) return undefined
  const role = typeof from === 'string' ? properties[from] : targetRole(properties, other)
  const logicalId = logicalIdOf(role)
  return logicalId === undefined ? undefined : ref(logicalId)
}

function targetRole(properties: JsonObject, { Id, Arn }: JsonObject): Json | undefined {
  const target = listOf(properties['Targets'])
    .map(mapOf)
    .find((each) => {
      const targetId = logicalIdOf(each['Arn'])
      return (targetId !== undefined && targetId === Id) || (isGiven(Arn) && same(each['Arn'], Arn))
    })
  return target?.['RoleArn']
}
