import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { AwsError } from '@cloud-orrery/models'
import { PutObject } from '@cloud-orrery/models/s3'
import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import { tables } from '../state.ts'
import { linesOf } from './content.ts'
import { type ExportRecord, exports } from './state.ts'

/** Items of one data file. AWS does not say how it cuts. */
const fileItemsMax = 10_000

/** Writes an export's files into its bucket, as who asked for it. */
export const writeExport = task<{ arn: string }>('dynamodb.write-export', {
  async run(ctx, { arn }) {
    const record = exports.get(ctx, arn)
    if (record === undefined || record.status !== 'IN_PROGRESS') return
    try {
      const written = await writeAll(ctx, record)
      exports.update(ctx, arn, { ...written, status: 'COMPLETED', endedAtMs: ctx.now() })
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      const failure = { code: `S3${error.code}`, message: error.message }
      exports.update(ctx, arn, { status: 'FAILED', endedAtMs: ctx.now(), failure })
    }
  },
})

interface DataFile {
  readonly itemCount: number
  readonly md5Checksum: string
  readonly etag: string
  readonly dataFileS3Key: string
}

async function writeAll(
  ctx: Context,
  record: ExportRecord,
): Promise<Pick<ExportRecord, 'manifest' | 'items' | 'bytes'>> {
  const table = tables.get(ctx, record.tableName)
  const lines = table === undefined ? [] : [...linesOf(ctx, table, record)]
  const { S3Prefix: prefix } = record.input
  const root = `${prefix === undefined || prefix === '' ? '' : `${prefix}/`}AWSDynamoDB`
  const folder = `${root}/${record.id}`
  // Files of incremental exports lie beside their folders.
  const data = record.from === undefined ? `${folder}/data` : `${root}/data`
  await put(ctx, record, `${folder}/_started`, Buffer.alloc(0))
  const files: DataFile[] = []
  for (let i = 0; i === 0 || i < lines.length; i += fileItemsMax) {
    const part = lines.slice(i, i + fileItemsMax)
    const body = gzipSync(Buffer.from(part.map(({ text }) => `${text}\n`).join('')))
    const dataFileS3Key = `${data}/${ctx.ids.from('abcdefghijklmnopqrstuvwxyz234567', 26)}.json.gz`
    const etag = await put(ctx, record, dataFileS3Key, body)
    files.push({ itemCount: part.length, md5Checksum: md5(body), etag, dataFileS3Key })
  }
  const bytes = lines.reduce((sum, line) => sum + line.bytes, 0)
  const told = { items: lines.length, bytes, manifest: `${folder}/manifest-summary.json` }
  const manifestFiles = files.map((file) => `${JSON.stringify(file)}\n`).join('')
  const summary = summaryOf(ctx, record, told, `${folder}/manifest-files.json`)
  for (const [name, text] of [
    ['manifest-files', manifestFiles],
    ['manifest-summary', JSON.stringify(summary)],
  ] as const) {
    await put(ctx, record, `${folder}/${name}.json`, Buffer.from(text))
    await put(ctx, record, `${folder}/${name}.md5`, Buffer.from(md5(Buffer.from(text))))
  }
  return told
}

function md5(body: Uint8Array): string {
  return createHash('md5').update(body).digest('base64')
}

/** Gives the object's ETag, without quotes. */
async function put(ctx: Context, record: ExportRecord, Key: string, Body: Buffer): Promise<string> {
  const { S3Bucket: Bucket, S3SseAlgorithm: sse, S3SseKmsKeyId: keyId } = record.input
  const input = {
    Bucket,
    Key,
    Body,
    ...(record.input.S3BucketOwner === undefined
      ? {}
      : { ExpectedBucketOwner: record.input.S3BucketOwner }),
    ...(sse === 'KMS'
      ? {
          ServerSideEncryption: 'aws:kms' as const,
          ...(keyId === undefined ? {} : { SSEKMSKeyId: keyId }),
        }
      : {}),
  }
  const { ETag = '' } = await ctx.call(PutObject, input, { as: { caller: record.caller } })
  return ETag.replaceAll('"', '')
}

/** Source: Developer Guide, "DynamoDB table export output format", manifest files. */
function summaryOf(
  ctx: Context,
  record: ExportRecord,
  { items, bytes }: { readonly items: number; readonly bytes: number },
  manifestFilesS3Key: string,
) {
  const { input, from } = record
  const momentOf = (ms: number) => new Date(ms).toISOString()
  return {
    version: from === undefined ? '2020-06-30' : '2023-08-01',
    exportArn: record.arn,
    startTime: momentOf(record.startedAtMs),
    endTime: momentOf(ctx.now()),
    tableArn: input.TableArn,
    tableId: record.tableId,
    ...(from === undefined
      ? { exportTime: momentOf(record.exportAtMs) }
      : { exportFromTime: momentOf(from.fromMs), exportToTime: momentOf(from.toMs) }),
    s3Bucket: input.S3Bucket,
    s3Prefix: input.S3Prefix ?? null,
    s3SseAlgorithm: input.S3SseAlgorithm ?? 'AES256',
    s3SseKmsKeyId: input.S3SseKmsKeyId ?? null,
    manifestFilesS3Key,
    billedSizeBytes: bytes,
    itemCount: items,
    outputFormat: 'DYNAMODB_JSON',
    ...(from === undefined ? {} : { outputView: from.view }),
    exportType: from === undefined ? 'FULL_EXPORT' : 'INCREMENTAL_EXPORT',
  }
}
