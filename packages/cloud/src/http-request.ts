import type { IncomingMessage } from 'node:http'
import type { HttpRequest } from '@cloud-orrery/protocols'
import { lowerCaseName } from './header-names.ts'
import { plainHttpHeader, sourceIpHeader } from './steps/authenticate.ts'

/** Largest body, in bytes: S3's largest single PUT. Source: S3 User Guide, "Uploading objects". */
const bodyBytesMax = 5 * 1024 ** 3

/** A request that the server does not read to its end. */
export type Unread =
  /** Its body is larger than any that AWS takes. */
  | 'too-large'
  /** Its sender has gone. */
  | 'gone'

/** Reads a request as HTTP/1.1 or HTTP/2 brought it. */
export async function readRequest(request: IncomingMessage): Promise<HttpRequest | Unread> {
  const body = await readBody(request)
  if (typeof body === 'string') return body
  const { path, query, host } = targetOf(request.url ?? '/')
  const headers = headersOf(request.rawHeaders)
  if (host !== undefined) headers['host'] = host
  return { method: request.method ?? 'GET', path, query, headers, body }
}

/**
 * The request target. A proxy's absolute form (`GET http://host/path`) names the host as well, which then
 * counts instead of the header's. Source: RFC 9112, section 3.2.
 */
export function targetOf(target: string): { path: string; query: string; host?: string } {
  const absolute = /^https?:\/\/(?<host>[^/?#]*)(?<rest>[^#]*)/i.exec(target)?.groups
  const rest = absolute?.['rest'] ?? target
  const mark = rest.indexOf('?')
  const path = mark === -1 ? rest : rest.slice(0, mark)
  const parts = {
    path: path.startsWith('/') ? path : '/',
    query: mark === -1 ? '' : rest.slice(mark + 1),
  }
  const host = absolute?.['host']
  return host === undefined ? parts : { ...parts, host }
}

const noBody = new Uint8Array(0)

function readBody(request: IncomingMessage): Promise<Uint8Array | Unread> | Uint8Array | Unread {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
  if (length === '0') return noBody
  if (length !== undefined && Number(length) > bodyBytesMax) return 'too-large'
  if (length === undefined && encoding === undefined && request.httpVersionMajor === 1) {
    return noBody
  }
  return collect(request)
}

function collect(request: IncomingMessage): Promise<Uint8Array | Unread> {
  const { promise, resolve } = Promise.withResolvers<Uint8Array | Unread>()
  const chunks: Buffer[] = []
  let sizeBytes = 0
  request.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.byteLength
    if (sizeBytes <= bodyBytesMax) chunks.push(chunk)
    else resolve('too-large')
  })
  request.once('end', () => {
    const [only] = chunks
    resolve(only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks))
  })
  // A body that breaks off: nothing can be answered to it.
  request.once('error', () => resolve('gone'))
  request.once('aborted', () => resolve('gone'))
  return promise
}

/** Node reads the bytes of a header as ISO-8859-1; clients sign, and mean, UTF-8. What is no UTF-8 stays as it is. */
function asText(value: string): string {
  if (!/[\x80-\xff]/.test(value)) return value
  try {
    return utf8.decode(Buffer.from(value, 'latin1'))
  } catch {
    return value
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** HTTP/2 sends each cookie by itself. Source: RFC 9113, section 8.2.3. */
function separatorOf(name: string): string {
  return name === 'cookie' ? '; ' : ','
}

/** Lower-case names; repeated ones joined with `,`. What only the in-process door may say is left out. */
export function headersOf(rawHeaders: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = lowerCaseName(rawHeaders[i] ?? '')
    const value = asText(rawHeaders[i + 1] ?? '')
    if (name.startsWith(':')) {
      if (name === ':authority') headers['host'] = value
      continue
    }
    if (name === sourceIpHeader || name === plainHttpHeader) continue
    const before = headers[name]
    headers[name] = before === undefined ? value : `${before}${separatorOf(name)}${value}`
  }
  return headers
}
