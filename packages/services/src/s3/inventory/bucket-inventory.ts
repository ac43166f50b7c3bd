import { orderedKey } from '@cloud-orrery/kernel'
import {
  DeleteBucketInventoryConfiguration,
  GetBucketInventoryConfiguration,
  ListBucketInventoryConfigurations,
  PutBucketInventoryConfiguration,
} from '@cloud-orrery/models/s3'
import { type Authorize, operation } from '../../define.ts'
import { bucketArn, bucketOf, scopeOfBucket } from '../access.ts'
import { invalidArgument, malformedXml, notModelled, s3Error } from '../errors.ts'
import { inventoriesMax, inventoriesPageMax } from '../limits.ts'
import { inventories } from '../state.ts'
import { nextReport, scheduleReport } from './inventory-report.ts'

const toPut: Authorize<{ readonly Bucket: string }> = (input, ctx) => ({
  action: 's3:PutInventoryConfiguration',
  resource: bucketArn(ctx, input.Bucket),
})

const toGet: Authorize<{ readonly Bucket: string }> = (input, ctx) => ({
  action: 's3:GetInventoryConfiguration',
  resource: bucketArn(ctx, input.Bucket),
})

export const putBucketInventoryConfiguration = operation(PutBucketInventoryConfiguration, {
  authorize: toPut,
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket, Id, InventoryConfiguration: configuration }) {
    bucketOf(ctx, Bucket)
    if (configuration.Id !== Id) throw malformedXml()
    const { Format, Bucket: destination } = configuration.Destination.S3BucketDestination
    if (Format !== 'CSV') throw notModelled('PutBucketInventoryConfiguration', `Format ${Format}`)
    if (!/^arn:[^:]+:s3:::[^/]+$/.test(destination)) {
      throw invalidArgument('Invalid bucket ARN.', 'Bucket', destination)
    }
    const known = inventories.get(ctx, orderedKey(Bucket, Id))
    if (known === undefined) {
      let count = 0
      for (const _ of inventories.scan(ctx, { prefix: orderedKey(Bucket, '') })) count += 1
      if (count >= inventoriesMax) {
        throw s3Error(
          'TooManyConfigurations',
          'You are attempting to create a new configuration but have already reached the 1,000-configuration limit.',
        )
      }
    } else if (known.taskId !== undefined) ctx.cancel(known.taskId)
    inventories.put(ctx, {
      bucket: Bucket,
      id: Id,
      configuration,
      ...(configuration.IsEnabled
        ? scheduleReport(ctx, Bucket, Id, nextReport(ctx, configuration))
        : {}),
    })
    return {}
  },
})

function missing() {
  return s3Error('NoSuchConfiguration', 'The specified configuration does not exist.')
}

export const getBucketInventoryConfiguration = operation(GetBucketInventoryConfiguration, {
  authorize: toGet,
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket, Id }) {
    bucketOf(ctx, Bucket)
    const known = inventories.get(ctx, orderedKey(Bucket, Id))
    if (known === undefined) throw missing()
    return { InventoryConfiguration: known.configuration }
  },
})

export const deleteBucketInventoryConfiguration = operation(DeleteBucketInventoryConfiguration, {
  authorize: toPut,
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket, Id }) {
    bucketOf(ctx, Bucket)
    const known = inventories.get(ctx, orderedKey(Bucket, Id))
    if (known === undefined) throw missing()
    if (known.taskId !== undefined) ctx.cancel(known.taskId)
    inventories.delete(ctx, orderedKey(Bucket, Id))
    return {}
  },
})

export const listBucketInventoryConfigurations = operation(ListBucketInventoryConfigurations, {
  authorize: toGet,
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket, ContinuationToken }) {
    bucketOf(ctx, Bucket)
    const after =
      ContinuationToken === undefined
        ? {}
        : { after: orderedKey(Bucket, Buffer.from(ContinuationToken, 'base64').toString()) }
    const page = []
    let more = false
    for (const one of inventories.scan(ctx, { prefix: orderedKey(Bucket, ''), ...after })) {
      more = page.length === inventoriesPageMax
      if (more) break
      page.push(one)
    }
    const last = page.at(-1)
    return {
      IsTruncated: more,
      ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
      ...(page.length === 0
        ? {}
        : { InventoryConfigurationList: page.map(({ configuration }) => configuration) }),
      ...(more && last !== undefined
        ? { NextContinuationToken: Buffer.from(last.id).toString('base64') }
        : {}),
    }
  },
})
