import dns from 'node:dns'
import dnsPromises from 'node:dns/promises'
import net from 'node:net'
import { callbackOf, isRecord } from './arguments.ts'

/** A stable address for a name: connections go by it as by the name. */
const namesByAddress = new Map<string, string>()

/**
 * Address that a name of the model's internet has for the code. Deviation: a name that does not exist has one too;
 * the request that goes there fails with `ENOTFOUND`.
 */
export function addressOf(name: string): string {
  if (net.isIP(name) !== 0) return name
  if (name === 'localhost' || name.endsWith('.localhost')) return '127.0.0.1'
  let hash = 0x811c9dc5
  for (const char of name.toLowerCase()) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193)
  const address = `10.${(hash >>> 16) & 0xff}.${(hash >>> 8) & 0xff}.${hash & 0xff}`
  namesByAddress.set(address, name)
  return address
}

/** The name that an address was given out for. */
export function nameOf(host: string): string {
  return namesByAddress.get(host) ?? host
}

function notFound(syscall: string, hostname: string): Error {
  const error = new Error(`${syscall} ENOTFOUND ${hostname}`)
  return Object.assign(error, { errno: -3008, code: 'ENOTFOUND', syscall, hostname })
}

/** Why there is no connection to a host that the model does not have. */
export function unreachable(host: string, port: number): Error {
  if (net.isIP(host) === 0 && host !== 'localhost') return notFound('getaddrinfo', host)
  const loopback = host === 'localhost' || host === '::1' || host.startsWith('127.')
  const [code, errno] = loopback ? ['ECONNREFUSED', -111] : ['EHOSTUNREACH', -113]
  const address = addressOf(host)
  const error = new Error(`connect ${code} ${address}:${port}`)
  return Object.assign(error, { errno, code, syscall: 'connect', address, port })
}

/** Answers all that `dns` can be asked from the model, without a packet. */
export function replaceNames(): void {
  const lookupNow = (name: unknown, options: unknown) => {
    const address = addressOf(String(name))
    const family = net.isIP(address)
    const all = isRecord(options) && options['all'] === true
    return all ? [[{ address, family }]] : [address, family]
  }
  const lookup = (name: unknown, ...rest: unknown[]) => {
    const callback = callbackOf(rest)
    process.nextTick(callback, null, ...lookupNow(name, rest.length > 1 ? rest[0] : undefined))
    return {}
  }
  const lookupPromise = async (name: unknown, options?: unknown) => {
    const [address, family] = lookupNow(name, options)
    return family === undefined ? address : { address, family }
  }
  const resolveNow = (kind: string, name: unknown): unknown => {
    if (kind === 'resolve4' || kind === 'resolve') return [addressOf(String(name))]
    if (kind === 'reverse') return [nameOf(String(name))]
    throw noData(kind, String(name))
  }
  const kinds = [
    'resolve',
    'resolve4',
    'resolve6',
    'resolveAny',
    'resolveCaa',
    'resolveCname',
    'resolveMx',
    'resolveNaptr',
    'resolveNs',
    'resolvePtr',
    'resolveSoa',
    'resolveSrv',
    'resolveTxt',
    'reverse',
  ]
  for (const kind of kinds) {
    const withCallback = (name: unknown, ...rest: unknown[]) => {
      const callback = callbackOf(rest)
      try {
        process.nextTick(callback, null, resolveNow(kind, name))
      } catch (error) {
        process.nextTick(callback, error)
      }
      return {}
    }
    const withPromise = async (name: unknown) => resolveNow(kind, name)
    for (const target of [dns, dns.Resolver.prototype])
      Object.assign(target, { [kind]: withCallback })
    for (const target of [dnsPromises, dnsPromises.Resolver.prototype]) {
      Object.assign(target, { [kind]: withPromise })
    }
  }
  Object.assign(dns, { lookup })
  Object.assign(dnsPromises, { lookup: lookupPromise })
}

function noData(kind: string, hostname: string): Error {
  const syscall = `query${kind.replace(/^resolve/, '') || 'A'}`
  const error = new Error(`${syscall} ENODATA ${hostname}`)
  return Object.assign(error, { errno: undefined, code: 'ENODATA', syscall, hostname })
}
