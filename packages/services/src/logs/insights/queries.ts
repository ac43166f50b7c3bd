import { orderedKey } from '@cloud-orrery/kernel'
import {
  DescribeQueries,
  GetLogRecord,
  GetQueryResults,
  type QueryInfo,
  StartQuery,
  type StartQueryRequest,
  StopQuery,
} from '@cloud-orrery/models/logs'
import type { Context } from '../../context.ts'
import { operation, task } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { pageOf } from '../../shared/pages.ts'
import { decrypted } from '../encryption.ts'
import {
  groupOfQueryNotFound,
  invalid,
  invalidToken,
  limitExceeded,
  malformedQuery,
  queryEnded,
  queryNotFound,
  recordNotFound,
} from '../errors.ts'
import { expiredBeforeMs, judgedGroup, nameOf } from '../lookup.ts'
import { type LogGroup, logEvents, logGroups, logStreams } from '../state.ts'
import { bytesOf } from '../sweep.ts'
import { parseQuery } from './parser.ts'
import { allFields, EventRow } from './records.ts'
import { type Plan, planOf, rowsMax } from './run.ts'
import {
  type QueryRecord,
  queries,
  queryGroupsMax,
  queryMs,
  queryStartMs,
  resultsKeptMs,
  runningQueriesMax,
} from './state.ts'
import { QueryError } from './syntax.ts'

export const startQuery = operation(StartQuery, {
  authorize: (input, ctx) => namesOf(input).map((name) => judgedGroup(ctx, name)),
  provenance: 'recorded',
  trail: { readOnly: true },
  run(ctx, input) {
    const { queryLanguage = 'CWLI', startTime, endTime, queryString, limit } = input
    if (queryLanguage !== 'CWLI') throw notModelled(`the query language ${queryLanguage} of logs`)
    if (startTime > endTime) throw invalid('End time should not be before start time')
    const names = namesOf(input)
    if (names.length === 0) throw invalid('At least one log group must be given.')
    if (names.length > queryGroupsMax)
      throw invalid(`No more than ${queryGroupsMax} log groups can be queried.`)
    const groups = names.map((name) => {
      const group = logGroups.get(ctx, name)
      if (group === undefined) throw groupOfQueryNotFound(ctx, name)
      return group
    })
    compiled(queryString, limit ?? rowsMax, ctx.now())
    forgetOld(ctx)
    if (running(ctx) >= runningQueriesMax) throw limitExceeded()
    return opened(ctx, groups, 0, () => start(ctx, names, input))
  },
})

/** Names and identifiers; of one parameter alone. */
function namesOf(input: StartQueryRequest): readonly string[] {
  const { logGroupName, logGroupNames = [], logGroupIdentifiers = [] } = input
  const given = [logGroupName, ...logGroupNames, ...logGroupIdentifiers]
  const names = given.flatMap((it) => nameOf({ logGroupIdentifier: it }) ?? [])
  return [...new Set(names)]
}

/** Asks KMS for each encrypted group before anything is read. */
function opened<T>(
  ctx: Context,
  groups: readonly LogGroup[],
  at: number,
  then: () => T,
): T | Promise<T> {
  const group = groups[at]
  if (group === undefined) return then()
  const result = decrypted(ctx, group, () => opened(ctx, groups, at + 1, then))
  return result as T | Promise<T> // Promises of promises are promises.
}

function compiled(query: string, limit: number, nowMs: number): Plan {
  try {
    return planOf(parseQuery(query), limit, { nowMs })
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    throw malformedQuery(error.message, error.start, error.end)
  }
}

function start(ctx: Context, groupNames: readonly string[], input: StartQueryRequest) {
  const { startTime, endTime, queryString } = input
  const id = ctx.ids.uuid()
  const startMs = inMs(startTime)
  // The whole of the last second. Recorded: logs, DescribeQueries.
  const endMs = inMs(endTime) + 999
  const source = groupNames.map((name) => `"${name}"`).join(' ')
  const taskId = ctx.after(queryStartMs, runQuery, { id })
  const { principal } = ctx.caller
  queries.put(ctx, {
    id,
    groupNames,
    query: queryString,
    shownQuery: `SOURCE ${source} START=${startMs} END=${endMs} | ${queryString}`,
    startMs,
    endMs,
    limit: input.limit ?? rowsMax,
    createdAtMs: ctx.now(),
    status: 'Scheduled',
    taskId,
    ...('arn' in principal ? { userIdentity: principal.arn } : {}),
    rows: [],
    matched: 0,
    scanned: 0,
    bytes: 0,
  })
  return { queryId: id }
}

/** Seconds since 1970; larger figures are taken for ms. */
function inMs(time: number): number {
  return time > 100_000_000_000 ? Math.floor(time / 1000) * 1000 : time * 1000
}

/** Reads the events, and a moment later shows what they gave. */
export const runQuery = task<{ id: string }>('logs.runQuery', {
  run(ctx, { id }) {
    const record = queries.get(ctx, id)
    if (record === undefined || record.status === 'Cancelled') return
    if (record.status === 'Running') {
      const { taskId: _, ...rest } = record
      queries.put(ctx, { ...rest, status: 'Complete' })
      return
    }
    const found = foundBy(ctx, record)
    const taskId = ctx.after(queryMs, runQuery, { id })
    queries.put(ctx, { ...record, ...found, status: 'Running', taskId })
  },
})

