import { orderedKey, type Scope } from '@cloud-orrery/kernel'
import {
  CreateLogStream,
  DeleteLogStream,
  DescribeLogStreams,
  type LogStream as LogStreamOutput,
} from '@cloud-orrery/models/logs'
import { operation } from '../define.ts'
import { logStreamExists, orderByTimeWithPrefix } from './errors.ts'
import { pageItems } from './limits.ts'
import { judgedGroup, judgedStream, nameOf, theGroup, theStream } from './lookup.ts'
import { pageOf } from './pages.ts'
import { type LogStream, logGroupArn, logStreams, streamKeys } from './state.ts'
import { dropEvents } from './sweep.ts'

export const createLogStream = operation(CreateLogStream, {
  authorize: ({ logGroupName, logStreamName }, ctx) =>
    judgedStream(ctx, logGroupName, logStreamName),
  provenance: 'recorded',
  run(ctx, { logGroupName, logStreamName: name }) {
    const { id: groupId } = theGroup(ctx, { logGroupName })
    if (logStreams.has(ctx, orderedKey(groupId, name))) throw logStreamExists()
    logStreams.put(ctx, { id: ctx.ids.hex(12), groupId, name, createdAtMs: ctx.now() })
    return {}
  },
})

export const deleteLogStream = operation(DeleteLogStream, {
  authorize: ({ logGroupName, logStreamName }, ctx) =>
    judgedStream(ctx, logGroupName, logStreamName),
  provenance: 'modelled',
  run(ctx, { logGroupName, logStreamName }) {
    const group = theGroup(ctx, { logGroupName })
    const stream = theStream(ctx, group, logStreamName)
    logStreams.delete(ctx, streamKeys.name(stream))
    if (stream.lastEventAtMs !== undefined) {
      ctx.after(0, dropEvents, { groupId: group.id, streamId: stream.id, name: group.name })
    }
    return {}
  },
})

export const describeLogStreams = operation(DescribeLogStreams, {
  authorize: (input, ctx) => judgedGroup(ctx, nameOf(input)),
  provenance: 'recorded',
  run(ctx, input) {
    const { logStreamNamePrefix, orderBy = 'LogStreamName', descending = false } = input
    const group = theGroup(ctx, input)
    const byTime = orderBy === 'LastEventTime'
    if (byTime && logStreamNamePrefix !== undefined) throw orderByTimeWithPrefix()
    const { items, nextToken } = pageOf({
      list(start) {
        const options = { ...start, reverse: descending }
        return byTime
          ? logStreams.scanIndex(ctx, 'lastEvent', { prefix: orderedKey(group.id, ''), ...options })
          : logStreams.scan(ctx, {
              prefix: orderedKey(group.id, logStreamNamePrefix ?? ''),
              ...options,
            })
      },
      positionOf: (it) =>
        byTime ? orderedKey(streamKeys.lastEvent(it), streamKeys.name(it)) : streamKeys.name(it),
      itemsMax: input.limit ?? pageItems,
      token: input.nextToken,
      request: ['DescribeLogStreams', group.id, logStreamNamePrefix, orderBy, descending],
    })
    return { logStreams: items.map((stream) => shown(ctx, group.name, stream)), nextToken }
  },
})

/** Deviation: AWS brings the times of events up to date within an hour; here they are so at once. */
function shown(scope: Scope, groupName: string, stream: LogStream): LogStreamOutput {
  return {
    logStreamName: stream.name,
    creationTime: stream.createdAtMs,
    firstEventTimestamp: stream.firstEventAtMs,
    lastEventTimestamp: stream.lastEventAtMs,
    lastIngestionTime: stream.lastIngestedAtMs,
    uploadSequenceToken: stream.sequenceToken,
    arn: `${logGroupArn(scope, groupName)}:log-stream:${stream.name}`,
    storedBytes: 0, // Always, since 2019. Source: LogStream, `storedBytes`.
  }
}
