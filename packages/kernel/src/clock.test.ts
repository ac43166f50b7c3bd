import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Clock, type ClockMode, durationMs } from './clock.ts'
import { SimulatorError } from './errors.ts'
import { FakeWall } from './wall.test-support.ts'

const startMs = Date.UTC(2026, 0, 1)

function clockOf(mode: ClockMode, wall = new FakeWall()): { clock: Clock; wall: FakeWall } {
  return { clock: new Clock({ nowMs: startMs, mode, wall }), wall }
}

test('a duration is the sum of its parts, in whole milliseconds', () => {
  expect(durationMs({ days: 1, hours: 2, minutes: 3, seconds: 4, milliseconds: 5 })).toBe(
    93_784_005,
  )
  expect([durationMs({ seconds: 0.0004 }), durationMs(1.6), durationMs({})]).toEqual([0, 2, 0])
})

test('the clock never goes back, and says where it stands', () => {
  const { clock } = clockOf({ kind: 'held' })
  clock.moveTo(startMs + 5)
  expect(() => clock.moveTo(startMs)).toThrow(
    new SimulatorError(
      'ClockBackwards',
      'The clock stands at 2026-01-01T00:00:00.005Z and cannot move back by 5 ms.',
      'Fork or restore an earlier snapshot to go back in time.',
    ),
  )
  for (const atMs of [Number.NaN, Number.POSITIVE_INFINITY, Date.UTC(10_000, 0, 1)]) {
    expect(() => clock.moveTo(atMs)).toThrow('it ends with the year 9999')
  }
  expect(clock.nowMs).toBe(startMs + 5)
})

test('where the clock has to be follows its mode', () => {
  const due = (mode: ClockMode) => {
    const { clock, wall } = clockOf(mode)
    wall.jump(1_000)
    return clock.dueMs - startMs
  }
  expect(due({ kind: 'held' })).toBe(0)
  expect(due({ kind: 'skip' })).toBe(0)
  expect(due({ kind: 'real' })).toBe(1_000)
  expect(due({ kind: 'fast', factor: 60 })).toBe(60_000)
})

test('a wall that is set back does not take the clock with it', () => {
  const { clock, wall } = clockOf({ kind: 'real' })
  wall.jump(10_000)
  clock.moveTo(clock.dueMs)
  wall.jump(-5_000)
  expect(clock.dueMs).toBe(startMs + 10_000)
})

test('how long the wall takes to a moment is shorter on a fast clock, and never ends on a held one', () => {
  const delay = (mode: ClockMode) => clockOf(mode).clock.wallDelayMs(startMs + 6_000)
  expect(delay({ kind: 'real' })).toBe(6_000)
  expect(delay({ kind: 'fast', factor: 60 })).toBe(100)
  expect(delay({ kind: 'held' })).toBeUndefined()
  expect(clockOf({ kind: 'real' }).clock.wallDelayMs(startMs - 1)).toBe(0)
})

test('a change of mode keeps the time that has passed', () => {
  const { clock, wall } = clockOf({ kind: 'real' })
  wall.jump(1_000)
  clock.mode = { kind: 'held' }
  wall.jump(1_000)
  expect(clock.dueMs).toBe(startMs + 1_000)
  clock.mode = { kind: 'fast', factor: 10 }
  wall.jump(1_000)
  expect(clock.dueMs).toBe(startMs + 11_000)
})

describe('a stamp of the wall’s time is read as the model time that it was made at', () => {
  test('on a clock that follows the wall', () => {
    const { clock, wall } = clockOf({ kind: 'real' })
    wall.jump(20_000)
    expect(clock.fromWall(wall.nowMs())).toBe(startMs + 20_000)
    expect(clock.fromWall(wall.nowMs() - 5_000)).toBe(startMs + 15_000)
  })

  test('on a held clock, however long the wall goes on', () => {
    const { clock, wall } = clockOf({ kind: 'held' })
    wall.jump(3_600_000)
    expect(clock.fromWall(wall.nowMs())).toBe(startMs)
    const stampMs = wall.nowMs()
    wall.jump(60_000)
    clock.moveTo(startMs + 86_400_000)
    clock.anchor()
    wall.jump(3_600_000)
    expect(clock.fromWall(stampMs)).toBe(startMs)
    expect(clock.fromWall(wall.nowMs())).toBe(startMs + 86_400_000)
  })

  test('on a fast clock', () => {
    const { clock, wall } = clockOf({ kind: 'fast', factor: 5_000 })
    wall.jump(10_000)
    expect(clock.fromWall(wall.nowMs() - 1_000)).toBe(startMs + 45_000_000)
  })

  test('when it was made in the second in which the clock was moved, after the move', () => {
    const { clock, wall } = clockOf({ kind: 'real' })
    wall.jump(10_500)
    clock.moveTo(startMs + 3_600_000)
    clock.anchor()
    wall.jump(200)
    const wholeSecond = Math.floor(wall.nowMs() / 1000) * 1000
    expect(clock.fromWall(wholeSecond)).toBe(startMs + 3_600_000)
  })

  test('unless it is nearer to model time: then it was made by this clock', () => {
    const { clock, wall } = clockOf({ kind: 'held' })
    clock.moveTo(startMs + 86_400_000)
    clock.anchor()
    expect(clock.timeOfStamp(wall.nowMs())).toBe(startMs + 86_400_000)
    expect(clock.timeOfStamp(startMs + 3_600_000)).toBe(startMs + 3_600_000)
    expect(clock.timeOfStamp(wall.nowMs() - 1_000)).toBe(startMs - 1_000)
  })

  test('when it is older than the cloud', () => {
    const { clock, wall } = clockOf({ kind: 'held' })
    expect(clock.fromWall(wall.nowMs() - 86_400_000)).toBe(startMs - 86_400_000)
  })

  test('however often the clock was moved, in any mode', () => {
    const mode: fc.Arbitrary<ClockMode> = fc.oneof(
      fc.constant<ClockMode>({ kind: 'held' }),
      fc.constant<ClockMode>({ kind: 'real' }),
      fc.record({ kind: fc.constant('fast' as const), factor: fc.integer({ min: 1, max: 100 }) }),
    )
    const moves = fc.array(fc.tuple(fc.integer({ min: 2, max: 100 }), fc.nat(1_000)))
    fc.assert(
      fc.property(mode, moves, (mode, moves) => {
        const { clock, wall } = clockOf(mode)
        for (const [passSeconds, advanceSeconds] of moves) {
          wall.jump(passSeconds * 1000)
          const stampMs = wall.nowMs()
          const modelMs = clock.dueMs
          wall.jump(1000)
          clock.moveTo(clock.dueMs + advanceSeconds * 1000)
          clock.anchor()
          expect(clock.fromWall(stampMs)).toBe(modelMs)
        }
      }),
      { seed: 1 },
    )
  })
})
