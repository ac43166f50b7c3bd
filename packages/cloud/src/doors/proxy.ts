import type { IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Cloud } from '../cloud.ts'
import { outsideText, reachOf } from './hosts.ts'

/** Name and port that a proxy is told to connect to. */
interface Authority {
  readonly host: string
  readonly port: number
}

/** From `example.com:443`, `[::1]:80`. */
export function authorityOf(target: string): Authority | undefined {
  const parts = /^(?<host>\[[0-9a-f:.]+\]|[^:/?#@[\]]+):(?<port>\d{1,5})$/i.exec(target)?.groups
  const port = Number(parts?.['port'])
  if (parts?.['host'] === undefined || port === 0 || port > 65_535) return undefined
  return { host: parts['host'].toLowerCase().replace(/\.$/, ''), port }
}

/**
 * The proxy door: a tunnel to a name. One of the model's ends here, and `accept` takes the connection as if it had come
 * to that name; one that is allowed really leads there; all others are refused.
 */
export function openTunnel(
  cloud: Cloud,
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
  accept: (socket: Socket) => void,
): void {
  socket.on('error', () => socket.destroy())
  const authority = authorityOf(request.url ?? '')
  const reach = authority === undefined ? undefined : reachOf(cloud, authority.host)
  if (authority === undefined) {
    refuse(socket, '400 Bad Request', 'CONNECT takes HOST:PORT.\n')
  } else if (reach === undefined) {
    refuse(socket, '403 Forbidden', outsideText(authority.host))
  } else if (reach === 'real') {
    leave(socket, head, authority)
  } else {
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    if (head.length > 0) socket.unshift(head)
    accept(socket)
  }
}

/** Really goes to a host that the user allowed. */
function leave(socket: Socket, head: Buffer, { host, port }: Authority): void {
  const far = connect(port, host)
  far.once('connect', () => {
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    if (head.length > 0) far.write(head)
    far.pipe(socket).pipe(far)
    socket.resume()
  })
  far.once('error', () => {
    if (far.bytesWritten > 0) socket.destroy()
    else refuse(socket, '502 Bad Gateway', `${host} cannot be reached.\n`)
  })
  socket.once('close', () => far.destroy())
}

function refuse(socket: Socket, status: string, text: string): void {
  const length = Buffer.byteLength(text)
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: text/plain\r\ncontent-length: ${length}\r\nconnection: close\r\n\r\n${text}`,
  )
}
