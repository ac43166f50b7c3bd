import { expect, test } from 'vitest'
import { Ids } from './ids.ts'
import { type RandomStream, RandomStreams } from './random.ts'

function draws(stream: RandomStream, count = 5): number[] {
  return Array.from({ length: count }, () => stream.uint32())
}

test('a stream depends on the seed and its name alone', () => {
  const first = new RandomStreams(1)
  const second = new RandomStreams(1)
  draws(second.stream('other'), 1_000)
  expect(draws(first.stream('a'))).toEqual(draws(second.stream('a')))
  expect(draws(new RandomStreams(1).stream('a'))).not.toEqual(
    draws(new RandomStreams(2).stream('a')),
  )
  expect(draws(new RandomStreams(1).stream('a'))).not.toEqual(
    draws(new RandomStreams(1).stream('b')),
  )
})

test('the draws of a seed are the same in every version: recordings depend on them', () => {
  expect(draws(new RandomStreams(7).stream('requests'), 4)).toEqual([
    2_068_862_530, 1_971_649_320, 2_346_060_461, 385_803_713,
  ])
})

test('restored streams go on where they stood', () => {
  const streams = new RandomStreams(3)
  draws(streams.stream('a'), 17)
  streams.stream('b')
  const states = JSON.parse(JSON.stringify(streams.states)) as typeof streams.states
  const restored = new RandomStreams(3, states)
  for (const name of ['a', 'b', 'new']) {
    expect(draws(restored.stream(name))).toEqual(draws(streams.stream(name)))
  }
})

test('draws spread evenly over their bounds', () => {
  const stream = new RandomStreams(1).stream('spread')
  const counts = new Array<number>(10).fill(0)
  for (let i = 0; i < 100_000; i += 1) {
    const drawn = stream.below(10)
    counts[drawn] = (counts[drawn] ?? 0) + 1
  }
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500)
  for (let i = 0; i < 1_000; i += 1) {
    const float = stream.float()
    expect(float >= 0 && float < 1).toBe(true)
  }
  expect(new Set(stream.bytes(2_000)).size).toBe(256)
})

test('ids have the shapes that clouds give them', () => {
  const ids = new Ids(new RandomStreams(1).stream('ids'))
  expect(ids.uuid()).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  )
  expect(ids.unique('AROA')).toMatch(/^AROA[A-Z2-7]{17}$/)
  expect(ids.hex(33)).toMatch(/^[0-9a-f]{33}$/)
  expect(ids.alphanumeric(20)).toMatch(/^[A-Za-z0-9]{20}$/)
  expect(ids.from('01', 64)).toMatch(/^[01]{64}$/)
  expect(new Set(Array.from({ length: 10_000 }, () => ids.uuid())).size).toBe(10_000)
})
