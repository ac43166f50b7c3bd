/** Values of ASN.1 in DER, as bytes. Source: ITU-T X.690. */
export type Der = Uint8Array

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  identifier: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

function tagged(tag: number, content: Uint8Array): Der {
  const { length } = content
  const head =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff]
  return Buffer.concat([Uint8Array.from(head), content])
}

/** Context-specific tag `[n]`: constructed unless `primitive`. */
export function contextual(number: number, content: Uint8Array, primitive = false): Der {
  return tagged((primitive ? 0x80 : 0xa0) | number, content)
}

export function sequence(...items: readonly Der[]): Der {
  return tagged(tags.sequence, Buffer.concat(items))
}

export function setOf(...items: readonly Der[]): Der {
  return tagged(tags.set, Buffer.concat(items))
}

/** A positive integer, the largest byte first. */
export function integer(bytes: Uint8Array): Der {
  const start = bytes.findIndex((byte) => byte !== 0)
  const short = start === -1 ? Uint8Array.of(0) : bytes.subarray(start)
  const isHigh = ((short[0] ?? 0) & 0x80) !== 0
  return tagged(tags.integer, isHigh ? Buffer.concat([Uint8Array.of(0), short]) : short)
}

export function boolean(value: boolean): Der {
  return tagged(tags.boolean, Uint8Array.of(value ? 0xff : 0))
}

export const nothing: Der = tagged(tags.null, new Uint8Array())

export function octets(content: Uint8Array): Der {
  return tagged(tags.octetString, content)
}

export function bits(content: Uint8Array, unused = 0): Der {
  return tagged(tags.bitString, Buffer.concat([Uint8Array.of(unused), content]))
}

/** `2.5.29.15` */
export function identifier(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const groups = [arc & 0x7f]
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80)
    bytes.push(...groups)
  }
  return tagged(tags.identifier, Uint8Array.from(bytes))
}

export function text(value: string): Der {
  const isPlain = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value)
  return tagged(isPlain ? tags.printableString : tags.utf8String, Buffer.from(value))
}

/** Whole seconds; years from 2050 on as GeneralizedTime. Source: RFC 5280, 4.1.2.5. */
export function time(ms: number): Der {
  const digits = new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14)
  const isLate = Number(digits.slice(0, 4)) >= 2050
  return isLate
    ? tagged(tags.generalizedTime, Buffer.from(`${digits}Z`))
    : tagged(tags.utcTime, Buffer.from(`${digits.slice(2)}Z`))
}

/** The DER of a PEM block with lines of 64 characters. */
export function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
