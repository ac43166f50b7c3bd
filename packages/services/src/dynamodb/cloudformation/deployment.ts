import { AwsError } from '@cloud-orrery/models'
import {
  CreateTable,
  DeleteResourcePolicy,
  DeleteTable,
  DescribeTable,
  DescribeTimeToLive,
  type GlobalSecondaryIndex,
  type GlobalSecondaryIndexUpdate,
  PutResourcePolicy,
  ResourceInUseException,
  ResourceNotFoundException,
  type TableDescription,
  TagResource,
  UntagResource,
  UpdateContinuousBackups,
  UpdateTable,
  type UpdateTableInput,
  UpdateTimeToLive,
} from '@cloud-orrery/models/dynamodb'
import type { ResourceContext } from '../../context.ts'
import { alreadyExists } from '../../shared/already-exists.ts'
import { tableArn } from '../arns.ts'
import { invalid } from '../errors.ts'
import {
  createInput,
  isChanged,
  recoverySpecification,
  streamSpecification,
  type TableSettings,
  ttlSpecification,
} from './settings.ts'

/** Longer than tables are on their way. Backfilling takes longer where there are many items. */
export const durationMs = { create: 8000, update: 8000, delete: 4000 }

/** Makes a table with all that a template says of it. `note` hears of the table before the rest of it is set up. */
export async function deployTable(
  ctx: ResourceContext,
  name: string,
  settings: TableSettings,
  note: (made: TableDescription) => void,
): Promise<TableDescription> {
  const { TableDescription: made = {} } = await created(ctx, name, settings)
  note(made)
  const TimeToLiveSpecification = ttlSpecification(settings.ttl)
  if (TimeToLiveSpecification !== undefined) {
    await ctx.call(UpdateTimeToLive, { TableName: name, TimeToLiveSpecification })
  }
  const PointInTimeRecoverySpecification = recoverySpecification(settings.recovery)
  if (PointInTimeRecoverySpecification !== undefined) {
    await ctx.call(UpdateContinuousBackups, { TableName: name, PointInTimeRecoverySpecification })
  }
  return made
}

async function created(ctx: ResourceContext, name: string, settings: TableSettings) {
  try {
    return await ctx.call(CreateTable, createInput(name, settings))
  } catch (error) {
    const isTaken = error instanceof AwsError && error.code === ResourceInUseException.code
    throw isTaken ? alreadyExists(name) : error
  }
}

/** Changes a table from one template to the next. */
export async function redeployTable(
  ctx: ResourceContext,
  name: string,
  now: TableSettings,
  before: TableSettings,
): Promise<TableDescription> {
  const there = await asItIs(ctx, name, before)
  const update = updateInput(name, now, there)
  if (Object.values(update).some((value, at) => at > 0 && value !== undefined)) {
    await ctx.call(UpdateTable, update)
  }
  await updateTimeToLive(ctx, name, now, before)
  await updateRecovery(ctx, name, now, before)
  await updatePolicyAndTags(ctx, name, now, before)
  const { Table = {} } = await ctx.call(DescribeTable, { TableName: name })
  return Table
}

/**
 * The settings of a template as far as the table has them: an update that failed halfway is rolled back from what
 * it left.
 */
async function asItIs(
  ctx: ResourceContext,
  TableName: string,
  before: TableSettings,
): Promise<TableSettings> {
  const { Table: table = {} } = await ctx.call(DescribeTable, { TableName })
  const isOnDemand = table.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST'
  const { ReadCapacityUnits = 0, WriteCapacityUnits = 0 } = table.ProvisionedThroughput ?? {}
  const { StreamSpecification: stream, GlobalSecondaryIndexes: indexes = [] } = table
  return {
    ...before,
    BillingMode: isOnDemand ? 'PAY_PER_REQUEST' : 'PROVISIONED',
    ProvisionedThroughput: isOnDemand ? undefined : { ReadCapacityUnits, WriteCapacityUnits },
    StreamViewType: stream?.StreamEnabled === true ? stream.StreamViewType : undefined,
    SSESpecification: table.SSEDescription === undefined ? undefined : before.SSESpecification,
    GlobalSecondaryIndexes: indexes.map(({ IndexName = '', KeySchema = [], Projection = {} }) => ({
      ...before.GlobalSecondaryIndexes.find((index) => index.IndexName === IndexName),
      IndexName,
      KeySchema,
      Projection,
    })),
  }
}

