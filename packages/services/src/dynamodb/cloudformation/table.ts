import {
  AwsDynamoDbTable,
  type AwsDynamoDbTableProperties,
  type KeySchemaElement,
  ListTagsOfResource,
  type TableDescription,
} from '@cloud-orrery/models/dynamodb'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { tableArn } from '../arns.ts'
import { deployTable, durationMs, foundTable, redeployTable, removeTable } from './deployment.ts'
import type { TableSettings } from './settings.ts'

export const tableType = resource(AwsDynamoDbTable, {
  durationMs,
  async create(ctx, properties) {
    const name = properties.TableName ?? ctx.physicalName({ lengthMax: 255 })
    const note = (made: TableDescription) => ctx.made(stateOf(ctx, name, made))
    return stateOf(ctx, name, await deployTable(ctx, name, settingsOf(ctx, properties), note))
  },
  async update(ctx, properties, previous, state) {
    const name = nameOf(state)
    const [now, before] = [settingsOf(ctx, properties), settingsOf(ctx, previous)]
    return stateOf(ctx, name, await redeployTable(ctx, name, now, before))
  },
  delete: (ctx, state) => removeTable(ctx, nameOf(state)),
  async read(ctx, state, properties) {
    const found = await foundTable(ctx, nameOf(state))
    if (found === undefined) return undefined
    const { Tags = [] } = await ctx.call(ListTagsOfResource, { ResourceArn: state.Arn })
    const stack = Object.keys(ctx.stackTags)
    const own = Tags.filter(({ Key }) => !stack.includes(Key))
    return { ...propertiesOf(found, properties), ...(own.length === 0 ? {} : { Tags: own }) }
  },
  async adopt(ctx, { TableName = '' }) {
    const found = await foundTable(ctx, TableName)
    return found === undefined ? undefined : stateOf(ctx, TableName, found)
  },
})

function nameOf(state: object): string {
  return (state as { TableName?: string }).TableName ?? '' // As `stateOf` made it.
}

function stateOf(ctx: ResourceContext, TableName: string, made: TableDescription) {
  return {
    TableName,
    physicalId: TableName,
    Arn: tableArn(ctx, TableName),
    ...(made.LatestStreamArn === undefined ? {} : { StreamArn: made.LatestStreamArn }),
  }
}

/** Refuses what is not built, by name. */
const refused = [
  'ImportSourceSpecification',
  'KinesisStreamSpecification',
  'VectorIndexes',
] as const

function settingsOf(ctx: ResourceContext, properties: AwsDynamoDbTableProperties): TableSettings {
  for (const name of refused) {
    if (properties[name] !== undefined) throw notModelled(`${name} of AWS::DynamoDB::Table`)
  }
  const insights = [properties, ...(properties.GlobalSecondaryIndexes ?? [])]
  if (insights.some((it) => it.ContributorInsightsSpecification?.Enabled === true)) {
    throw notModelled('ContributorInsightsSpecification of AWS::DynamoDB::Table')
  }
  const { SSESpecification: sse, StreamSpecification: stream, ResourcePolicy } = properties
  if (stream?.ResourcePolicy !== undefined) {
    throw notModelled('StreamSpecification.ResourcePolicy of AWS::DynamoDB::Table')
  }
  const mode = properties.BillingMode ?? 'PROVISIONED'
  return {
    AttributeDefinitions: properties.AttributeDefinitions as TableSettings['AttributeDefinitions'], // Judged by the API, as the next ones.
    KeySchema: properties.KeySchema as TableSettings['KeySchema'],
    BillingMode: mode,
    ProvisionedThroughput: mode === 'PROVISIONED' ? properties.ProvisionedThroughput : undefined,
    LocalSecondaryIndexes:
      properties.LocalSecondaryIndexes as TableSettings['LocalSecondaryIndexes'],
    GlobalSecondaryIndexes: (properties.GlobalSecondaryIndexes ?? []).map(
      ({ ContributorInsightsSpecification: _, ProvisionedThroughput, ...index }) => ({
        ...(index as unknown as TableSettings['GlobalSecondaryIndexes'][number]),
        // Templates may keep what tables on demand do not take.
        ...(mode === 'PROVISIONED' && ProvisionedThroughput !== undefined
          ? { ProvisionedThroughput }
          : {}),
      }),
    ),
    StreamViewType: stream?.StreamViewType,
    SSESpecification:
      sse === undefined || !sse.SSEEnabled
        ? undefined
        : {
            Enabled: true,
            KMSMasterKeyId: sse.KMSMasterKeyId,
            SSEType: sse.SSEType as 'KMS' | undefined, // As above.
          },
    TableClass: properties.TableClass,
    DeletionProtectionEnabled: properties.DeletionProtectionEnabled,
    OnDemandThroughput: properties.OnDemandThroughput,
    WarmThroughput: properties.WarmThroughput,
    policy:
      ResourcePolicy === undefined ? undefined : JSON.stringify(ResourcePolicy.PolicyDocument),
    tags: tagsOf(ctx, properties.Tags),
    ttl: properties.TimeToLiveSpecification,
    recovery: properties.PointInTimeRecoverySpecification,
  }
}

