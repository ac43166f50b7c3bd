import { isObject, type Json, type JsonObject } from '../engine/json.ts'
import type { Expansion } from './expansion.ts'
import { invalidResource } from './problems.ts'
import {
  aMap,
  anything,
  aTextOrMap,
  given,
  type Made,
  made,
  type PropertyRule,
  type PropertyRules,
} from './resources.ts'
import { isGiven, mapOf, tagList, textOf } from './values.ts'

const mapOfTexts: PropertyRule = {
  fits: (value) =>
    isObject(value) && Object.values(value).every((item) => typeof item === 'string'),
}

const capacities: PropertyRule = {
  fits: (value) =>
    isObject(value) &&
    Object.values(value).every((item) => typeof item === 'number' || isObject(item)),
}

const tableRules: PropertyRules = {
  PointInTimeRecoverySpecification: anything,
  PrimaryKey: mapOfTexts,
  ProvisionedThroughput: capacities,
  TableName: aTextOrMap,
  Tags: aMap,
  SSESpecification: aMap,
}

const attributeTypes: Readonly<Record<string, string>> = { String: 'S', Number: 'N', Binary: 'B' }

/** A DynamoDB table with one key attribute. */
export function expandSimpleTable(
  _x: Expansion,
  logicalId: string,
  definition: JsonObject,
): Made[] {
  const it = given(logicalId, 'AWS::Serverless::SimpleTable', definition, tableRules)
  const key = keyOf(logicalId, it.properties['PrimaryKey'])
  const { ProvisionedThroughput, Tags } = it.properties
  const optional = (name: string) => {
    const value = it.properties[name]
    return isGiven(value) ? value : undefined
  }
  const table = made(
    logicalId,
    'AWS::DynamoDB::Table',
    {
      AttributeDefinitions: [key],
      KeySchema: [{ AttributeName: key['AttributeName'] ?? '', KeyType: 'HASH' }],
      PointInTimeRecoverySpecification: optional('PointInTimeRecoverySpecification'),
      ...(isGiven(ProvisionedThroughput)
        ? { ProvisionedThroughput }
        : { BillingMode: 'PAY_PER_REQUEST' }),
      SSESpecification: optional('SSESpecification'),
      TableName: optional('TableName'),
      Tags: isGiven(Tags) ? tagList(Tags) : undefined,
    },
    { dependsOn: it.dependsOn, attributes: it.attributes },
  )
  return [table]
}

function keyOf(logicalId: string, written: Json | undefined): JsonObject {
  if (!isGiven(written)) return { AttributeName: 'id', AttributeType: 'S' }
  const { Name, Type } = mapOf(written)
  if (Name === undefined)
    throw invalidResource(logicalId, "Property 'PrimaryKey.Name' is required.")
  if (Type === undefined)
    throw invalidResource(logicalId, "Property 'PrimaryKey.Type' is required.")
  const type = textOf(Type) ?? ''
  const AttributeType = Object.hasOwn(attributeTypes, type) ? attributeTypes[type] : undefined
  if (AttributeType === undefined) throw invalidResource(logicalId, `Invalid 'Type' "${type}".`)
  return { AttributeName: Name, AttributeType }
}
