import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { frameHeadBytes, frameOf, scanFrames } from './frames.ts'

const payloads = fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 8 })

function written(list: readonly Uint8Array[]): Buffer {
  return Buffer.concat(list.map(frameOf))
}

function plain(list: readonly Uint8Array[]): number[][] {
  return list.map((payload) => [...payload])
}

describe('frames', () => {
  test('are read as they were written', () => {
    fc.assert(
      fc.property(payloads, (list) => {
        const { payloads: read, end } = scanFrames(written(list))
        expect(end).toEqual({ kind: 'whole' })
        expect(plain(read)).toEqual(plain(list))
      }),
      { seed: 1 },
    )
  })

  test('a write cut short leaves the frames before it, and is called torn', () => {
    fc.assert(
      fc.property(payloads, fc.nat(), (list, cut) => {
        const bytes = written(list)
        const kept = bytes.subarray(0, cut % bytes.length)
        const { payloads: read, soundBytes, end } = scanFrames(kept)
        expect(plain(read)).toEqual(plain(list.slice(0, read.length)))
        expect(end.kind).toBe(soundBytes === kept.length ? 'whole' : 'torn')
      }),
      { seed: 2 },
    )
  })

  test('room that the file system made for bytes that never came is torn', () => {
    const bytes = Buffer.concat([frameOf(Buffer.from('kept')), Buffer.alloc(100)])
    expect(scanFrames(bytes)).toMatchObject({
      soundBytes: frameHeadBytes + 4,
      end: { kind: 'torn', offset: frameHeadBytes + 4, why: '100 zero bytes' },
    })
  })

  test('one flipped bit, wherever it is, is damage', () => {
    fc.assert(
      fc.property(payloads, fc.nat(), (list, bit) => {
        const bytes = written(list)
        const at = bit % (bytes.length * 8)
        const index = at >> 3
        bytes[index] = (bytes[index] ?? 0) ^ (1 << (at & 7))
        const { payloads: read, end } = scanFrames(bytes)
        expect(end.kind).toBe('damaged')
        expect(plain(read)).toEqual(plain(list.slice(0, read.length)))
      }),
      { seed: 3, numRuns: 500 },
    )
  })

  test('bytes of another kind are damage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: frameHeadBytes, maxLength: 200 }), (bytes) => {
        fc.pre(bytes.some((byte) => byte !== 0))
        expect(scanFrames(bytes).end.kind).toBe('damaged')
      }),
      { seed: 4 },
    )
  })
})
