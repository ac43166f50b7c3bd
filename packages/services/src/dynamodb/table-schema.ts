import type {
  AttributeDefinition,
  CreateTableInput,
  GlobalSecondaryIndex,
  KeySchemaElement,
  LocalSecondaryIndex,
  Projection,
} from '@cloud-orrery/models/dynamodb'
import { notModelled } from '../shared/not-modelled.ts'
import { invalid, invalidValues } from './errors.ts'
import { globalIndexesMax, localIndexesMax, projectedAttributesMax } from './limits.ts'
import type { IndexRecord, KeyNames, ScalarType } from './state.ts'

/*
 * What CreateTable and UpdateTable ask of keys and indexes, in DynamoDB's words and order.
 * Source: API reference, CreateTable; the facts of dynalite's tests.
 */

const throughputMax = 1_000_000_000_000

export function checkUnits(units: { ReadCapacityUnits: number; WriteCapacityUnits: number }): void {
  for (const name of ['ReadCapacityUnits', 'WriteCapacityUnits'] as const) {
    if (units[name] > throughputMax) {
      throw invalid(`Given value ${units[name]} for ${name} is out of bounds`)
    }
  }
}

/** Checks what the model leaves open. */
export function checkSchema(input: CreateTableInput): void {
  checkBilling(input)
  const definitions = input.AttributeDefinitions ?? []
  const schema = input.KeySchema ?? []
  const defined = definitions.map(({ AttributeName }) => AttributeName)
  if (schema.length > defined.length) {
    throw invalid('Invalid KeySchema: Some index key attribute have no definition')
  }
  checkKeySchema(schema, defined)
  const { LocalSecondaryIndexes: locals, GlobalSecondaryIndexes: globals } = input
  if (locals === undefined && globals === undefined && schema.length !== defined.length) {
    throw unusedDefinitions()
  }
  const names = new Set<string>()
  if (locals !== undefined) checkLocalIndexes(locals, schema, defined, names)
  if (globals !== undefined) checkGlobalIndexes(globals, defined, names, input.BillingMode)
  const projected = [...(locals ?? []), ...(globals ?? [])]
  checkProjectedAttributes(projected.map(({ Projection }) => Projection))
  checkDefinitionsUsed(defined, [schema, ...projected.map(({ KeySchema }) => KeySchema)])
}

function unusedDefinitions(): Error {
  return invalidValues(
    'Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions',
  )
}

export function checkDefinitionsUsed(
  defined: readonly string[],
  schemas: readonly (readonly KeySchemaElement[])[],
): void {
  const used = new Set(schemas.flat().map(({ AttributeName }) => AttributeName))
  if (defined.some((name) => !used.has(name))) {
    throw invalidValues(
      `Some AttributeDefinitions are not used. AttributeDefinitions: [${defined.join(', ')}], keys used: [${[...used].join(', ')}]`,
    )
  }
}

function checkBilling({ BillingMode, ProvisionedThroughput: units }: CreateTableInput): void {
  if (BillingMode === 'PAY_PER_REQUEST') {
    if (units === undefined) return
    throw invalidValues(
      'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
    )
  }
  if (units === undefined) {
    throw invalidValues(
      'ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED',
    )
  }
  checkUnits(units)
}

export function checkKeySchema(
  schema: readonly KeySchemaElement[],
  defined: readonly string[],
): void {
  const keys = schema.map(({ AttributeName }) => AttributeName)
  if (keys.some((key) => !defined.includes(key))) {
    throw invalidValues(
      `Some index key attributes are not defined in AttributeDefinitions. Keys: [${keys.join(', ')}], AttributeDefinitions: [${defined.join(', ')}]`,
    )
  }
  if (keys.length > 1 && keys[0] === keys[1]) {
    throw invalid('Both the Hash Key and the Range Key element in the KeySchema have the same name')
  }
  if (schema[0]?.KeyType !== 'HASH') {
    throw invalid('Invalid KeySchema: The first KeySchemaElement is not a HASH key type')
  }
  if (schema.length > 2) throw notModelled('indexes with several attributes in a key of DynamoDB')
  if (schema[1] !== undefined && schema[1].KeyType !== 'RANGE') {
    throw invalid('Invalid KeySchema: The second KeySchemaElement is not a RANGE key type')
  }
}

