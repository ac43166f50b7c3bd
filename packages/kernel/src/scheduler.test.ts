import { describe, expect, test } from 'vitest'
import type { ClockMode } from './clock.ts'
import { SimulatorError } from './errors.ts'
import { Kernel } from './kernel.ts'
import type { TaskRecord } from './tasks.ts'
import type { Turn } from './turn.ts'
import { FakeWall, rest } from './wall.test-support.ts'

const startMs = Date.UTC(2026, 0, 1)

type Work = (task: TaskRecord, turn: Turn) => void | Promise<void>

/** A kernel whose tasks say their name and time, or do what the test gives under their name. */
function kernelOf(options: { clock?: ClockMode; works?: Record<string, Work> } = {}) {
  const wall = new FakeWall()
  const log: string[] = []
  const run: Work = (task, turn) => {
    const work = options.works?.[task.name]
    if (work !== undefined) return work(task, turn)
    log.push(`${task.name}@${kernel.clock.nowMs - startMs}`)
  }
  const { clock = { kind: 'held' } } = options
  const kernel = new Kernel({ clock, startAtMs: startMs, wall }, run)
  kernel.scheduler.start()
  const at = (name: string, atMs: number) =>
    kernel.tasks.add({
      name,
      input: null,
      atMs: startMs + atMs,
      accountId: '',
      region: '',
      cause: undefined,
    }).id
  const now = () => kernel.clock.nowMs - startMs
  return { kernel, scheduler: kernel.scheduler, wall, log, at, now }
}

describe('a held clock', () => {
  test('moves only when asked, and runs every task on the way at its own moment', async () => {
    const { scheduler, wall, log, at, now } = kernelOf()
    for (const ms of [20, 10, 30, 10]) at('t', ms)
    await wall.pass(1_000_000)
    expect(log).toEqual([])
    await scheduler.advanceTo(startMs + 20)
    expect(log).toEqual(['t@10', 't@10', 't@20'])
    await scheduler.advanceTo(startMs + 25)
    expect([log.length, now()]).toEqual([3, 25])
  })

  test('runs what a task asks for in its turn, at the same moment too', async () => {
    const { scheduler, log, at, now } = kernelOf({
      works: {
        parent() {
          log.push(`parent@${now()}`)
          at('child', now())
          at('late', now() + 5)
        },
      },
    })
    at('parent', 10)
    at('other', 10)
    await scheduler.advanceTo(startMs + 100)
    expect(log).toEqual(['parent@10', 'other@10', 'child@10', 'late@15'])
  })

  test('cannot be moved back', async () => {
    const { scheduler, now } = kernelOf()
    await scheduler.advanceTo(startMs + 10)
    await expect(scheduler.advanceTo(startMs + 9)).rejects.toMatchObject({ code: 'ClockBackwards' })
    expect(now()).toBe(10)
  })

  test('goes from task to task until something holds, and gives up where it cannot', async () => {
    const { scheduler, log, at, now } = kernelOf()
    for (const ms of [10, 20, 30]) at('t', ms)
    expect(await scheduler.advanceUntil(() => log.length === 2, 1_000)).toBe(true)
    expect(now()).toBe(20)
    expect(await scheduler.advanceUntil(() => log.length === 9, 5)).toBe(false)
    expect(now()).toBe(20)
    expect(await scheduler.advanceUntil(() => log.length === 9, 1_000)).toBe(false)
    expect(now()).toBe(30)
  })
})

describe('a clock that runs by itself', () => {
  test('a real clock takes as long as the wall', async () => {
    const { scheduler, wall, log, at } = kernelOf({ clock: { kind: 'real' } })
    await scheduler.enter(() => void at('t', 100))
    await wall.pass(99)
    expect(log).toEqual([])
    await wall.pass(1)
    expect(log).toEqual(['t@100'])
  })

  test('a fast clock takes a part of it', async () => {
    const { scheduler, wall, log, at } = kernelOf({ clock: { kind: 'fast', factor: 100 } })
    await scheduler.enter(() => void at('t', 10_000))
    await wall.pass(99)
    expect(log).toEqual([])
    await wall.pass(1)
    expect(log).toEqual(['t@10000'])
  })

  test('a skipping clock takes no time, and anchors stamps where it stands', async () => {
    const { kernel, scheduler, wall, log, at, now } = kernelOf({ clock: { kind: 'skip' } })
    await scheduler.enter(() => {
      at('t', 86_400_000)
      at('t', 90_000_000)
    })
    await wall.pass(1)
    expect(log).toEqual(['t@86400000', 't@90000000'])
    wall.jump(500_000)
    expect(kernel.clock.fromWall(wall.nowMs())).toBe(startMs + now())
  })

  test('tasks that came due while the process slept run at their own moments, before a call', async () => {
    const { kernel, scheduler, wall, log, at, now } = kernelOf({ clock: { kind: 'real' } })
    at('t', 10)
    at('t', 20)
    wall.jump(50)
    await scheduler.enter(() => void log.push(`call@${now()}`))
    expect(log).toEqual(['t@10', 't@20', 'call@50'])
    expect(kernel.clock.nowMs).toBe(kernel.clock.dueMs)
  })

  test('advances from where the wall has brought it, also by less than the work takes', async () => {
    const { kernel, scheduler, wall, log, at, now } = kernelOf({
      clock: { kind: 'real' },
      works: {
        slow() {
          wall.jump(40)
          log.push(`slow@${now()}`)
        },
      },
    })
    wall.jump(1_000)
    at('slow', 1_005)
    await scheduler.advanceTo(kernel.clock.dueMs + 10)
    expect(log).toEqual(['slow@1005'])
    expect(now()).toBe(1_040)
  })

  test('a stopped scheduler runs nothing more', async () => {
    const { scheduler, wall, log, at } = kernelOf({ clock: { kind: 'real' } })
    await scheduler.enter(() => void at('t', 10))
    scheduler.stop()
    await wall.pass(100)
    await scheduler.settle()
    expect([log, wall.timers]).toEqual([[], 0])
  })
})

