import { crc32 as zlibCrc32 } from 'node:zlib'

/** A reflected CRC whose register starts and ends inverted, as all of S3's do. */
interface Polynomial {
  bits: 32 | 64
  /** Reflected. */
  polynomial: bigint
}

export const crc32Polynomial: Polynomial = { bits: 32, polynomial: 0xedb88320n }
export const crc32cPolynomial: Polynomial = { bits: 32, polynomial: 0x82f63b78n }
/** CRC-64/NVME. Source: NVM Express, NVM command set specification, 64b protection information. */
export const crc64NvmePolynomial: Polynomial = { bits: 64, polynomial: 0x9a6c9329ac4bc9b5n }

export function crc32(bytes: Uint8Array): number {
  return zlibCrc32(bytes)
}

let crc32cTable: Uint32Array | undefined

function tableOfCrc32c(): Uint32Array {
  const table = new Uint32Array(256)
  for (let i = 0; i < 256; i++) {
    let value = i
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1
    table[i] = value
  }
  return table
}

export function crc32c(bytes: Uint8Array): number {
  crc32cTable ??= tableOfCrc32c()
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ (crc32cTable[(crc ^ byte) & 255] ?? 0)
  return (crc ^ 0xffffffff) >>> 0
}

interface HalvedTable {
  high: Uint32Array
  low: Uint32Array
}

let crc64Table: HalvedTable | undefined

/** Halves of 32 bits: big integers would cost a hundred times as much per byte. */
function tableOfCrc64(): HalvedTable {
  const high = new Uint32Array(256)
  const low = new Uint32Array(256)
  const { polynomial } = crc64NvmePolynomial
  for (let i = 0; i < 256; i++) {
    let value = BigInt(i)
    for (let bit = 0; bit < 8; bit++) {
      value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n
    }
    high[i] = Number(value >> 32n)
    low[i] = Number(value & 0xffffffffn)
  }
  return { high, low }
}

export function crc64Nvme(bytes: Uint8Array): bigint {
  crc64Table ??= tableOfCrc64()
  const { high: highTable, low: lowTable } = crc64Table
  let high = 0xffffffff
  let low = 0xffffffff
  for (const byte of bytes) {
    const index = (low ^ byte) & 255
    low = ((low >>> 8) | (high << 24)) ^ (lowTable[index] ?? 0)
    high = (high >>> 8) ^ (highTable[index] ?? 0)
  }
  return (BigInt(~high >>> 0) << 32n) | BigInt(~low >>> 0)
}

/**
 * The CRC of two pieces put together, from their CRCs and the second one's length in bytes: the first is
 * multiplied by x^(8 * length) modulo the polynomial.
 */
export function combineCrcs(
  kind: Polynomial,
  first: bigint,
  second: bigint,
  secondBytes: number,
): bigint {
  const top = 1n << BigInt(kind.bits - 1)
  let factor = top
  // x^8, squared once per bit of the length.
  let power = top >> 8n
  for (let rest = secondBytes; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) factor = multiply(kind, power, factor)
    power = multiply(kind, power, power)
  }
  return multiply(kind, factor, first) ^ second
}

/** The product of two polynomials in reflected form, modulo the CRC's. */
function multiply({ bits, polynomial }: Polynomial, a: bigint, b: bigint): bigint {
  let product = 0n
  let factor = b
  for (let mask = 1n << BigInt(bits - 1); mask > 0n; mask >>= 1n) {
    if (a & mask) product ^= factor
    factor = factor & 1n ? (factor >> 1n) ^ polynomial : factor >> 1n
  }
  return product
}
