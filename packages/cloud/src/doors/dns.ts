import { createSocket } from 'node:dgram'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { SimulatorError } from '@cloud-orrery/kernel'
import type { DnsRecord } from '@cloud-orrery/services/shared/dns/queries'
import { resolve } from '@cloud-orrery/services/shared/dns/resolve'
import packet, { type Answer, type DecodedPacket, type Packet } from 'dns-packet'
import type { Cloud } from '../cloud.ts'
import type { Present } from '../past.ts'

export interface DnsOptions {
  /** 0 takes any free one. */
  readonly port: number
  /** Default `127.0.0.1`. */
  readonly host?: string | undefined
}

export interface DnsDoor {
  readonly port: number
  close(): Promise<void>
}

/** What a client takes by UDP that says nothing of it, in bytes. Source: RFC 1035, 4.2.1. */
const udpBytesMax = 512
/** Largest answer that is sent by UDP, in bytes. Source: DNS flag day 2020. */
const udpBytesOffered = 1_232
/** How long a TCP connection may be quiet, in ms. Source: RFC 7766, 6.2.3: of the order of seconds. */
const quietMsMax = 10_000

/** Response codes. Source: RFC 1035, 4.1.1. */
const codes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const
type Code = keyof typeof codes

/**
 * The DNS door: a resolver for the names of the model, by UDP and TCP on one port. It refuses all others. Names that
 * services answer for have addresses that lead nowhere outside the model: requests go through the proxy.
 */
export async function answerDns(present: Present, options: DnsOptions): Promise<DnsDoor> {
  const { host = '127.0.0.1' } = options
  const sockets = new Set<Socket>()
  const tcp = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    serveStream(present, socket)
  })
  const port = await new Promise<number>((resolve, reject) => {
    tcp.once('error', (error) => reject(inUse(error, options.port)))
    // The server's address is an object once it listens on a port.
    tcp.listen(options.port, host, () => resolve((tcp.address() as AddressInfo).port))
  })
  const udp = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  udp.on('message', (bytes, from) => {
    const answer = answerTo(present.cloud, bytes, 'udp')
    if (answer !== undefined) udp.send(answer, from.port, from.address)
  })
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => tcp.close(resolve))
  }
  try {
    await new Promise<void>((resolve, reject) => {
      udp.once('error', (error) => reject(inUse(error, port)))
      udp.bind(port, host, () => resolve())
    })
  } catch (error) {
    await close()
    throw error
  }
  udp.on('error', () => {}) // A client that has gone is no concern of ours.
  return {
    port,
    async close() {
      await new Promise<void>((resolve) => udp.close(resolve))
      await close()
    },
  }
}

/** Questions that come one after the other, each with its length in front. */
function serveStream(present: Present, socket: Socket): void {
  let waiting = Buffer.alloc(0)
  socket.setTimeout(quietMsMax, () => socket.destroy())
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk])
    while (waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE()) {
      const end = 2 + waiting.readUInt16BE()
      const answer = answerTo(present.cloud, waiting.subarray(2, end), 'tcp')
      waiting = waiting.subarray(end)
      if (answer === undefined) return void socket.destroy()
      const length = Buffer.alloc(2)
      length.writeUInt16BE(answer.length)
      socket.write(Buffer.concat([length, answer]))
    }
  })
}

/** Undefined for what is no question and gets no answer. */
export function answerTo(cloud: Cloud, bytes: Buffer, by: 'udp' | 'tcp'): Buffer | undefined {
  let asked: DecodedPacket
  try {
    asked = packet.decode(bytes)
  } catch {
    return bytes.length < 2 ? undefined : encoded(bytes.readUInt16BE(), 0, 'FORMERR')
  }
  const id = asked.id ?? 0
  if (asked.type !== 'query') return undefined
  // The four bits after the first. Source: RFC 1035, 4.1.1: 0 is a standard query.
  if ((bytes.readUInt16BE(2) & 0x7800) !== 0) return encoded(id, 0, 'NOTIMP')
  const answer = responseTo(cloud, asked)
  const full = packet.encode(answer)
  const offered = asked.additionals?.find((record) => record.type === 'OPT')?.udpPayloadSize
  const bytesMax = Math.min(Math.max(offered ?? udpBytesMax, udpBytesMax), udpBytesOffered)
  if (by === 'tcp' || full.length <= bytesMax) return full
  return packet.encode({
    ...answer,
    answers: [],
    authorities: [],
    flags: (answer.flags ?? 0) | packet.TRUNCATED_RESPONSE,
  })
}

