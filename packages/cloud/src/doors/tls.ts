import type { Socket } from 'node:net'
import { createServer, type Server, type TLSSocket } from 'node:tls'

/** First byte of a TLS connection. Source: RFC 8446, section 5.1: the content type of a handshake. */
export const handshakeByte = 0x16

/** Takes a decrypted connection. `isHttp2`: the client chose it. */
export type Decrypted = (socket: TLSSocket, isHttp2: boolean) => void

/** Whom a client means that names nobody, since it was given an address. */
const unnamed = 'localhost'

/**
 * Speaks TLS for any name that a client asks for, with certificates of this installation's authority, which is made
 * when the first connection comes.
 */
export class TlsDoor {
  readonly #accept: Decrypted
  readonly #folder: string | undefined
  #server: Promise<Server> | undefined

  /** `folder`: of the authority; default: the installation's. */
  constructor(accept: Decrypted, folder?: string) {
    this.#accept = accept
    this.#folder = folder
  }

  async take(socket: Socket): Promise<void> {
    this.#server ??= this.#open()
    try {
      const server = await this.#server
      server.emit('connection', socket)
    } catch (error) {
      this.#server = undefined // The next connection tries again.
      socket.destroy()
      throw error
    }
  }

  async #open(): Promise<Server> {
    const { InstallationAuthority } = await import('./installation-authority.ts')
    const authority = await InstallationAuthority.open(this.#folder)
    const server = createServer(
      {
        SNICallback: (name, done) => {
          done(null, authority.contextFor(name.toLowerCase()))
        },
        ALPNProtocols: ['h2', 'http/1.1'],
      },
      (secure) => this.#accept(secure, secure.alpnProtocol === 'h2'),
    )
    server.setSecureContext(authority.optionsFor(unnamed))
    server.on('tlsClientError', (_error, secure) => secure.destroy())
    return server
  }
}
