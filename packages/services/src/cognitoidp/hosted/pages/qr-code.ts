import { type Markup, markup } from './markup.ts'

// Of ISO/IEC 18004: bytes, error correction of level L, versions 1 to 10 (271 bytes).

/** By version: codewords in all, codewords of correction in each block, blocks. Source: ISO/IEC 18004, table 9. */
const versions: readonly (readonly [total: number, correction: number, blocks: number])[] = [
  [26, 7, 1],
  [44, 10, 1],
  [70, 15, 1],
  [100, 20, 1],
  [134, 26, 1],
  [172, 18, 2],
  [196, 20, 2],
  [242, 24, 2],
  [292, 30, 2],
  [346, 18, 4],
]

/** A picture of a text for cameras. Throws RangeError where it is longer than 271 bytes. */
export function qrCode(text: string, title: string): Markup {
  const modules = qrModules(Buffer.from(text))
  const quiet = 4
  const size = modules.length + 2 * quiet
  let path = ''
  for (const [y, row] of modules.entries()) {
    for (const [x, isDark] of row.entries()) {
      if (isDark) path += `M${x + quiet} ${y + quiet}h1v1h-1z`
    }
  }
  return markup`<svg class="qr" role="img" aria-label="${title}" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path fill="#000" d="${path}"/></svg>`
}

/** Rows of modules, true for dark. */
export function qrModules(data: Uint8Array): boolean[][] {
  const at = versions.findIndex(([total, correction, blocks], index) => {
    const header = index < 9 ? 2 : 3
    return data.length + header <= total - correction * blocks
  })
  const shape = versions[at]
  if (shape === undefined) throw new RangeError('The text is too long for a QR code of ours.')
  const codewords = interleaved(dataCodewords(data, at + 1, shape), shape)
  return drawn(at + 1, codewords)
}

/** Mode, length, bytes, end, padding. */
function dataCodewords(
  data: Uint8Array,
  version: number,
  [total, correction, blocks]: readonly [number, number, number],
): number[] {
  const lengthBits = version < 10 ? 8 : 16
  let bits = `0100${data.length.toString(2).padStart(lengthBits, '0')}`
  for (const byte of data) bits += byte.toString(2).padStart(8, '0')
  const capacity = (total - correction * blocks) * 8
  bits += '0'.repeat(Math.min(4, capacity - bits.length))
  bits += '0'.repeat((8 - (bits.length % 8)) % 8)
  const words: number[] = []
  for (let i = 0; i < bits.length; i += 8) words.push(Number.parseInt(bits.slice(i, i + 8), 2))
  for (let i = 0; words.length < capacity / 8; i += 1) words.push(i % 2 === 0 ? 0xec : 0x11)
  return words
}

/** Blocks with their correction, codewords taken from each in turn. */
function interleaved(
  words: readonly number[],
  [, correction, blocks]: readonly [number, number, number],
): number[] {
  const short = Math.floor(words.length / blocks)
  const longOnes = words.length % blocks
  const parts: number[][] = []
  let start = 0
  for (let i = 0; i < blocks; i += 1) {
    const length = short + (i >= blocks - longOnes ? 1 : 0)
    parts.push(words.slice(start, start + length))
    start += length
  }
  const corrections = parts.map((part) => remainder(part, correction))
  const out: number[] = []
  for (let i = 0; i <= short; i += 1) {
    for (const part of parts) {
      const word = part[i]
      if (word !== undefined) out.push(word)
    }
  }
  for (let i = 0; i < correction; i += 1) {
    for (const part of corrections) out.push(part[i] ?? 0)
  }
  return out
}

/** Product in the field of 256 elements, modulo x^8 + x^4 + x^3 + x^2 + 1. */
function product(a: number, b: number): number {
  let result = 0
  for (let bit = 7; bit >= 0; bit -= 1) {
    result = (result << 1) ^ ((result >>> 7) * 0x11d)
    result ^= ((b >>> bit) & 1) * a
  }
  return result
}

/** Reed-Solomon's remainder: `degree` codewords of correction. */
function remainder(words: readonly number[], degree: number): number[] {
  let generator = [1]
  let root = 1
  for (let i = 0; i < degree; i += 1) {
    const next = [...generator, 0]
    for (const [at, term] of generator.entries()) {
      next[at + 1] = (next[at + 1] ?? 0) ^ product(term, root)
    }
    generator = next
    root = product(root, 2)
  }
  const rest = new Array<number>(degree).fill(0)
  for (const word of words) {
    const factor = word ^ (rest.shift() ?? 0)
    rest.push(0)
    for (let i = 0; i < degree; i += 1) {
      rest[i] = (rest[i] ?? 0) ^ product(generator[i + 1] ?? 0, factor)
    }
  }
  return rest
}

