import { operationDescriptor } from '@cloud-orrery/models'

/**
 * The other end of a WebSocket, as a service reaches it: by the id that the service gave the connection. Ends that are
 * not there (a replay, a client that vanished) take nothing and say nothing.
 */
export interface Sockets {
  /** Text, or bytes as a binary message. */
  send(connectionId: string, message: string | Uint8Array): void
  close(connectionId: string, code: number, reason: string): void
}

/**
 * How a door opens a WebSocket: it hands the upgrade request to the cloud as any request by plain HTTP. An answer of
 * status 101 means that the service takes the connection; this header, which goes no further, says under which id.
 * `sec-websocket-protocol` is for the client. Every other answer goes to the client as it is.
 */
export const connectionIdHeader = 'x-orrery-connection-id'

/** A message that came in by an open connection. */
export interface SocketMessage {
  readonly connectionId: string
  /** Text; bytes of a binary message as Base64. */
  readonly data: string
  readonly isBinary: boolean
}

/** The door calls it for each message, one after the other for one connection. */
export const ReceiveSocketMessage = operationDescriptor<SocketMessage, Record<string, never>>(
  'apigatewayv2',
  'ReceiveSocketMessage',
)

export interface SocketEnd {
  readonly connectionId: string
  /** Status code of RFC 6455, 7.4: 1006 where the connection broke. */
  readonly code: number
  readonly reason: string
}

/** The door calls it once, when a connection is over, whoever ended it. */
export const EndSocket = operationDescriptor<SocketEnd, Record<string, never>>(
  'apigatewayv2',
  'EndSocket',
)
