import {
  CancelMessageMoveTask,
  ListMessageMoveTasks,
  type ListMessageMoveTasksResultEntry,
  StartMessageMoveTask,
} from '@cloud-orrery/models/sqs'
import type { Context } from '../context.ts'
import { type Authorization, operation, task } from '../define.ts'
import { redriveMessage } from './dead-letters.ts'
import * as errors from './errors.ts'
import { listedMoveTasksMax, movedPerSecondMax } from './limits.ts'
import { countsOf, nextReceivable, settle } from './message-store.ts'
import { checkOwner, partsOfArn, permission, queueOfArn } from './queue-urls.ts'
import { type Message, type MoveTask, moveTasks, type Queue, queues } from './state.ts'

/** These operations name queues by ARN, which may be in another account. */
function onSource(ctx: Context, sourceArn: string, action: string): Authorization {
  checkOwner(ctx, action, sourceArn)
  return permission(sourceArn, queueOfArn(ctx, sourceArn))
}

function scopeOfArn(arn: string) {
  const parts = partsOfArn(arn)
  return parts === undefined ? {} : { accountId: parts.accountId }
}

export const startMessageMoveTask = operation(StartMessageMoveTask, {
  authorize({ SourceArn, DestinationArn }, ctx) {
    const source = onSource(ctx, SourceArn, 'StartMessageMoveTask')
    // Source: SQS Developer Guide, "Dead-letter queue redrive permissions".
    const others = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((action) => ({
      ...source,
      action: `sqs:${action}`,
    }))
    const targets = DestinationArn === undefined ? sourcesOf(ctx, SourceArn) : [DestinationArn]
    const sends = targets.map((arn) => permission(arn, queueOfArn(ctx, arn), 'SendMessage'))
    return [source, ...others, ...sends]
  },
  provenance: 'recorded',
  scope: ({ SourceArn }) => scopeOfArn(SourceArn),
  run(ctx, { SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond: perSecondMax }) {
    const source = queueOfArn(ctx, SourceArn)
    if (source === undefined) throw errors.resourceNotFound('SourceArn')
    if (queues.first(ctx, 'deadLetterTarget', SourceArn) === undefined) {
      throw errors.invalidParameter('Source queue must be configured as a Dead Letter Queue.')
    }
    if (DestinationArn !== undefined && queueOfArn(ctx, DestinationArn) === undefined) {
      throw errors.resourceNotFound('DestinationArn')
    }
    checkRate(perSecondMax)
    if (runningTask(ctx, SourceArn) !== undefined) throw errors.moveTaskRunning()
    settle(ctx, source)
    const { ready } = countsOf(ctx, source)
    const move: MoveTask = {
      taskId: ctx.ids.uuid(),
      sourceArn: SourceArn,
      ...(DestinationArn === undefined ? {} : { destinationArn: DestinationArn }),
      ...(perSecondMax === undefined ? {} : { perSecondMax }),
      status: 'RUNNING',
      startedAtMs: ctx.now(),
      toMove: ready,
      moved: 0,
    }
    moveTasks.put(ctx, move)
    ctx.after(0, moveSome, keyOf(move))
    return { TaskHandle: handleOf(move) }
  },
})

/** Queues to which messages of a dead-letter queue may go back. */
function sourcesOf(ctx: Context, deadLetterArn: string): string[] {
  return [...queues.where(ctx, 'deadLetterTarget', deadLetterArn)].map(({ arn }) => arn)
}

function checkRate(perSecond: number | undefined): void {
  if (perSecond === undefined || (perSecond >= 1 && perSecond <= movedPerSecondMax)) return
  throw errors.invalidValue(
    perSecond,
    'MaxNumberOfMessagesPerSecond',
    `Must be an integer between 1 and ${movedPerSecondMax}, if provided.`,
  )
}

interface MoveKey {
  readonly taskId: string
  readonly sourceArn: string
}

function keyOf({ taskId, sourceArn }: MoveTask): MoveKey {
  return { taskId, sourceArn }
}

function taskOf(ctx: Context, { taskId, sourceArn }: MoveKey): MoveTask | undefined {
  for (const move of moveTasks.where(ctx, 'source', sourceArn)) {
    if (move.taskId === taskId) return move
  }
  return undefined
}

function runningTask(ctx: Context, sourceArn: string): MoveTask | undefined {
  for (const move of moveTasks.where(ctx, 'source', sourceArn, { reverse: true })) {
    if (move.status === 'RUNNING') return move
  }
  return undefined
}