type Grid = (boolean | undefined)[][]

function drawn(version: number, codewords: readonly number[]): boolean[][] {
  const size = 17 + 4 * version
  const grid: Grid = Array.from({ length: size }, () => new Array<boolean | undefined>(size))
  const set = (x: number, y: number, isDark: boolean): void => {
    const row = grid[y]
    if (row !== undefined && x >= 0 && x < size) row[x] = isDark
  }
  for (const [x, y] of [
    [3, 3],
    [size - 4, 3],
    [3, size - 4],
  ] as const) {
    square(set, x, y, 4, [0, 1, 3])
  }
  for (let i = 8; i < size - 8; i += 1) {
    set(i, 6, i % 2 === 0)
    set(6, i, i % 2 === 0)
  }
  for (const [x, y] of alignments(version, size)) square(set, x, y, 2, [0, 2])
  drawFormat(set, size)
  drawVersion(set, version, size)
  drawData(grid, codewords)
  return grid.map((row) => Array.from(row, (isDark) => isDark === true))
}

type Set = (x: number, y: number, isDark: boolean) => void

/** Rings around a centre; `dark` lists the distances that are dark. */
function square(set: Set, x: number, y: number, radius: number, dark: readonly number[]): void {
  for (let dy = -radius; dy <= radius; dy += 1) {
    for (let dx = -radius; dx <= radius; dx += 1) {
      set(x + dx, y + dy, dark.includes(Math.max(Math.abs(dx), Math.abs(dy))))
    }
  }
}

function alignments(version: number, size: number): [number, number][] {
  if (version === 1) return []
  const last = size - 7
  const lines = version < 7 ? [6, last] : [6, 2 * version + 8, last]
  const found: [number, number][] = []
  for (const x of lines) {
    for (const y of lines) {
      const isCorner = (x === 6 && y === 6) || (x === 6 && y === last) || (x === last && y === 6)
      if (!isCorner) found.push([x, y])
    }
  }
  return found
}

/** Level L, mask 0, with their correction (BCH), in both places. */
function drawFormat(set: Set, size: number): void {
  const data = 0b01_000
  let rest = data
  for (let i = 0; i < 10; i += 1) rest = (rest << 1) ^ ((rest >>> 9) * 0x537)
  const bits = ((data << 10) | rest) ^ 0x5412
  const bit = (at: number): boolean => ((bits >>> at) & 1) === 1
  for (let i = 0; i <= 5; i += 1) set(8, i, bit(i))
  set(8, 7, bit(6))
  set(8, 8, bit(7))
  set(7, 8, bit(8))
  for (let i = 9; i < 15; i += 1) set(14 - i, 8, bit(i))
  for (let i = 0; i < 8; i += 1) set(size - 1 - i, 8, bit(i))
  for (let i = 8; i < 15; i += 1) set(8, size - 15 + i, bit(i))
  set(8, size - 8, true)
}

function drawVersion(set: Set, version: number, size: number): void {
  if (version < 7) return
  let rest = version
  for (let i = 0; i < 12; i += 1) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25)
  const bits = (version << 12) | rest
  for (let i = 0; i < 18; i += 1) {
    const isDark = ((bits >>> i) & 1) === 1
    const [a, b] = [size - 11 + (i % 3), Math.floor(i / 3)]
    set(a, b, isDark)
    set(b, a, isDark)
  }
}

/** Two columns at a time, from the right, up and down, past what is drawn already; mask 0 on top. */
function drawData(grid: Grid, codewords: readonly number[]): void {
  const size = grid.length
  let at = 0
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5
    const isUp = ((right + 1) & 2) === 0
    for (let step = 0; step < size; step += 1) {
      const y = isUp ? size - 1 - step : step
      for (const x of [right, right - 1]) {
        const row = grid[y]
        if (row === undefined || row[x] !== undefined) continue
        const bit = ((codewords[at >>> 3] ?? 0) >>> (7 - (at & 7))) & 1
        at += 1
        row[x] = (bit === 1) !== ((x + y) % 2 === 0)
      }
    }
  }
}