/** Everything in one call: the API takes changes one after the other, each when the one before has ended. */
function updateInput(name: string, now: TableSettings, before: TableSettings): UpdateTableInput {
  const changed = <K extends keyof TableSettings>(key: K) =>
    isChanged(now[key], before[key]) ? now[key] : undefined
  const updates = indexUpdates(now, before)
  const isStreamChanged = now.StreamViewType !== before.StreamViewType
  return {
    TableName: name,
    AttributeDefinitions: updates.some(({ Create }) => Create !== undefined)
      ? now.AttributeDefinitions
      : undefined,
    BillingMode: changed('BillingMode') as UpdateTableInput['BillingMode'], // Judged by the API.
    ProvisionedThroughput: changed('ProvisionedThroughput'),
    GlobalSecondaryIndexUpdates: updates.length === 0 ? undefined : updates,
    StreamSpecification: isStreamChanged
      ? (streamSpecification(now.StreamViewType) ?? { StreamEnabled: false })
      : undefined,
    SSESpecification: isChanged(now.SSESpecification, before.SSESpecification)
      ? (now.SSESpecification ?? { Enabled: false })
      : undefined,
    TableClass: isChanged(now.TableClass, before.TableClass)
      ? ((now.TableClass ?? 'STANDARD') as UpdateTableInput['TableClass']) // As above.
      : undefined,
    DeletionProtectionEnabled: isChanged(
      now.DeletionProtectionEnabled,
      before.DeletionProtectionEnabled,
    )
      ? (now.DeletionProtectionEnabled ?? false)
      : undefined,
    OnDemandThroughput: changed('OnDemandThroughput'),
    WarmThroughput: changed('WarmThroughput'),
  }
}

function indexUpdates(now: TableSettings, before: TableSettings): GlobalSecondaryIndexUpdate[] {
  const updates: GlobalSecondaryIndexUpdate[] = []
  const [wanted, there] = [now.GlobalSecondaryIndexes, before.GlobalSecondaryIndexes]
  for (const { IndexName } of there) {
    if (!wanted.some((index) => index.IndexName === IndexName)) {
      updates.push({ Delete: { IndexName } })
    }
  }
  for (const index of wanted) {
    const was = there.find(({ IndexName }) => IndexName === index.IndexName)
    if (was === undefined) updates.push({ Create: index })
    else if (isChanged(shape(index), shape(was))) throw indexReplaced(index.IndexName)
    else if (isChanged(index, was)) {
      const { IndexName, ProvisionedThroughput, OnDemandThroughput, WarmThroughput } = index
      updates.push({
        Update: { IndexName, ProvisionedThroughput, OnDemandThroughput, WarmThroughput },
      })
    }
  }
  if (updates.filter(({ Update }) => Update === undefined).length > 1) {
    throw invalid('Cannot perform more than one GSI creation or deletion in a single update')
  }
  return updates
}

function shape({ KeySchema, Projection }: GlobalSecondaryIndex): unknown {
  return [KeySchema, Projection]
}

function indexReplaced(name: string): Error {
  return invalid(
    `Cannot update GSI's properties other than Provisioned Throughput and Contributor Insights Specification. You can create a new GSI with a different name. (GSI: ${name})`,
  )
}

async function updateTimeToLive(
  ctx: ResourceContext,
  TableName: string,
  now: TableSettings,
  before: TableSettings,
): Promise<void> {
  const [wanted, there] = [ttlSpecification(now.ttl), ttlSpecification(before.ttl)]
  if (!isChanged(wanted, there)) return
  const { TimeToLiveDescription: found } = await ctx.call(DescribeTimeToLive, { TableName })
  const isEnabled = /^ENABL/.test(found?.TimeToLiveStatus ?? '')
  if (isEnabled === (wanted !== undefined) && found?.AttributeName === wanted?.AttributeName) return
  const specification = wanted ?? (there === undefined ? undefined : { ...there, Enabled: false })
  if (specification === undefined) return
  await ctx.call(UpdateTimeToLive, { TableName, TimeToLiveSpecification: specification })
}

async function updateRecovery(
  ctx: ResourceContext,
  TableName: string,
  now: TableSettings,
  before: TableSettings,
): Promise<void> {
  const wanted = recoverySpecification(now.recovery)
  if (!isChanged(wanted, recoverySpecification(before.recovery))) return
  await ctx.call(UpdateContinuousBackups, {
    TableName,
    PointInTimeRecoverySpecification: wanted ?? { PointInTimeRecoveryEnabled: false },
  })
}

async function updatePolicyAndTags(
  ctx: ResourceContext,
  name: string,
  now: TableSettings,
  before: TableSettings,
): Promise<void> {
  const ResourceArn = tableArn(ctx, name)
  if (now.policy !== undefined && now.policy !== before.policy) {
    await ctx.call(PutResourcePolicy, { ResourceArn, Policy: now.policy })
  }
  if (now.policy === undefined && before.policy !== undefined) {
    await ctx.call(DeleteResourcePolicy, { ResourceArn })
  }
  const keys = now.tags.map(({ Key }) => Key)
  const gone = before.tags.map(({ Key }) => Key).filter((key) => !keys.includes(key))
  if (gone.length > 0) await ctx.call(UntagResource, { ResourceArn, TagKeys: gone })
  const set = now.tags.filter(
    ({ Key, Value }) => !before.tags.some((tag) => tag.Key === Key && tag.Value === Value),
  )
  if (set.length > 0) await ctx.call(TagResource, { ResourceArn, Tags: set })
}

export async function removeTable(ctx: ResourceContext, TableName: string): Promise<void> {
  await ctx.call(DeleteTable, { TableName })
}

/** The table as it is; undefined where it is gone. */
export async function foundTable(
  ctx: ResourceContext,
  TableName: string,
): Promise<TableDescription | undefined> {
  try {
    return (await ctx.call(DescribeTable, { TableName })).Table
  } catch (error) {
    if (error instanceof AwsError && error.code === ResourceNotFoundException.code) return undefined
    throw error
  }
}