/** Moves one second's messages, and comes back while there are more. */
export const moveSome = task<MoveKey>('sqs.move', {
  run(ctx, key) {
    const move = taskOf(ctx, key)
    if (move?.status !== 'RUNNING') return // Cancelled meanwhile.
    const source = queueOfArn(ctx, move.sourceArn)
    if (source === undefined) return fail(ctx, move)
    settle(ctx, source)
    let moved = move.moved
    // Deviation: without a rate AWS chooses one of its own; ours is the fastest that can be asked for.
    const most = Math.min(moved + (move.perSecondMax ?? movedPerSecondMax), move.toMove)
    for (const message of nextReceivable(ctx, source)) {
      if (moved >= most) break
      const target = targetOf(ctx, move, message)
      if (target === undefined) return fail(ctx, { ...move, moved })
      redriveMessage(ctx, message, source, target)
      moved += 1
    }
    const isDone = moved >= move.toMove || countsOf(ctx, source).ready === 0
    moveTasks.put(ctx, { ...move, moved, status: isDone ? 'COMPLETED' : 'RUNNING' })
    if (!isDone) ctx.after(1000, moveSome, key)
  },
})

/** A target of the other type takes nothing. */
function targetOf(ctx: Context, move: MoveTask, message: Message): Queue | undefined {
  const target = queueOfArn(ctx, move.destinationArn ?? message.deadLetterSourceArn ?? '')
  return target?.fifo === message.fifo ? target : undefined
}

/** Recorded: sqs, ListMessageMoveTasks after the destination was deleted. */
function fail(ctx: Context, move: MoveTask): void {
  const failureReason = 'AWS.SimpleQueueService.NonExistentQueue'
  moveTasks.put(ctx, { ...move, status: 'FAILED', failureReason })
}

export const listMessageMoveTasks = operation(ListMessageMoveTasks, {
  authorize: ({ SourceArn }, ctx) => onSource(ctx, SourceArn, 'ListMessageMoveTasks'),
  provenance: 'recorded',
  scope: ({ SourceArn }) => scopeOfArn(SourceArn),
  run(ctx, { SourceArn, MaxResults = 1 }) {
    if (queueOfArn(ctx, SourceArn) === undefined) throw errors.resourceNotFound('SourceArn')
    if (MaxResults < 1 || MaxResults > listedMoveTasksMax) {
      throw errors.invalidValue(
        MaxResults,
        'MaxResults',
        `Must be an integer between 1 and ${listedMoveTasksMax}, if provided.`,
      )
    }
    const Results: ListMessageMoveTasksResultEntry[] = []
    for (const move of moveTasks.where(ctx, 'source', SourceArn, { reverse: true })) {
      if (Results.push(shown(move)) === MaxResults) break
    }
    return Results.length === 0 ? {} : { Results }
  },
})

function shown(move: MoveTask): ListMessageMoveTasksResultEntry {
  return {
    ...(move.status === 'RUNNING' ? { TaskHandle: handleOf(move) } : {}),
    Status: move.status,
    SourceArn: move.sourceArn,
    ...(move.destinationArn === undefined ? {} : { DestinationArn: move.destinationArn }),
    ...(move.perSecondMax === undefined ? {} : { MaxNumberOfMessagesPerSecond: move.perSecondMax }),
    ApproximateNumberOfMessagesMoved: move.moved,
    ApproximateNumberOfMessagesToMove: move.toMove,
    ...(move.failureReason === undefined ? {} : { FailureReason: move.failureReason }),
    StartedTimestamp: move.startedAtMs,
  }
}

export const cancelMessageMoveTask = operation(CancelMessageMoveTask, {
  // A handle that says nothing is refused after everyone's permission on any queue was looked at.
  authorize: ({ TaskHandle }, ctx) =>
    onSource(ctx, readHandle(TaskHandle)?.sourceArn ?? '*', 'CancelMessageMoveTask'),
  provenance: 'recorded',
  scope: ({ TaskHandle }) => scopeOfArn(readHandle(TaskHandle)?.sourceArn ?? ''),
  run(ctx, { TaskHandle }) {
    const key = readHandle(TaskHandle)
    if (key === undefined) {
      throw errors.invalidParameter('Value for parameter TaskHandle is invalid.')
    }
    if (queueOfArn(ctx, key.sourceArn) === undefined) throw errors.resourceNotFound('SourceArn')
    const move = taskOf(ctx, key)
    if (move === undefined) throw errors.noSuchMoveTask()
    if (move.status !== 'RUNNING') throw errors.moveTaskNotRunning()
    moveTasks.put(ctx, { ...move, status: 'CANCELLED' })
    return { ApproximateNumberOfMessagesMoved: move.moved }
  },
})

/** Observed on AWS: a handle is base64 of the task's id and its source. */
function handleOf({ taskId, sourceArn }: MoveTask): string {
  return Buffer.from(JSON.stringify({ taskId, sourceArn })).toString('base64')
}

function readHandle(handle: string): MoveKey | undefined {
  try {
    const value = JSON.parse(Buffer.from(handle, 'base64').toString()) as Partial<MoveKey> | null
    const { taskId, sourceArn } = value ?? {}
    const isKey = typeof taskId === 'string' && typeof sourceArn === 'string'
    return isKey ? { taskId, sourceArn } : undefined
  } catch {
    return undefined // Not JSON: the operation says so in AWS's words.
  }
}
