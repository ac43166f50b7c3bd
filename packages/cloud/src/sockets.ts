import { loadServiceModel, type Operation } from '@cloud-orrery/models'
import type { HttpRequest, HttpResponse } from '@cloud-orrery/protocols'
import {
  connectionIdHeader,
  EndSocket,
  ReceiveSocketMessage,
  type Sockets,
} from '@cloud-orrery/services/shared/apis/sockets'
import type { Cloud } from './cloud.ts'
import { answer } from './door.ts'
import type { Door, Exchange } from './exchange.ts'
import { httpOperationModel } from './http-operations.ts'
import { makeCall } from './request-path.ts'

/** The client's end of a WebSocket, as a door holds it. */
export interface SocketEnd {
  send(message: string | Uint8Array): void
  /** The door then tells `OpenSocket.ended`. */
  close(code: number, reason: string): void
}

/** A connection that a service took. */
export interface OpenSocket {
  readonly connectionId: string
  /** Headers for the client: `sec-websocket-protocol`. */
  readonly headers: Readonly<Record<string, string>>
  /** A message of the client's; those of one connection are worked on one after the other. */
  received(message: string | Uint8Array): Promise<void>
  /** The connection is over. 1006: it broke. */
  ended(code: number, reason: string): Promise<void>
}

/** Asks the service behind a host to take a connection. An answer instead of a connection is its refusal. */
export async function openSocket(
  cloud: Cloud,
  door: Extract<Door, 'in-process' | 'port'>,
  upgrade: HttpRequest,
  end: SocketEnd,
): Promise<{ readonly open: OpenSocket } | { readonly refused: HttpResponse }> {
  const { response } = await answer(cloud, door, upgrade)
  const { [connectionIdHeader]: connectionId, ...headers } = response.headers
  if (response.status !== 101 || connectionId === undefined) return { refused: response }
  cloud.sockets.set(connectionId, end)
  let last: Promise<void> = Promise.resolve()
  // Nobody waits for an answer: what goes wrong is told to whoever runs the cloud, and the connection goes on.
  const inTurn = (work: () => Promise<void>) => {
    last = last.then(work).catch((error: unknown) => void cloud.bug(error))
    return last
  }
  const open: OpenSocket = {
    connectionId,
    headers,
    received: (message) =>
      inTurn(() => {
        const isBinary = typeof message !== 'string'
        const data = isBinary ? Buffer.from(message).toString('base64') : message
        return enter(cloud, door, ReceiveSocketMessage, { connectionId, data, isBinary })
      }),
    ended: (code, reason) =>
      inTurn(async () => {
        if (!cloud.sockets.delete(connectionId)) return
        await enter(cloud, door, EndSocket, { connectionId, code, reason })
      }),
  }
  return { open }
}

/** What comes over a connection enters as a call of nobody's: who is behind it was judged when it was opened. */
async function enter<I, O>(
  cloud: Cloud,
  door: Door,
  { service, name }: Operation<I, O>,
  input: I,
): Promise<void> {
  await cloud.kernel.scheduler.enter(async (turn) => {
    const exchange: Exchange = {
      door,
      requestId: cloud.nextRequestId(),
      service: await cloud.services.load(service),
      model: loadServiceModel(service),
      operationModel: httpOperationModel(name),
      caller: { principal: { kind: 'anonymous' } },
      input,
      accountId: cloud.defaultAccountId,
      region: cloud.defaultRegion,
      cause: undefined,
      decisions: [],
      turn,
    }
    const handler = cloud.services.handler(service, name)
    if (handler !== undefined) exchange.handler = handler
    await makeCall(cloud, exchange)
  })
}

/** The ends of connections as services reach them: what is sent is noted in the journal. */
export function socketsOf(
  cloud: Cloud,
  note: (name: string, data: Readonly<Record<string, unknown>>) => void,
): Sockets {
  return {
    send(connectionId, message) {
      const text = typeof message === 'string' ? message : undefined
      note('socket.sent', { connectionId, sizeBytes: Buffer.byteLength(message), text })
      cloud.sockets.get(connectionId)?.send(message)
    },
    close(connectionId, code, reason) {
      note('socket.closed', { connectionId, code, reason })
      cloud.sockets.get(connectionId)?.close(code, reason)
    },
  }
}