function foundBy(ctx: Context, record: QueryRecord) {
  const events: EventRow[] = []
  let bytes = 0
  for (const name of record.groupNames) {
    const group = logGroups.get(ctx, name)
    if (group === undefined) continue // Deleted meanwhile.
    for (const row of eventsOf(ctx, group, record)) {
      events.push(row)
      bytes += bytesOf(row.event.message)
    }
  }
  events.sort((a, b) => b.event.atMs - a.event.atMs || b.event.sequence - a.event.sequence)
  const { rows, matched } = compiled(record.query, record.limit, ctx.now()).run(events)
  return { rows, matched, scanned: events.length, bytes }
}

function* eventsOf(
  ctx: Context,
  group: LogGroup,
  { startMs, endMs }: Pick<QueryRecord, 'startMs' | 'endMs'>,
): Generator<EventRow, void, undefined> {
  const fromMs = Math.max(startMs, expiredBeforeMs(ctx, group), 0)
  const names = new Map<string, string>()
  const { accountId } = ctx
  for (const event of logEvents.scanIndex(ctx, 'group', {
    from: orderedKey(group.id, fromMs),
    before: orderedKey(group.id, endMs + 1),
  })) {
    let streamName = names.get(event.streamId)
    if (streamName === undefined) {
      streamName = logStreams.first(ctx, 'id', event.streamId)?.name ?? ''
      names.set(event.streamId, streamName)
    }
    yield new EventRow(event, { groupName: group.name, streamName, accountId })
  }
}

function running(ctx: Context): number {
  const prefix = { from: orderedKey(Math.max(0, ctx.now() - queryStartMs - queryMs)) }
  return [...queries.scanIndex(ctx, 'time', prefix)].filter(({ taskId }) => taskId !== undefined)
    .length
}

function forgetOld(ctx: Context): void {
  const before = orderedKey(Math.max(0, ctx.now() - resultsKeptMs))
  for (const { id } of [...queries.scanIndex(ctx, 'time', { before })]) queries.delete(ctx, id)
}

function theQuery(ctx: Context, id: string): QueryRecord {
  const record = queries.get(ctx, id)
  if (record === undefined || record.createdAtMs < ctx.now() - resultsKeptMs)
    throw queryNotFound(id)
  return record
}

export const getQueryResults = operation(GetQueryResults, {
  authorize: () => '*',
  provenance: 'modelled',
  refuses: ['nextToken', 'maxItems'],
  trail: { kind: 'data' },
  run(ctx, { queryId }) {
    const record = theQuery(ctx, queryId)
    return {
      queryLanguage: 'CWLI',
      results: record.rows.map((row) => row.map(([field, value]) => ({ field, value }))),
      statistics: {
        recordsMatched: record.matched,
        recordsScanned: record.scanned,
        estimatedRecordsSkipped: 0,
        bytesScanned: record.bytes,
        estimatedBytesSkipped: 0,
        logGroupsScanned: record.status === 'Scheduled' ? 0 : record.groupNames.length,
      },
      status: record.status,
    }
  },
})

export const stopQuery = operation(StopQuery, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { queryId }) {
    const { taskId, ...record } = theQuery(ctx, queryId)
    if (taskId === undefined) throw queryEnded(queryId, record.status)
    ctx.cancel(taskId)
    queries.put(ctx, { ...record, status: 'Cancelled' })
    return { success: true }
  },
})

/** The newest first. */
export const describeQueries = operation(DescribeQueries, {
  authorize: () => '*',
  provenance: 'recorded',
  run(ctx, input) {
    const { nextToken: token, maxResults = 1000, ...request } = input
    const { logGroupName, status, queryLanguage = 'CWLI' } = input
    const { items, nextToken } = pageOf<QueryRecord>({
      list: (at) => queries.scanIndex(ctx, 'time', { reverse: true, ...at }),
      positionOf: ({ createdAtMs, id }) => `${orderedKey(createdAtMs, id)}\u0000${id}`,
      wanted: (it) =>
        (logGroupName === undefined || it.groupNames.includes(logGroupName)) &&
        (status === undefined || it.status === status) &&
        queryLanguage === 'CWLI',
      itemsMax: maxResults,
      token,
      request,
      refused: invalidToken,
    })
    return { queries: items.map(described), nextToken }
  },
})

function described(record: QueryRecord): QueryInfo {
  const [logGroupName] = record.groupNames
  return {
    queryLanguage: 'CWLI',
    queryId: record.id,
    queryString: record.shownQuery,
    status: record.status,
    createTime: record.createdAtMs,
    ...(logGroupName === undefined ? {} : { logGroupName }),
  }
}

/** One event by the `@ptr` of a result: all that is known of it. */
export const getLogRecord = operation(GetLogRecord, {
  authorize: () => '*',
  provenance: 'modelled',
  refuses: ['unmask'],
  trail: { kind: 'data' },
  run(ctx, { logRecordPointer }) {
    if (!/^\d{56}$/.test(logRecordPointer)) throw recordNotFound()
    const number = BigInt(logRecordPointer)
    const atMs = Number(number >> 144n)
    const streamId = BigInt.asUintN(48, number >> 96n)
      .toString(16)
      .padStart(12, '0')
    const stream = logStreams.first(ctx, 'id', streamId)
    const event = logEvents.get(ctx, orderedKey(streamId, atMs, Number(BigInt.asUintN(96, number))))
    if (stream === undefined || event === undefined) throw recordNotFound()
    const group = [...logGroups.scan(ctx)].find(({ id }) => id === event.groupId)
    const place = {
      groupName: group?.name ?? '',
      streamName: stream.name,
      accountId: ctx.accountId,
    }
    return { logRecord: allFields(new EventRow(event, place)) }
  },
})
