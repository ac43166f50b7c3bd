import {
  DescribeExport,
  type ExportDescription,
  ExportTableToPointInTime,
  type ExportTableToPointInTimeInput,
  ListExports,
} from '@cloud-orrery/models/dynamodb'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { pageOf } from '../../shared/pages.ts'
import { arnOf } from '../arns.ts'
import { backedUpTable } from '../backups/backed-up-table.ts'
import { recoveryUnavailable } from '../backups/errors.ts'
import { restorable } from '../backups/recovery.ts'
import { recoveries } from '../backups/state.ts'
import { invalid } from '../errors.ts'
import { exportConflict, exportNotFound, invalidExportTime } from './errors.ts'
import { type ExportRecord, exports } from './state.ts'
import { writeExport } from './writing.ts'

/** How long an export takes. Deviation: minutes to hours on AWS. */
const exportMs = 60_000

/** Spans of incremental exports. Source: Developer Guide, "Requesting a table export". */
const spanMsMin = 15 * 60_000
const spanMsMax = 24 * 3_600_000

/** Exports that ListExports names at once. Source: API reference, ListExports. */
const listMax = 25

export const exportTableToPointInTime = operation(ExportTableToPointInTime, {
  authorize: ({ TableArn }, ctx) => arnOf(ctx, TableArn),
  provenance: 'modelled',
  refuses: ['FilterSpecification'],
  run(ctx, input) {
    if (input.ExportFormat === 'ION')
      throw notModelled('ExportFormat ION of dynamodb:ExportTableToPointInTime')
    const known =
      input.ClientToken === undefined ? undefined : exports.first(ctx, 'token', input.ClientToken)
    if (known !== undefined) {
      if (JSON.stringify(known.input) !== JSON.stringify(input)) throw exportConflict()
      return { ExportDescription: describe(known) }
    }
    const table = backedUpTable(ctx, input.TableArn)
    const recovery = recoveries.get(ctx, table.name)
    if (recovery === undefined) throw recoveryUnavailable(table.name)
    const { earliestMs } = restorable(ctx, recovery)
    const exportAtMs = input.ExportTime ?? ctx.now()
    checkTime(ctx, 'ExportTime', exportAtMs, earliestMs)
    const from = spanOf(ctx, input, earliestMs)
    const id = `${String(ctx.now()).padStart(14, '0')}-${ctx.ids.hex(8)}`
    const record: ExportRecord = {
      arn: `${table.arn}/export/${id}`,
      id,
      tableName: table.name,
      tableId: table.id,
      space: table.space,
      input: { ...input, TableArn: table.arn },
      token: input.ClientToken ?? ctx.ids.uuid(),
      caller: ctx.caller,
      status: 'IN_PROGRESS',
      exportAtMs,
      ...(from === undefined ? {} : { from }),
      startedAtMs: ctx.now(),
    }
    exports.put(ctx, record)
    ctx.after(exportMs, writeExport, { arn: record.arn })
    return { ExportDescription: describe(record) }
  },
})

function checkTime(ctx: Context, what: string, atMs: number, earliestMs: number): void {
  // Moments are of whole seconds.
  if (atMs >= Math.floor(earliestMs / 1000) * 1000 && atMs <= ctx.now()) return
  const [from, to] = [earliestMs, ctx.now()].map((ms) => new Date(ms).toISOString())
  throw invalidExportTime(`${what} must be between ${from} and ${to}`)
}

function spanOf(
  ctx: Context,
  { ExportType, IncrementalExportSpecification: spec }: ExportTableToPointInTimeInput,
  earliestMs: number,
): ExportRecord['from'] {
  if (ExportType !== 'INCREMENTAL_EXPORT') {
    if (spec === undefined) return undefined
    throw invalid('IncrementalExportSpecification can be specified only for INCREMENTAL_EXPORT')
  }
  const { ExportFromTime: fromMs, ExportToTime: toMs = ctx.now(), ExportViewType } = spec ?? {}
  if (fromMs === undefined) throw invalid('ExportFromTime must be specified for INCREMENTAL_EXPORT')
  checkTime(ctx, 'ExportFromTime', fromMs, earliestMs)
  checkTime(ctx, 'ExportToTime', toMs, earliestMs)
  const spanMs = toMs - fromMs
  if (spanMs < spanMsMin || spanMs > spanMsMax) {
    throw invalidExportTime('The export period must be between 15 minutes and 24 hours')
  }
  return { fromMs, toMs, view: ExportViewType ?? 'NEW_AND_OLD_IMAGES' }
}

export const describeExport = operation(DescribeExport, {
  authorize: ({ ExportArn }) => ExportArn,
  provenance: 'modelled',
  run(ctx, { ExportArn }) {
    const record = exports.get(ctx, ExportArn)
    if (record === undefined) throw exportNotFound(ExportArn)
    return { ExportDescription: describe(record) }
  },
})

export const listExports = operation(ListExports, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { TableArn, MaxResults = listMax, NextToken }) {
    const { items, nextToken } = pageOf<ExportRecord>({
      list: (start) => exports.scan(ctx, start),
      positionOf: ({ arn }) => arn,
      wanted: ({ input }) => TableArn === undefined || input.TableArn === TableArn,
      itemsMax: Math.min(MaxResults, listMax),
      token: NextToken,
      request: ['ListExports', TableArn],
      refused: () => invalid('Invalid NextToken'),
    })
    return {
      ExportSummaries: items.map((record) => ({
        ExportArn: record.arn,
        ExportStatus: record.status,
        ExportType: typeOf(record),
      })),
      ...(nextToken === undefined ? {} : { NextToken: nextToken }),
    }
  },
})

function typeOf({ from }: ExportRecord): 'FULL_EXPORT' | 'INCREMENTAL_EXPORT' {
  return from === undefined ? 'FULL_EXPORT' : 'INCREMENTAL_EXPORT'
}

function describe(record: ExportRecord): ExportDescription {
  const { input, from, failure, endedAtMs, manifest, items, bytes } = record
  const { S3BucketOwner, S3Prefix, S3SseKmsKeyId } = input
  return {
    ExportArn: record.arn,
    ExportStatus: record.status,
    StartTime: record.startedAtMs,
    ...(endedAtMs === undefined ? {} : { EndTime: endedAtMs }),
    ...(manifest === undefined ? {} : { ExportManifest: manifest }),
    TableArn: input.TableArn,
    TableId: record.tableId,
    ...(from === undefined ? { ExportTime: record.exportAtMs } : {}),
    ClientToken: record.token,
    S3Bucket: input.S3Bucket,
    ...(S3BucketOwner === undefined ? {} : { S3BucketOwner }),
    ...(S3Prefix === undefined ? {} : { S3Prefix }),
    S3SseAlgorithm: input.S3SseAlgorithm ?? 'AES256',
    ...(S3SseKmsKeyId === undefined ? {} : { S3SseKmsKeyId }),
    ...(failure === undefined
      ? {}
      : { FailureCode: failure.code, FailureMessage: failure.message }),
    ExportFormat: 'DYNAMODB_JSON',
    ...(bytes === undefined ? {} : { BilledSizeBytes: bytes }),
    ...(items === undefined ? {} : { ItemCount: items }),
    ExportType: typeOf(record),
    ...(from === undefined
      ? {}
      : {
          IncrementalExportSpecification: {
            ExportFromTime: from.fromMs,
            ExportToTime: from.toMs,
            ExportViewType: from.view,
          },
        }),
  }
}
