import {
  AwsDynamoDbGlobalTable,
  type AwsDynamoDbGlobalTableProperties,
  type ReplicationGroupUpdate,
  type TableDescription,
  UpdateTable,
} from '@cloud-orrery/models/dynamodb'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { tableArn } from '../arns.ts'
import { invalid } from '../errors.ts'
import { deployTable, durationMs, foundTable, redeployTable, removeTable } from './deployment.ts'
import type { TableSettings } from './settings.ts'
import { tagsOf } from './table.ts'

export const globalTableType = resource(AwsDynamoDbGlobalTable, {
  durationMs,
  async create(ctx, properties) {
    const name = properties.TableName ?? ctx.physicalName({ lengthMax: 255 })
    const note = (made: TableDescription) => ctx.made(stateOf(ctx, name, made))
    const made = await deployTable(ctx, name, settingsOf(ctx, properties), note)
    await updateReplicas(ctx, name, regionsOf(ctx, properties), [])
    return stateOf(ctx, name, made)
  },
  async update(ctx, properties, previous, state) {
    const name = nameOf(state)
    const [now, before] = [settingsOf(ctx, properties), settingsOf(ctx, previous)]
    const made = await redeployTable(ctx, name, now, before)
    await updateReplicas(ctx, name, regionsOf(ctx, properties), regionsOf(ctx, previous))
    return stateOf(ctx, name, made)
  },
  async delete(ctx, state, properties) {
    await updateReplicas(ctx, nameOf(state), [], regionsOf(ctx, properties))
    await removeTable(ctx, nameOf(state))
  },
  async read(ctx, state, properties) {
    const found = await foundTable(ctx, nameOf(state))
    if (found === undefined) return undefined
    return {
      ...properties,
      TableName: found.TableName,
      AttributeDefinitions: found.AttributeDefinitions,
      KeySchema: found.KeySchema,
    }
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
    TableId: made.TableId ?? '',
    ...(made.LatestStreamArn === undefined ? {} : { StreamArn: made.LatestStreamArn }),
  }
}

/** Regions of the replicas beside the stack's own. */
function regionsOf(
  ctx: ResourceContext,
  { Replicas }: AwsDynamoDbGlobalTableProperties,
): readonly string[] {
  return Replicas.map(({ Region }) => Region).filter((region) => region !== ctx.region)
}

async function updateReplicas(
  ctx: ResourceContext,
  TableName: string,
  wanted: readonly string[],
  there: readonly string[],
): Promise<void> {
  const updates: ReplicationGroupUpdate[] = [
    ...wanted
      .filter((region) => !there.includes(region))
      .map((RegionName) => ({ Create: { RegionName } })),
    ...there
      .filter((region) => !wanted.includes(region))
      .map((RegionName) => ({ Delete: { RegionName } })),
  ]
  for (const update of updates) {
    await ctx.call(UpdateTable, { TableName, ReplicaUpdates: [update] })
  }
}

const refused = ['GlobalTableSourceArn', 'GlobalTableWitnesses', 'VectorIndexes'] as const

function settingsOf(
  ctx: ResourceContext,
  properties: AwsDynamoDbGlobalTableProperties,
): TableSettings {
  for (const name of refused) {
    if (properties[name] !== undefined) throw notModelled(`${name} of AWS::DynamoDB::GlobalTable`)
  }
  if (properties.MultiRegionConsistency === 'STRONG') {
    throw notModelled('MultiRegionConsistency of AWS::DynamoDB::GlobalTable')
  }
  const replica = properties.Replicas.find(({ Region }) => Region === ctx.region)
  if (replica === undefined) {
    throw invalid('Replicas must contain the region in which the stack is deployed')
  }
  if (replica.KinesisStreamSpecification !== undefined) {
    throw notModelled('KinesisStreamSpecification of AWS::DynamoDB::GlobalTable')
  }
  const { SSESpecification: sse, KeySchema } = properties
  const mode = properties.BillingMode ?? 'PAY_PER_REQUEST'
  const isProvisioned = mode === 'PROVISIONED'
  return {
    AttributeDefinitions: properties.AttributeDefinitions as TableSettings['AttributeDefinitions'], // Judged by the API, as the next ones.
    KeySchema: KeySchema as TableSettings['KeySchema'],
    BillingMode: mode,
    ProvisionedThroughput: isProvisioned ? unitsOf() : undefined,
    LocalSecondaryIndexes:
      properties.LocalSecondaryIndexes as TableSettings['LocalSecondaryIndexes'],
    GlobalSecondaryIndexes: (properties.GlobalSecondaryIndexes ?? []).map((index) => ({
      IndexName: index.IndexName,
      KeySchema: index.KeySchema as NonNullable<TableSettings['KeySchema']>,
      Projection: index.Projection as TableSettings['GlobalSecondaryIndexes'][number]['Projection'],
      ...(index.WarmThroughput === undefined ? {} : { WarmThroughput: index.WarmThroughput }),
    })),
    StreamViewType: properties.StreamSpecification?.StreamViewType,
    SSESpecification:
      sse?.SSEEnabled !== true
        ? undefined
        : { Enabled: true, KMSMasterKeyId: replica.SSESpecification?.KMSMasterKeyId },
    TableClass: replica.TableClass,
    DeletionProtectionEnabled: replica.DeletionProtectionEnabled,
    OnDemandThroughput: onDemandOf(properties, replica),
    WarmThroughput: properties.WarmThroughput,
    policy:
      replica.ResourcePolicy === undefined
        ? undefined
        : JSON.stringify(replica.ResourcePolicy.PolicyDocument),
    tags: tagsOf(ctx, replica.Tags),
    ttl: properties.TimeToLiveSpecification,
    recovery: replica.PointInTimeRecoverySpecification,
  }
}

/** Provisioned global tables scale their writes. */
function unitsOf(): never {
  throw notModelled('Application Auto Scaling of AWS::DynamoDB::GlobalTable')
}

function onDemandOf(
  { WriteOnDemandThroughputSettings: write }: AwsDynamoDbGlobalTableProperties,
  { ReadOnDemandThroughputSettings: read }: AwsDynamoDbGlobalTableProperties['Replicas'][number],
) {
  if (write === undefined && read === undefined) return undefined
  return {
    MaxReadRequestUnits: read?.MaxReadRequestUnits,
    MaxWriteRequestUnits: write?.MaxWriteRequestUnits,
  }
}
