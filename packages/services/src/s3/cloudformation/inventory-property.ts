import {
  type AwsS3BucketInventoryConfigurationDefinition,
  DeleteBucketInventoryConfiguration,
  type InventoryConfiguration,
  ListBucketInventoryConfigurations,
  PutBucketInventoryConfiguration,
} from '@cloud-orrery/models/s3'
import type { ResourceContext } from '../../context.ts'
import { setting } from './setting.ts'

export const inventory = setting('InventoryConfigurations', {
  toApi: (list) => list.map(toConfiguration),
  async put(ctx, Bucket, list) {
    const kept = new Set(list.map(({ Id }) => Id))
    for (const { Id } of await all(ctx, Bucket)) {
      if (!kept.has(Id)) await ctx.call(DeleteBucketInventoryConfiguration, { Bucket, Id })
    }
    for (const InventoryConfiguration of list) {
      const { Id } = InventoryConfiguration
      await ctx.call(PutBucketInventoryConfiguration, { Bucket, Id, InventoryConfiguration })
    }
  },
  async remove(ctx, Bucket) {
    for (const { Id } of await all(ctx, Bucket)) {
      await ctx.call(DeleteBucketInventoryConfiguration, { Bucket, Id })
    }
  },
  get: async (ctx, Bucket) => {
    const list = await all(ctx, Bucket)
    return list.length === 0 ? undefined : list
  },
  fromApi: (list) => list.map(fromConfiguration),
})

async function all(ctx: ResourceContext, Bucket: string): Promise<InventoryConfiguration[]> {
  const found: InventoryConfiguration[] = []
  let ContinuationToken: string | undefined
  do {
    const page = await ctx.call(ListBucketInventoryConfigurations, { Bucket, ContinuationToken })
    found.push(...(page.InventoryConfigurationList ?? []))
    ContinuationToken = page.NextContinuationToken
  } while (ContinuationToken !== undefined)
  return found
}

function toConfiguration({
  Destination,
  Enabled,
  Prefix,
  ScheduleFrequency,
  ...rest
}: AwsS3BucketInventoryConfigurationDefinition): InventoryConfiguration {
  const { BucketArn, BucketAccountId, ...destination } = Destination
  return {
    ...rest,
    IsEnabled: Enabled,
    Schedule: { Frequency: ScheduleFrequency },
    Destination: {
      S3BucketDestination: {
        Bucket: BucketArn,
        ...destination,
        ...(BucketAccountId === undefined ? {} : { AccountId: BucketAccountId }),
      },
    },
    ...(Prefix === undefined ? {} : { Filter: { Prefix } }),
  } as InventoryConfiguration // The schema's values are the API's.
}

function fromConfiguration({
  Destination: { S3BucketDestination: to },
  IsEnabled,
  Filter,
  Schedule,
  Id,
  IncludedObjectVersions,
  OptionalFields,
}: InventoryConfiguration): AwsS3BucketInventoryConfigurationDefinition {
  return {
    Id,
    Enabled: IsEnabled,
    IncludedObjectVersions,
    ScheduleFrequency: Schedule.Frequency,
    Destination: {
      BucketArn: to.Bucket,
      Format: to.Format,
      ...(to.AccountId === undefined ? {} : { BucketAccountId: to.AccountId }),
      ...(to.Prefix === undefined ? {} : { Prefix: to.Prefix }),
    },
    ...(OptionalFields === undefined ? {} : { OptionalFields: [...OptionalFields] }),
    ...(Filter === undefined ? {} : { Prefix: Filter.Prefix }),
  }
}
