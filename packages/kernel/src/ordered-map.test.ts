import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OrderedMap, prefixEnd, type ScanOptions } from './ordered-map.ts'

/** Few letters, so that keys collide, begin with each other, and reach past the last code unit. */
const key = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\u0000', '\uffff'), maxLength: 4 })

type Write = { readonly set: string; readonly value: number } | { readonly delete: string }

const write: fc.Arbitrary<Write> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ set: key, value: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ delete: key }) },
)

const scanOptions: fc.Arbitrary<ScanOptions> = fc.record(
  { from: key, after: key, before: key, prefix: key, reverse: fc.boolean() },
  { requiredKeys: [] },
)

function apply(map: OrderedMap<number>, model: Map<string, number>, step: Write): void {
  if ('set' in step) {
    expect(map.set(step.set, step.value)).toBe(model.get(step.set))
    model.set(step.set, step.value)
  } else {
    expect(map.delete(step.delete)).toBe(model.get(step.delete))
    model.delete(step.delete)
  }
}

function scanned(model: ReadonlyMap<string, number>, options: ScanOptions): [string, number][] {
  const { from, after, before, prefix = '', reverse = false } = options
  const entries = [...model]
    .filter(([name]) => from === undefined || name >= from)
    .filter(([name]) => before === undefined || name < before)
    .filter(([name]) => name.startsWith(prefix))
    .filter(([name]) => after === undefined || (reverse ? name < after : name > after))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return reverse ? entries.reverse() : entries
}

test('it holds what a plain map holds, in the order of code units', () => {
  fc.assert(
    fc.property(fc.array(write, { maxLength: 300 }), scanOptions, (writes, options) => {
      const map = new OrderedMap<number>()
      const model = new Map<string, number>()
      for (const step of writes) apply(map, model, step)
      expect(map.size).toBe(model.size)
      expect([...map.scan()]).toEqual(scanned(model, {}))
      expect([...map.scan(options)]).toEqual(scanned(model, options))
      expect(map.firstKey()).toBe(scanned(model, {})[0]?.[0])
      for (const name of model.keys()) expect(map.get(name)).toBe(model.get(name))
    }),
    { numRuns: 500, seed: 1 },
  )
})

test('every scan option agrees with the model on a tree of several levels', () => {
  const map = new OrderedMap<number>()
  const model = new Map<string, number>()
  for (let i = 0; i < 10_000; i += 1) {
    const name = String((i * 7919) % 10_000).padStart(5, '0')
    map.set(name, i)
    model.set(name, i)
  }
  const bound = fc.nat(10_100).map((number) => String(number).padStart(5, '0'))
  const prefix = fc.nat(100).map((number) => String(number).padStart(3, '0'))
  fc.assert(
    fc.property(
      fc.record(
        { from: bound, after: bound, before: bound, prefix, reverse: fc.boolean() },
        { requiredKeys: [] },
      ),
      (options) => {
        expect([...map.scan(options)]).toEqual(scanned(model, options))
      },
    ),
    { numRuns: 60, seed: 2 },
  )
})

test('a fork and its origin never see each other’s writes', () => {
  const side = fc.constantFrom<'origin' | 'fork'>('origin', 'fork')
  fc.assert(
    fc.property(
      fc.array(write, { maxLength: 200 }),
      fc.array(fc.tuple(side, write), { maxLength: 200 }),
      (before, after) => {
        const origin = { map: new OrderedMap<number>(), model: new Map<string, number>() }
        for (let i = 0; i < 500; i += 1) apply(origin.map, origin.model, { set: `k${i}`, value: i })
        for (const step of before) apply(origin.map, origin.model, step)
        const fork = { map: origin.map.fork(), model: new Map(origin.model) }
        for (const [name, step] of after) {
          const { map, model } = name === 'origin' ? origin : fork
          apply(map, model, step)
        }
        for (const { map, model } of [origin, fork]) {
          expect([...map.scan()]).toEqual(scanned(model, {}))
          expect(map.size).toBe(model.size)
        }
      },
    ),
    { numRuns: 200, seed: 3 },
  )
})

test('a scan sees what was written behind and ahead of it, and gives no key twice', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(300), { minLength: 1, maxLength: 400 }),
      fc.array(fc.record({ at: fc.nat(300), key: fc.nat(400), remove: fc.boolean() })),
      fc.boolean(),
      (keys, changes, reverse) => {
        const name = (number: number) => String(number).padStart(4, '0')
        const map = new OrderedMap<number>()
        for (const number of keys) map.set(name(number), number)
        const ahead = (a: string, b: string) => (reverse ? a < b : a > b)
        const seen: string[] = []
        let count = 0
        for (const [current] of map.scan({ reverse })) {
          const last = seen.at(-1)
          expect(last === undefined || ahead(current, last)).toBe(true)
          expect(map.has(current)).toBe(true)
          seen.push(current)
          for (const change of changes.filter(({ at }) => at === count)) {
            if (change.remove) map.delete(name(change.key))
            else map.set(name(change.key), change.key)
          }
          count += 1
        }
        // What was there all the time was seen.
        const touched = new Set(changes.map((change) => name(change.key)))
        const untouched = [...new Set(keys.map(name))].filter((one) => !touched.has(one))
        expect(untouched.filter((one) => !seen.includes(one))).toEqual([])
      },
    ),
    { numRuns: 300, seed: 4 },
  )
})

test('a scan that deletes each entry empties the map', () => {
  for (const reverse of [false, true]) {
    const map = new OrderedMap<number>()
    for (let i = 0; i < 5_000; i += 1) map.set(String(i), i)
    let count = 0
    for (const [name] of map.scan({ reverse })) {
      map.delete(name)
      count += 1
    }
    expect([count, map.size, map.firstKey()]).toEqual([5_000, 0, undefined])
  }
})

test('a queue that is filled at one end and emptied at the other stays small', () => {
  const map = new OrderedMap<number>()
  for (let i = 0; i < 100_000; i += 1) {
    map.set(String(i).padStart(9, '0'), i)
    if (i >= 10) {
      const first = map.firstKey()
      expect(first).toBe(String(i - 10).padStart(9, '0'))
      map.delete(first ?? '')
    }
  }
  expect([...map.scan()].map(([, value]) => value)).toEqual(
    Array.from({ length: 10 }, (_, i) => 99_990 + i),
  )
})

test('all that starts with a prefix lies before the prefix’s end', () => {
  fc.assert(
    fc.property(key, key, (prefix, other) => {
      const end = prefixEnd(prefix)
      const inside = other >= prefix && (end === undefined || other < end)
      expect(inside).toBe(other.startsWith(prefix))
    }),
    { numRuns: 2_000, seed: 5 },
  )
})
