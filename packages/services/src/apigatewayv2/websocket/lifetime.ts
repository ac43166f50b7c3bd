import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import { EndSocket } from '../../shared/apis/sockets.ts'
import { closingMsMax, connectionMsMax, idleMsMax } from './limits.ts'
import { type ConnectionRecord, connections } from './state.ts'

/** Keeps a new connection until its time is over. */
export function open(ctx: Context, connection: ConnectionRecord): ConnectionRecord {
  const { connectionId } = connection
  return connections.put(ctx, {
    ...connection,
    idleTask: ctx.after(idleMsMax, idleEnd, { connectionId }),
    endTask: ctx.after(connectionMsMax, endOfLife, { connectionId }),
  })
}

/** Forgets a connection that is over, and what waits for it: tasks of hours would pile up where many come and go. */
export function forget(ctx: Context, connectionId: string): ConnectionRecord | undefined {
  const connection = connections.delete(ctx, connectionId)
  if (connection === undefined) return undefined
  ctx.cancel(connection.idleTask)
  ctx.cancel(connection.endTask)
  if (connection.closing !== undefined) ctx.cancel(connection.closing.task)
  return connection
}

/** Notes that something went over a connection. */
export function touch(ctx: Context, connection: ConnectionRecord): void {
  connections.put(ctx, { ...connection, lastActiveAtMs: ctx.now() })
}

/**
 * Closes a connection from here; the door tells when it is over. Where no door has it any more, as after a restart or in
 * a fork, it is over when its time is. Source of the reasons: users' reports of `$disconnect`.
 */
export function closeConnection(
  ctx: Context,
  connection: ConnectionRecord,
  closing: { readonly code: number; readonly reason: string },
): void {
  const { connectionId } = connection
  const task = connection.closing?.task ?? ctx.after(closingMsMax, lostEnd, { connectionId })
  connections.put(ctx, { ...connection, closing: { ...closing, task } })
  ctx.sockets.close(connectionId, closing.code, closing.reason)
}

/** Nobody told that a closed connection is over. */
export const lostEnd = task<{ connectionId: string }>('apigatewayv2.end-lost-connection', {
  async run(ctx, { connectionId }) {
    await ctx.call(EndSocket, { connectionId, code: 1006, reason: '' })
  },
})

/** Ten minutes without a message end a connection. */
export const idleEnd = task<{ connectionId: string }>('apigatewayv2.end-idle-connection', {
  run(ctx, { connectionId }) {
    const connection = connections.get(ctx, connectionId)
    if (connection === undefined) return
    const leftMs = connection.lastActiveAtMs + idleMsMax - ctx.now()
    if (leftMs > 0) {
      const idleTask = ctx.after(leftMs, idleEnd, { connectionId })
      connections.put(ctx, { ...connection, idleTask })
    } else closeConnection(ctx, connection, { code: 1001, reason: 'Going away' })
  },
})

/** Two hours end it in any case. */
export const endOfLife = task<{ connectionId: string }>('apigatewayv2.end-old-connection', {
  run(ctx, { connectionId }) {
    const connection = connections.get(ctx, connectionId)
    if (connection === undefined) return
    closeConnection(ctx, connection, { code: 1001, reason: 'Going away' })
  },
})
