import {
  CreateTable,
  type CreateTableInput,
  DeleteTable,
  DescribeTable,
  ListTables,
  type ProvisionedThroughput,
} from '@cloud-orrery/models/dynamodb'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { arnOf, nameOf, placeOf, tableArn } from './arns.ts'
import { describe } from './description.ts'
import { withKey } from './encryption.ts'
import { invalid, invalidValues, limitExceeded, tableExists, tableInUse } from './errors.ts'
import { listTablesMax, tablesMax } from './limits.ts'
import { readPolicy } from './resource-policies.ts'
import { type IndexRecord, type TableRecord, type Throughput, tables } from './state.ts'
import { checkNewStream, setStream } from './streams/specification.ts'
import { begin, beginDeletion } from './table-changes.ts'
import { doing, isBusy, namedTable } from './table-lookup.ts'
import { attributeTypesOf, checkSchema, keyNames, projectionOf } from './table-schema.ts'
import { tagContext, tagsOf } from './tags.ts'

export const createTable = operation(CreateTable, {
  authorize(input, ctx) {
    const resource = arnOf(ctx, input.TableName)
    const create = { resource, creates: true, context: tagContext(input.Tags) }
    const also = (action: string) => ({ ...create, action })
    return [
      create,
      ...(input.Tags === undefined || input.Tags.every(({ Key }) => /^aws:/i.test(Key))
        ? []
        : [also('dynamodb:TagResource')]),
      ...(input.ResourcePolicy === undefined ? [] : [also('dynamodb:PutResourcePolicy')]),
    ]
  },
  provenance: 'recorded',
  refuses: ['GlobalTableSourceArn', 'GlobalTableSettingsReplicationMode', 'VectorIndexes'],
  run(ctx, input) {
    checkTableName(input.TableName)
    checkSchema(input)
    const tags = tagsOf(ctx, [], input.Tags ?? [])
    if (tables.has(ctx, nameOf(input.TableName))) throw tableExists(nameOf(input.TableName))
    if (tables.count(ctx) >= tablesMax) {
      throw limitExceeded(
        `Subscriber limit exceeded: Table count exceeds the limit of ${tablesMax}`,
      )
    }
    checkNewStream(input.StreamSpecification)
    const settings = newTable(ctx, input)
    return withKey(ctx, settings.arn, input.SSESpecification, (key) => {
      if (tables.has(ctx, settings.name)) throw tableExists(settings.name)
      const encryption = key === undefined ? {} : { sse: key.sse, keyCiphertext: key.ciphertext }
      const table = begin(ctx, { ...settings, tags, ...encryption })
      setStream(ctx, table, input.StreamSpecification)
      return { TableDescription: describe(ctx, table, false) }
    })
  },
})

/** Names are judged before anything else; items are also reached by ARN. */
export function checkTableName(nameOrArn: string): void {
  const name = nameOf(nameOrArn)
  if (name.length < 3 || name.length > 255) {
    throw invalid('TableName must be at least 3 characters long and at most 255 characters long')
  }
  if (!/^[a-zA-Z0-9_.-]+$/.test(name)) {
    throw invalid(
      `1 validation error detected: Value '${name}' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+`,
    )
  }
}