/** The stack's tags and the template's own, which win. */
export function tagsOf(ctx: ResourceContext, own: AwsDynamoDbTableProperties['Tags']) {
  const tags = { ...ctx.stackTags }
  for (const { Key, Value } of own ?? []) tags[Key] = Value
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

/** What DescribeTable shows of the properties; others stand as they were given. */
function propertiesOf(
  table: TableDescription,
  given: AwsDynamoDbTableProperties,
): Partial<AwsDynamoDbTableProperties> {
  const { ProvisionedThroughput: units, SSEDescription: sse, StreamSpecification: stream } = table
  const isOnDemand = table.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST'
  const TableClass = table.TableClassSummary?.TableClass ?? given.TableClass
  return {
    TableName: table.TableName,
    AttributeDefinitions: table.AttributeDefinitions,
    KeySchema: table.KeySchema as readonly KeySchemaElement[],
    BillingMode: isOnDemand ? 'PAY_PER_REQUEST' : (given.BillingMode ?? 'PROVISIONED'),
    DeletionProtectionEnabled: table.DeletionProtectionEnabled,
    ...(isOnDemand || units === undefined ? {} : { ProvisionedThroughput: unitsOf(units) }),
    ...(TableClass === undefined ? {} : { TableClass }),
    ...(stream === undefined
      ? {}
      : { StreamSpecification: { StreamViewType: stream.StreamViewType ?? '' } }),
    ...(sse === undefined
      ? {}
      : { SSESpecification: { ...given.SSESpecification, SSEEnabled: true } }),
    ...(table.LocalSecondaryIndexes === undefined
      ? {}
      : {
          LocalSecondaryIndexes: table.LocalSecondaryIndexes.map((it) => ({
            IndexName: it.IndexName ?? '',
            KeySchema: it.KeySchema ?? [],
            Projection: it.Projection ?? {},
          })),
        }),
    ...(table.GlobalSecondaryIndexes === undefined
      ? {}
      : {
          GlobalSecondaryIndexes: table.GlobalSecondaryIndexes.map((it) => ({
            IndexName: it.IndexName ?? '',
            KeySchema: it.KeySchema ?? [],
            Projection: it.Projection ?? {},
            ...(isOnDemand || it.ProvisionedThroughput === undefined
              ? {}
              : { ProvisionedThroughput: unitsOf(it.ProvisionedThroughput) }),
          })),
        }),
    ...(given.PointInTimeRecoverySpecification === undefined
      ? {}
      : { PointInTimeRecoverySpecification: given.PointInTimeRecoverySpecification }),
    ...(given.TimeToLiveSpecification === undefined
      ? {}
      : { TimeToLiveSpecification: given.TimeToLiveSpecification }),
    ...(given.ResourcePolicy === undefined ? {} : { ResourcePolicy: given.ResourcePolicy }),
  }
}

function unitsOf({
  ReadCapacityUnits = 0,
  WriteCapacityUnits = 0,
}: NonNullable<TableDescription['ProvisionedThroughput']>) {
  return { ReadCapacityUnits, WriteCapacityUnits }
}
