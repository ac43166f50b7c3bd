import dgram from 'node:dgram'
import net from 'node:net'
import tls from 'node:tls'
import type { HostMessage } from '../messages.ts'
import { callbackOf, isRecord } from './arguments.ts'
import { Exchanges } from './exchanges.ts'
import { FarEnd } from './far-end.ts'
import type { Link } from './link.ts'
import { replaceNames } from './names.ts'
import { type Destination, ModelSocket, ModelTlsSocket, type Peer } from './sockets.ts'

/** Ports of protocols in which the server speaks first, or that are known to be no HTTP. */
const otherPorts: Readonly<Record<number, string>> = {
  21: 'FTP',
  22: 'SSH',
  25: 'SMTP',
  110: 'POP3',
  143: 'IMAP',
  465: 'SMTP',
  587: 'SMTP',
  993: 'IMAP',
  1433: 'SQL Server',
  1521: 'Oracle',
  3306: 'MySQL',
  5432: 'PostgreSQL',
  5672: 'AMQP',
  6379: 'Redis',
  9042: 'Cassandra',
  9092: 'Kafka',
  11211: 'memcached',
  27017: 'MongoDB',
}

/**
 * The network as the code finds it: every connection ends in the model, and speaks HTTP. Nothing leaves the process,
 * whichever client asks, since they all open their connections by `net` or `tls`.
 */
export class Network {
  readonly #note: (text: string) => void
  readonly #exchanges: Exchanges
  readonly #sockets = new Set<ModelSocket>()
  /** Servers of the code's own, by port. */
  readonly #servers = new Map<number, net.Server>()
  #lastPort = 40_000

  constructor(link: Link, note: (text: string) => void) {
    this.#note = note
    this.#exchanges = new Exchanges(link)
  }

  /** Whether a connection keeps the code going. */
  get holds(): boolean {
    for (const socket of this.#sockets) if (socket.holds) return true
    return this.#servers.size > 0
  }

  take(message: HostMessage): void {
    this.#exchanges.take(message)
  }

  replace(): void {
    const network = this
    const peer: Peer = { connect: (socket, to) => this.#connect(socket, to) }
    net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
      return ModelSocket.adopt(this).open(args, peer)
    }
    net.Socket.prototype.setTimeout = ModelSocket.prototype.setTimeout
    const connectTls = (...args: unknown[]) => new ModelTlsSocket().open(args, peer)
    Object.assign(tls, { connect: connectTls })
    net.Server.prototype.listen = function (this: net.Server, ...args: unknown[]) {
      return network.#listen(this, args)
    }
    replaceDatagrams()
    replaceNames()
  }

  #connect(socket: ModelSocket, to: Destination): void {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    const server =
      isLoopback(to.host) && to.path === undefined ? this.#servers.get(to.port) : undefined
    if (server !== undefined) {
      const far = new FarEnd(socket.near, to.tls)
      socket.connected(far)
      server.emit('connection', far)
      return
    }
    const protocol = otherPorts[to.port]
    if (to.path !== undefined || protocol !== undefined) {
      this.#refuse(socket, to, protocol)
      return
    }
    const far = this.#exchanges.accept({
      near: socket.near,
      to,
      fail: (error) => socket.destroy(error),
      refuse: () => this.#refuse(socket, to, 'something other than HTTP'),
    })
    socket.connected(far)
  }

  #refuse(socket: ModelSocket, to: Destination, protocol = 'a local socket'): void {
    const place = to.path ?? `${to.host}:${to.port}`
    this.#note(
      `A connection to ${place} was refused: Orrery models HTTP only here, not ${protocol}.`,
    )
    const error = new Error(`connect ECONNREFUSED ${place}`)
    socket.destroy(
      Object.assign(error, {
        errno: -111,
        code: 'ECONNREFUSED',
        syscall: 'connect',
        address: to.host,
        port: to.port,
      }),
    )
  }

  /** A server of the code's own: only the code itself can reach it. */
  #listen(server: net.Server, args: readonly unknown[]): net.Server {
    const [first] = args
    const asked = isRecord(first) && typeof first !== 'function' ? first['port'] : first
    const callback = args.findLast((arg) => typeof arg === 'function')
    if (typeof callback === 'function') server.once('listening', () => callback())
    let port = Number(asked ?? 0)
    if (!Number.isInteger(port) || port <= 0) port = ++this.#lastPort
    const taken = this.#servers.has(port)
    if (!taken) this.#servers.set(port, server)
    const address = { address: '127.0.0.1', family: 'IPv4', port }
    Object.defineProperties(server, {
      listening: { get: () => this.#servers.get(port) === server, configurable: true },
      address: { value: () => address, configurable: true },
      close: {
        configurable: true,
        value: (done?: (error?: Error) => void) => {
          if (this.#servers.get(port) === server) this.#servers.delete(port)
          process.nextTick(() => {
            done?.()
            server.emit('close')
          })
          return server
        },
      },
    })
    process.nextTick(() => {
      if (!taken) return server.emit('listening')
      const error = new Error(`listen EADDRINUSE: address already in use 127.0.0.1:${port}`)
      return server.emit('error', Object.assign(error, { code: 'EADDRINUSE', port }))
    })
    return server
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

/**
 * Datagrams go nowhere. Deviation: segments for X-Ray's daemon are lost, as they are on AWS where tracing is off.
 */
function replaceDatagrams(): void {
  const size = (value: unknown): number =>
    typeof value === 'string'
      ? Buffer.byteLength(value)
      : ArrayBuffer.isView(value)
        ? value.byteLength
        : 0
  Object.assign(dgram.Socket.prototype, {
    send(...args: unknown[]) {
      const callback = args.at(-1)
      if (typeof callback === 'function') process.nextTick(callbackOf(args), null, size(args[0]))
    },
    bind(this: dgram.Socket, ...args: unknown[]) {
      const callback = args.at(-1)
      if (typeof callback === 'function') this.once('listening', () => callback())
      process.nextTick(() => this.emit('listening'))
      return this
    },
    connect(this: dgram.Socket, ...args: unknown[]) {
      const callback = args.at(-1)
      if (typeof callback === 'function') this.once('connect', () => callback())
      process.nextTick(() => this.emit('connect'))
    },
  })
}