function newTable(ctx: Context, input: CreateTableInput): TableRecord {
  const { BillingMode, TableClass, ResourcePolicy, OnDemandThroughput, WarmThroughput } = input
  const name = nameOf(input.TableName)
  const arn = tableArn(ctx, name)
  const policy = ResourcePolicy === undefined ? undefined : readPolicy(ctx, ResourcePolicy)
  const isOnDemand = BillingMode === 'PAY_PER_REQUEST'
  if (OnDemandThroughput !== undefined && !isOnDemand) {
    throw invalidValues(
      'OnDemandThroughput can only be specified when BillingMode is PAY_PER_REQUEST',
    )
  }
  return {
    name,
    arn,
    accountId: ctx.accountId,
    region: ctx.region,
    id: ctx.ids.uuid(),
    space: ctx.ids.hex(8),
    status: 'CREATING',
    createdAtMs: ctx.now(),
    key: keyNames(input.KeySchema ?? []),
    keySchema: input.KeySchema ?? [],
    attributes: attributeTypesOf(input.AttributeDefinitions ?? []),
    indexes: newIndexes(ctx, input),
    billingMode: isOnDemand ? 'PAY_PER_REQUEST' : 'PROVISIONED',
    billingModeShown: isOnDemand,
    throughput: throughputOf(input.ProvisionedThroughput),
    deletionProtection: input.DeletionProtectionEnabled ?? false,
    tags: [],
    ...(TableClass === undefined ? {} : { tableClass: TableClass }),
    ...(OnDemandThroughput === undefined ? {} : { onDemand: OnDemandThroughput }),
    ...(WarmThroughput === undefined ? {} : { warm: WarmThroughput }),
    ...(policy === undefined ? {} : { policy }),
  }
}

function newIndexes(ctx: Context, input: CreateTableInput): readonly IndexRecord[] {
  const { LocalSecondaryIndexes: locals = [], GlobalSecondaryIndexes: globals = [] } = input
  return [
    ...locals.map(
      (it): IndexRecord => ({
        name: it.IndexName,
        kind: 'local',
        space: ctx.ids.hex(8),
        key: keyNames(it.KeySchema),
        projection: projectionOf(it.Projection),
        status: 'CREATING',
        throughput: throughputOf(undefined),
      }),
    ),
    ...globals.map((it) => newGlobalIndex(ctx, it)),
  ]
}

export function newGlobalIndex(
  ctx: Context,
  it: NonNullable<CreateTableInput['GlobalSecondaryIndexes']>[number],
): IndexRecord {
  return {
    name: it.IndexName,
    kind: 'global',
    space: ctx.ids.hex(8),
    key: keyNames(it.KeySchema),
    projection: projectionOf(it.Projection),
    status: 'CREATING',
    throughput: throughputOf(it.ProvisionedThroughput),
    ...(it.OnDemandThroughput === undefined ? {} : { onDemand: it.OnDemandThroughput }),
    ...(it.WarmThroughput === undefined ? {} : { warm: it.WarmThroughput }),
  }
}

export function throughputOf(units: ProvisionedThroughput | undefined): Throughput {
  const { ReadCapacityUnits: readUnits = 0, WriteCapacityUnits: writeUnits = 0 } = units ?? {}
  return { readUnits, writeUnits, decreases: 0 }
}

export const describeTable = operation(DescribeTable, {
  authorize: (input, ctx) => arnOf(ctx, input.TableName),
  scope: (input) => placeOf(input.TableName),
  provenance: 'recorded',
  run(ctx, { TableName }) {
    checkTableName(TableName)
    return { Table: describe(ctx, namedTable(ctx, TableName), true) }
  },
})

export const deleteTable = operation(DeleteTable, {
  authorize: (input, ctx) => arnOf(ctx, input.TableName),
  scope: (input) => placeOf(input.TableName),
  provenance: 'recorded',
  run(ctx, { TableName }) {
    checkTableName(TableName)
    const table = namedTable(ctx, TableName)
    if (isBusy(ctx, table)) throw tableInUse(table.name, doing[table.status])
    if (table.deletionProtection) {
      throw invalid(
        'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
      )
    }
    return { TableDescription: describe(ctx, beginDeletion(ctx, table), false) }
  },
})

export const listTables = operation(ListTables, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { ExclusiveStartTableName: after, Limit = listTablesMax }) {
    const names: string[] = []
    for (const { name } of tables.scan(ctx, after === undefined ? {} : { after })) {
      const last = names.at(-1)
      if (names.length === Limit && last !== undefined) {
        return { TableNames: names, LastEvaluatedTableName: last }
      }
      names.push(name)
    }
    return { TableNames: names }
  },
})
