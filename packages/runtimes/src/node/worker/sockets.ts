import net from 'node:net'
import { isRecord } from './arguments.ts'
import type { FarSide, NearEnd } from './far-end.ts'
import { addressOf } from './names.ts'

export interface Destination {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  /** A local socket's. */
  readonly path?: string
  /** The client speaks HTTP/2 and nothing else. */
  readonly http2: boolean
}

/** Who answers a connection. */
export interface Peer {
  connect(socket: ModelSocket, to: Destination): void
}

interface Connection {
  readonly near: NearEnd
  /** There as soon as the model has taken the connection. */
  far: FarSide | undefined
  readonly to: Destination
  /** What the code wrote before there was a connection. */
  waiting: (() => void) | undefined
  ref: boolean
}

const connections = new WeakMap<net.Socket, Connection>()
/** No private members here: a socket that becomes a connection of the model is not constructed as one. */
function connectionOf(socket: net.Socket): Connection {
  const connection = connections.get(socket)
  if (connection === undefined) throw new Error('This socket has not been told to connect')
  return connection
}

const timers = new WeakMap<net.Socket, NodeJS.Timeout>()

/** A connection of the code's that ends in the model. A socket becomes one when it is told to connect. */
export class ModelSocket extends net.Socket {
  static adopt(socket: net.Socket): ModelSocket {
    if (!(socket instanceof ModelSocket)) Object.setPrototypeOf(socket, ModelSocket.prototype)
    return socket as ModelSocket // Its prototype says so now.
  }

  get near(): NearEnd {
    return connectionOf(this).near
  }

  /** Whether the code waits for it. */
  get holds(): boolean {
    return connectionOf(this).ref && !this.destroyed
  }

  protected get secure(): boolean {
    return false
  }

  open(args: readonly unknown[], peer: Peer): this {
    const { to, callback } = destinationOf(args, this.secure)
    const near = {
      isDestroyed: () => this.destroyed,
      get destroyed() {
        return this.isDestroyed()
      },
      push: (chunk: Buffer | null) => this.push(chunk),
      touch: () => timers.get(this)?.refresh(),
    }
    connections.set(this, { near, far: undefined, to, waiting: undefined, ref: true })
    if (callback !== undefined) this.once(this.secure ? 'secureConnect' : 'connect', callback)
    setConnecting(this, true)
    process.nextTick(() => {
      if (!this.destroyed) peer.connect(this, to)
    })
    return this
  }

  /** The model has taken the connection: `far` is its end. */
  connected(far: FarSide): void {
    const connection = connectionOf(this)
    connection.far = far
    const { host } = connection.to
    setConnecting(this, false)
    if (net.isIP(host) === 0) this.emit('lookup', null, addressOf(host), 4, host)
    this.emit('connect')
    this.emit('ready')
    const { waiting } = connection
    connection.waiting = undefined
    waiting?.()
  }

  override _read(): void {
    connections.get(this)?.far?.room()
  }

  override _write(chunk: Buffer | string, encoding: BufferEncoding, done: () => void): void {
    const connection = connectionOf(this)
    if (this.connecting) {
      connection.waiting = () => this._write(chunk, encoding, done)
      return
    }
    timers.get(this)?.refresh()
    const { far } = connection
    const data = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk
    if (far === undefined || far.destroyed || far.push(data)) done()
    else far.onRead = done
  }

  override _writev(
    chunks: { chunk: Buffer | string; encoding: BufferEncoding }[],
    done: () => void,
  ): void {
    const data = chunks.map(({ chunk, encoding }) =>
      typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk,
    )
    this._write(Buffer.concat(data), 'utf8', done)
  }

  override _final(done: () => void): void {
    const connection = connections.get(this)
    if (connection !== undefined && this.connecting) {
      connection.waiting = () => this._final(done)
      return
    }
    if (connection?.far?.destroyed === false) connection.far.push(null)
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const timer = timers.get(this)
    if (timer !== undefined) clearTimeout(timer)
    connections.get(this)?.far?.destroy()
    setConnecting(this, false)
    done(error)
    // Sockets say themselves that they are closed, and whether by an error.
    process.nextTick(() => this.emit('close', error !== null))
  }

