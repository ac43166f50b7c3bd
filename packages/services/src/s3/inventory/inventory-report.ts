import { gzipSync } from 'node:zlib'
import { orderedKey } from '@cloud-orrery/kernel'
import {
  type InventoryConfiguration,
  type InventoryEncryption,
  PutObject,
} from '@cloud-orrery/models/s3'
import { md5Hex } from '@cloud-orrery/protocols'
import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import { isTransient } from '../../shared/transient-errors.ts'
import { bucketArn } from '../access.ts'
import { notificationRetryMs } from '../limits.ts'
import { buckets, inventories, versions } from '../state.ts'
import { columnsOf } from './inventory-columns.ts'

interface Report {
  readonly bucket: string
  readonly id: string
}

const dayMs = 86_400_000

/** Reports are made at midnight UTC, weekly ones on Sundays. Source: S3 User Guide, "Amazon S3 Inventory". */
export function nextReport(ctx: Context, { Schedule }: InventoryConfiguration): number {
  const tomorrow = (Math.floor(ctx.now() / dayMs) + 1) * dayMs
  if (Schedule.Frequency === 'Daily') return tomorrow
  const days = (7 - new Date(tomorrow).getUTCDay()) % 7
  return tomorrow + days * dayMs
}

export function scheduleReport(
  ctx: Context,
  bucket: string,
  id: string,
  atMs: number,
): { taskId: string } {
  return { taskId: ctx.after(atMs - ctx.now(), writeInventory, { bucket, id }) }
}

/**
 * Writes a report: the rows, compressed, and a manifest that names them, with its checksum. As S3 itself, so that
 * the destination's policy must let it in. Source: S3 User Guide, "Inventory lists", "Inventory manifest".
 * Deviation: AWS delivers the first report within 48 hours, ours at the next midnight.
 */
export const writeInventory = task<Report>('s3.writeInventory', {
  async run(ctx, { bucket: name, id }) {
    const key = orderedKey(name, id)
    const record = inventories.get(ctx, key)
    const bucket = buckets.get(ctx, name)
    if (record === undefined || bucket === undefined) return
    const { configuration } = record
    const rows = csvOf(ctx, name, configuration)
    const destination = configuration.Destination.S3BucketDestination
    const folder = `${destination.Prefix ? `${destination.Prefix}/` : ''}${name}/${id}`
    const data = gzipSync(rows)
    const dataKey = `${folder}/data/${ctx.ids.uuid()}.csv.gz`
    const manifest = new TextEncoder().encode(
      JSON.stringify({
        sourceBucket: name,
        destinationBucket: destination.Bucket,
        version: '2016-11-30',
        creationTimestamp: String(ctx.now()),
        fileFormat: 'CSV',
        fileSchema: columnsOf(configuration)
          .map(([column]) => column)
          .join(', '),
        files: [{ key: dataKey, size: data.byteLength, MD5checksum: md5Hex(data) }],
      }),
    )
    const stamp = new Date(ctx.now()).toISOString().replace(/:(\d\d):.*$/, '-$1Z')
    const checksum = new TextEncoder().encode(md5Hex(manifest))
    for (const [path, Body] of [
      [dataKey, data],
      [`${folder}/${stamp}/manifest.json`, manifest],
      [`${folder}/${stamp}/manifest.checksum`, checksum],
    ] as const) {
      await put(ctx, name, destination.Bucket, path, Body, destination.Encryption)
    }
    goOn(ctx, name, id)
  },
  retryDelayMs: (attempt, error) =>
    isTransient(error) ? notificationRetryMs[attempt - 1] : undefined,
  // A destination that refuses is asked again for the next report.
  onGiveUp: (ctx, { bucket, id }) => goOn(ctx, bucket, id),
})

function goOn(ctx: Context, bucket: string, id: string): void {
  const record = inventories.get(ctx, orderedKey(bucket, id))
  if (record === undefined) return
  const atMs = nextReport(ctx, record.configuration)
  inventories.put(ctx, { ...record, ...scheduleReport(ctx, bucket, id, atMs) })
}

async function put(
  ctx: Context,
  source: string,
  destination: string,
  Key: string,
  Body: Uint8Array,
  encryption: InventoryEncryption | undefined,
): Promise<void> {
  const target = buckets.get(ctx, destination.slice(destination.lastIndexOf(':') + 1))
  if (target === undefined) return
  const keyId = encryption?.SSEKMS?.KeyId
  await ctx.call(
    PutObject,
    {
      Bucket: target.name,
      Key,
      Body,
      ACL: 'bucket-owner-full-control',
      ...(keyId === undefined ? {} : { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyId }),
    },
    {
      as: 's3.amazonaws.com',
      sourceArn: bucketArn(ctx, source),
      sourceAccount: ctx.accountId,
      region: target.region,
      accountId: target.accountId,
    },
  )
}

function csvOf(ctx: Context, bucket: string, configuration: InventoryConfiguration): string {
  const columns = columnsOf(configuration)
  const prefix = configuration.Filter?.Prefix ?? ''
  const all = configuration.IncludedObjectVersions === 'All'
  const rows: string[] = []
  for (const version of versions.scan(ctx, { prefix: `${bucket}\u0000` })) {
    if (!version.key.startsWith(prefix)) continue
    if (!all && (!version.isLatest || version.isDeleteMarker)) continue
    rows.push(columns.map(([, of]) => `"${of(version).replaceAll('"', '""')}"`).join(','))
  }
  return rows.length === 0 ? '' : `${rows.join('\n')}\n`
}