function responseTo(cloud: Cloud, asked: DecodedPacket): Packet {
  const [question] = asked.questions ?? []
  const flags = ((asked.flags ?? 0) & packet.RECURSION_DESIRED) | packet.RECURSION_AVAILABLE
  const response = (code: Code, found: Pick<Packet, 'answers' | 'authorities'> = {}): Packet => ({
    id: asked.id ?? 0,
    type: 'response',
    flags: flags | codes[code],
    questions: asked.questions ?? [],
    ...found,
    ...(asked.additionals?.some(({ type }) => type === 'OPT') === true
      ? { additionals: [edns] }
      : {}),
  })
  if (question === undefined || (asked.questions?.length ?? 0) > 1) return response('FORMERR')
  if ((question.class ?? 'IN') !== 'IN') return response('REFUSED')
  const type = question.type
  if (!isSpoken(type)) return response('NOTIMP')
  const { store, clock } = cloud.kernel
  const { defaultAccountId: accountId, defaultRegion: region } = cloud
  const ctx = { store, accountId, region, now: () => clock.nowMs }
  const found = resolve(ctx, { name: question.name, type })
  if (found.outside === true && found.answers.length === 0) return response('REFUSED')
  return response(found.rcode, {
    answers: found.answers.flatMap(wireRecord),
    authorities: found.authority.flatMap(wireRecord),
  })
}

const edns: Answer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: udpBytesOffered,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
}

/** How the data of each type is written, from its form in a master file. Types that are not here are not spoken. */
const wireData = {
  A: (data: string) => data,
  AAAA: (data: string) => data,
  CNAME: plainName,
  NS: plainName,
  PTR: plainName,
  TXT: (data: string) => texts(data),
  SOA(data: string) {
    const [mname = '', rname = '', ...numbers] = words(data)
    const [serial = 0, refresh = 0, retry = 0, expire = 0, minimum = 0] = numbers.map(Number)
    const names = { mname: plainName(mname), rname: plainName(rname) }
    return { ...names, serial, refresh, retry, expire, minimum }
  },
  MX(data: string) {
    const [preference, exchange = ''] = words(data)
    return { preference: Number(preference), exchange: plainName(exchange) }
  },
  SRV(data: string) {
    const [priority, weight, port, target = ''] = words(data)
    return {
      priority: Number(priority),
      weight: Number(weight),
      port: Number(port),
      target: plainName(target),
    }
  },
  CAA(data: string) {
    const [flags, tag = ''] = words(data)
    const issuerCritical = (Number(flags) & 0x80) !== 0
    return { flags: Number(flags), issuerCritical, tag, value: texts(data)[0] ?? '' }
  },
  NAPTR(data: string) {
    const [order, preference] = words(data)
    const [flags = '', services = '', regexp = ''] = texts(data)
    const replacement = plainName(words(data).at(-1) ?? '')
    return {
      order: Number(order),
      preference: Number(preference),
      ...{ flags, services, regexp, replacement },
    }
  },
} as const

type Spoken = keyof typeof wireData

function isSpoken(type: string): type is Spoken {
  return Object.hasOwn(wireData, type)
}

function wireRecord({ name, type, ttl, data }: DnsRecord): Answer[] {
  if (!isSpoken(type)) return []
  // Each entry of the table gives what the packet library takes for its own type.
  return [{ name: plainName(name), type, ttl, class: 'IN', data: wireData[type](data) } as Answer]
}

function words(data: string): readonly string[] {
  return data.trim().split(/\s+/)
}

/** Quoted strings, with their escapes read. */
function texts(data: string): readonly string[] {
  return [...data.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, quoted = '']) =>
    quoted.replace(/\\([0-7]{3}|.)/g, (_all, escaped: string) =>
      escaped.length === 3 ? String.fromCharCode(Number.parseInt(escaped, 8)) : escaped,
    ),
  )
}

/** Without the dot at the end and with its characters as they are: `\052.example.com.` is `*.example.com`. */
function plainName(name: string): string {
  const bare = name.endsWith('.') ? name.slice(0, -1) : name
  return bare.replace(/\\([0-7]{3})/g, (_all, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  )
}

function encoded(id: number, flags: number, code: Code): Buffer {
  return packet.encode({ id, type: 'response', flags: flags | codes[code] })
}

function inUse(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') return error
  return new SimulatorError(
    'PortInUse',
    `Port ${port} cannot be used for DNS (${error.code}).`,
    'Choose another one with --dns.',
  )
}