describe('one piece at a time', () => {
  test('calls enter one after the other, in the order they came', async () => {
    const { scheduler, log } = kernelOf()
    const call = (name: string) =>
      scheduler.enter(async () => {
        log.push(`${name} begins`)
        await rest()
        log.push(`${name} ends`)
      })
    await Promise.all([call('a'), call('b'), call('c')])
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  })

  test('what a call makes due runs right after it, before the next', async () => {
    const { scheduler, log, at } = kernelOf()
    const call = (name: string) =>
      scheduler.enter(async () => {
        at(`due by ${name}`, 0)
        await rest()
        log.push(name)
      })
    await Promise.all([call('a'), call('b')])
    await scheduler.settle()
    expect(log).toEqual(['a', 'due by a@0', 'b', 'due by b@0'])
  })

  test('a call waits for the task that runs, and the clock for both', async () => {
    const { kernel, scheduler, log, at, now } = kernelOf({
      works: {
        async slow() {
          log.push('task begins')
          await rest()
          log.push('task ends')
        },
      },
    })
    at('slow', 10)
    at('t', 20)
    const advanced = scheduler.advanceTo(startMs + 30)
    await Promise.resolve()
    const called = scheduler.enter(async () => {
      log.push(`call begins@${now()}`)
      await rest()
      log.push(`call ends@${now()}`)
    })
    await Promise.all([advanced, called])
    expect(log.join(', ')).toMatch(/task begins, task ends/)
    const [begins, ends] = ['call begins', 'call ends'].map((text) =>
      log.findIndex((line) => line.startsWith(text)),
    )
    expect(ends).toBe((begins ?? 0) + 1)
    expect(log[begins ?? 0]?.split('@')[1]).toBe(log[ends ?? 0]?.split('@')[1])
    expect(kernel.clock.nowMs).toBe(startMs + 30)
  })

  test('a thousand calls at once all get their turn', async () => {
    const { scheduler } = kernelOf()
    const seen: number[] = []
    const calls = Array.from({ length: 1_000 }, (_, i) =>
      scheduler.enter(async () => {
        await Promise.resolve()
        seen.push(i)
      }),
    )
    await Promise.all(calls)
    expect(seen).toEqual(Array.from({ length: 1_000 }, (_, i) => i))
  })

  test('a call that throws gives the turn on', async () => {
    const { scheduler } = kernelOf()
    const failed = scheduler.enter(() => {
      throw new Error('refused')
    })
    await expect(failed).rejects.toThrow('refused')
    expect(await scheduler.enter(() => 'next')).toBe('next')
  })
})

describe('bugs', () => {
  test('what a task threw is told by whoever looks next, one at a time', async () => {
    const { scheduler, log, at } = kernelOf({
      works: {
        sync() {
          throw new TypeError('first')
        },
        async async() {
          await rest()
          throw new TypeError('second')
        },
      },
    })
    at('sync', 10)
    at('async', 10)
    at('t', 20)
    await expect(scheduler.advanceTo(startMs + 30)).rejects.toThrow('first')
    await expect(scheduler.enter(() => log.push('call'))).rejects.toThrow('second')
    await scheduler.advanceTo(startMs + 30)
    expect(log).toEqual(['t@20'])
  })

  test('a server is told, and its callers are not', async () => {
    const { scheduler, wall, at } = kernelOf({
      clock: { kind: 'real' },
      works: {
        bad() {
          throw new TypeError('first')
        },
      },
    })
    const told: unknown[] = []
    scheduler.bugs.listener = (error) => told.push(error)
    await scheduler.enter(() => void at('bad', 10))
    await wall.pass(20)
    expect(told).toEqual([new TypeError('first')])
    at('bad', 20)
    expect(await scheduler.enter(() => 'answer')).toBe('answer')
    expect(told.length).toBe(2)
  })

  test('what sets itself off without end at one moment is told, and the clock can go on', async () => {
    const { kernel, scheduler, at, now } = kernelOf({
      works: { loop: () => void at('loop', now()) },
    })
    at('loop', 0)
    await expect(scheduler.settle()).rejects.toEqual(
      new SimulatorError(
        'EndlessWork',
        '100000 tasks ran at one moment, and loop is due again: something sets itself off.',
        'See what causes it with `orrery journal`; break the loop.',
      ),
    )
    expect(await scheduler.enter(() => 'answer')).toBe('answer')
    expect([...kernel.tasks.list()].map(({ name, atMs }) => [name, atMs - startMs])).toEqual([
      ['loop', 1],
    ])
  })
})