function checkLocalIndexes(
  indexes: readonly LocalSecondaryIndex[],
  schema: readonly KeySchemaElement[],
  defined: readonly string[],
  names: Set<string>,
): void {
  if (indexes.length === 0) throw invalidValues('List of LocalSecondaryIndexes is empty')
  if (schema.length !== 2) {
    throw invalidValues(
      'Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex',
    )
  }
  const [{ AttributeName: tableHash } = { AttributeName: '' }] = schema
  for (const { IndexName, KeySchema, Projection } of indexes) {
    checkKeySchema(KeySchema, defined)
    if (KeySchema.length !== 2) {
      throw invalidValues(`Index KeySchema does not have a range key for index: ${IndexName}`)
    }
    const hash = KeySchema[0]?.AttributeName
    if (hash !== tableHash) {
      throw invalidValues(
        `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${IndexName}. index hash key: ${hash}, table hash key: ${tableHash}`,
      )
    }
    checkProjection(Projection)
    checkName(IndexName, names)
  }
  if (indexes.length > localIndexesMax) {
    throw invalidValues(
      `Number of LocalSecondaryIndexes exceeds per-table limit of ${localIndexesMax}`,
    )
  }
}

function checkGlobalIndexes(
  indexes: readonly GlobalSecondaryIndex[],
  defined: readonly string[],
  names: Set<string>,
  billingMode: string | undefined,
): void {
  if (indexes.length === 0) throw invalidValues('List of GlobalSecondaryIndexes is empty')
  for (const index of indexes) {
    checkKeySchema(index.KeySchema, defined)
    checkProjection(index.Projection)
    checkIndexThroughput(index, billingMode)
    checkName(index.IndexName, names)
  }
  if (indexes.length > globalIndexesMax) {
    throw invalidValues(
      `GlobalSecondaryIndex count exceeds the per-table limit of ${globalIndexesMax}`,
    )
  }
}

export function checkIndexThroughput(
  { IndexName, ProvisionedThroughput: units }: GlobalSecondaryIndex,
  billingMode: string | undefined,
): void {
  if (billingMode === 'PAY_PER_REQUEST') {
    if (units === undefined) return
    throw invalidValues(
      `ProvisionedThroughput should not be specified for index: ${IndexName} when BillingMode is PAY_PER_REQUEST`,
    )
  }
  if (units === undefined) {
    throw invalidValues(`ProvisionedThroughput must be specified for index: ${IndexName}`)
  }
  checkUnits(units)
}

export function checkProjection({ ProjectionType, NonKeyAttributes }: Projection): void {
  if (ProjectionType === undefined) throw invalidValues('Unknown ProjectionType: null')
  if (NonKeyAttributes !== undefined && ProjectionType !== 'INCLUDE') {
    throw invalidValues(`ProjectionType is ${ProjectionType}, but NonKeyAttributes is specified`)
  }
  if (ProjectionType === 'INCLUDE' && NonKeyAttributes === undefined) {
    throw invalidValues('ProjectionType is INCLUDE, but NonKeyAttributes is not specified')
  }
}

export function checkProjectedAttributes(projections: readonly Projection[]): void {
  let total = 0
  for (const { NonKeyAttributes = [] } of projections) total += NonKeyAttributes.length
  if (total > projectedAttributesMax) {
    throw invalidValues(
      `Number of projected attributes exceeds per-table limit of ${projectedAttributesMax}`,
    )
  }
}

function checkName(name: string, names: Set<string>): void {
  if (names.has(name)) throw invalidValues(`Duplicate index name: ${name}`)
  names.add(name)
}

/** The two names of a key schema that was checked. */
export function keyNames(schema: readonly KeySchemaElement[]): KeyNames {
  const [hash, range] = schema
  return {
    hash: hash?.AttributeName ?? '',
    ...(range === undefined ? {} : { range: range.AttributeName }),
  }
}

export function schemaOf({ hash, range }: KeyNames): readonly KeySchemaElement[] {
  const schema: KeySchemaElement[] = [{ AttributeName: hash, KeyType: 'HASH' }]
  if (range !== undefined) schema.push({ AttributeName: range, KeyType: 'RANGE' })
  return schema
}

export function attributeTypesOf(
  definitions: readonly AttributeDefinition[],
): Readonly<Record<string, ScalarType>> {
  return Object.fromEntries(
    // The model's enum: S, N or B.
    definitions.map((it) => [it.AttributeName, it.AttributeType as ScalarType]),
  )
}

export function projectionOf({ ProjectionType, NonKeyAttributes }: Projection) {
  const type = (ProjectionType ?? 'ALL') as IndexRecord['projection']['type'] // The model's enum.
  return NonKeyAttributes === undefined ? { type } : { type, attributes: NonKeyAttributes }
}
