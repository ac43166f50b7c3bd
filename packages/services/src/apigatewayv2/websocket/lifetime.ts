import type { Context } from '../../context.ts'
import { task } from '../../define.ts'
import { idleMsMax } from './limits.ts'
import { type ConnectionRecord, connections } from './state.ts'

/** Notes that something went over a connection. */
export function touch(ctx: Context, connection: ConnectionRecord): void {
  connections.put(ctx, { ...connection, lastActiveAtMs: ctx.now() })
}

/** Closes a connection from here; the door tells when it is over. Source of the reasons: users' reports of `$disconnect`. */
export function closeConnection(
  ctx: Context,
  connection: ConnectionRecord,
  closing: { readonly code: number; readonly reason: string },
): void {
  connections.put(ctx, { ...connection, closing })
  ctx.sockets.close(connection.connectionId, closing.code, closing.reason)
}

/** Ten minutes without a message end a connection. */
export const idleEnd = task<{ connectionId: string }>('apigatewayv2.end-idle-connection', {
  run(ctx, { connectionId }) {
    const connection = connections.get(ctx, connectionId)
    if (connection === undefined) return
    const leftMs = connection.lastActiveAtMs + idleMsMax - ctx.now()
    if (leftMs > 0) ctx.after(leftMs, idleEnd, { connectionId })
    else closeConnection(ctx, connection, { code: 1001, reason: 'Going away' })
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