  override setTimeout(timeoutMs: number, callback?: () => void): this {
    const before = timers.get(this)
    if (before !== undefined) clearTimeout(before)
    timers.delete(this)
    Object.assign(this, { timeout: timeoutMs })
    if (callback !== undefined) {
      if (timeoutMs > 0) this.once('timeout', callback)
      else this.removeListener('timeout', callback)
    }
    if (timeoutMs > 0) {
      timers.set(this, setTimeout(() => void this.emit('timeout'), timeoutMs).unref())
    }
    return this
  }

  override setNoDelay(): this {
    return this
  }

  override setKeepAlive(): this {
    return this
  }

  override ref(): this {
    const connection = connections.get(this)
    if (connection !== undefined) connection.ref = true
    return this
  }

  override unref(): this {
    const connection = connections.get(this)
    if (connection !== undefined) connection.ref = false
    return this
  }

  override address(): net.AddressInfo {
    return own
  }
}

/** For their users these are read-only; a socket writes them itself. */
function setConnecting(socket: net.Socket, connecting: boolean): void {
  Object.assign(socket, { connecting })
}

const own = { address: '169.254.100.6', family: 'IPv4', port: 32_768 }

const facts: Readonly<Record<string, (this: net.Socket) => unknown>> = {
  pending() {
    return this.connecting
  },
  remoteAddress() {
    const to = connections.get(this)?.to
    return to === undefined ? undefined : addressOf(to.host)
  },
  remotePort() {
    return connections.get(this)?.to.port
  },
  remoteFamily: () => own.family,
  localAddress: () => own.address,
  localPort: () => own.port,
  localFamily: () => own.family,
}
for (const [name, get] of Object.entries(facts)) {
  Object.defineProperty(ModelSocket.prototype, name, { get, configurable: true })
}

/** As `ModelSocket`, for a client that speaks TLS: the handshake is pretended, and always succeeds. */
export class ModelTlsSocket extends ModelSocket {
  readonly encrypted = true
  readonly authorized = true
  readonly authorizationError = null
  alpnProtocol: string | false = false
  servername = ''

  protected override get secure(): boolean {
    return true
  }

  override connected(far: FarSide): void {
    const to = connections.get(this)?.to
    this.servername = to?.host ?? ''
    this.alpnProtocol = to?.http2 === true ? 'h2' : 'http/1.1'
    super.connected(far)
    this.emit('secure')
    this.emit('secureConnect')
  }

  /** Deviation: the certificate has a subject and names only; the chain and its keys are not modelled. */
  getPeerCertificate(): object {
    const name = this.servername
    return {
      subject: { CN: name },
      issuer: { CN: 'Amazon RSA 2048 M02' },
      subjectaltname: `DNS:${name}`,
    }
  }

  getPeerX509Certificate(): undefined {
    return undefined
  }

  getCipher(): object {
    return {
      name: 'TLS_AES_128_GCM_SHA256',
      standardName: 'TLS_AES_128_GCM_SHA256',
      version: 'TLSv1.3',
    }
  }

  getProtocol(): string {
    return 'TLSv1.3'
  }

  getSession(): undefined {
    return undefined
  }

  isSessionReused(): boolean {
    return false
  }

  setServername(name: string): void {
    this.servername = name
  }

  setSession(): void {}

  setMaxSendFragment(): boolean {
    return true
  }

  disableRenegotiation(): void {}

  enableTrace(): void {}
}

function isHttp2(protocols: unknown): boolean {
  return Array.isArray(protocols) && protocols.includes('h2') && !protocols.includes('http/1.1')
}

/** The ways in which `net` and `tls` are told where to connect to. */
function destinationOf(given: readonly unknown[], tls: boolean) {
  const args = Array.isArray(given[0]) ? given[0] : given
  const [first, second] = args
  const callback = args.findLast((arg: unknown) => typeof arg === 'function')
  const options = args.find((arg: unknown) => isRecord(arg) && typeof arg !== 'function') ?? {}
  const text = typeof second === 'string' ? second : undefined
  const numeric = typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first))
  const path = typeof first === 'string' && !numeric ? first : options['path']
  const host = text ?? options['host'] ?? 'localhost'
  const to: Destination = {
    host: String(host),
    port: Number(numeric ? first : (options['port'] ?? (tls ? 443 : 0))),
    tls,
    http2: isHttp2(options['ALPNProtocols']),
    // An HTTP client's options carry the path of its request, which is not for the socket.
    ...(typeof path === 'string' && !numeric && options['port'] === undefined ? { path } : {}),
  }
  return { to, callback: callback as (() => void) | undefined }
}
