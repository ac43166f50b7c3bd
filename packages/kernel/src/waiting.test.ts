import { describe, expect, test } from 'vitest'
import type { ClockMode } from './clock.ts'
import { Kernel } from './kernel.ts'
import type { TaskRecord } from './tasks.ts'
import type { Turn } from './turn.ts'
import { FakeWall, rest } from './wall.test-support.ts'

const startMs = Date.UTC(2026, 0, 1)

function kernelOf(
  options: {
    clock?: ClockMode
    runTask?: (task: TaskRecord, turn: Turn) => void | Promise<void>
  } = {},
) {
  const wall = new FakeWall()
  const log: string[] = []
  const now = () => kernel.clock.nowMs - startMs
  const { clock = { kind: 'held' } } = options
  const kernel = new Kernel(
    { clock, startAtMs: startMs, wall },
    options.runTask ?? ((task) => void log.push(`${task.name}@${now()}`)),
  )
  const { scheduler } = kernel
  scheduler.start()
  /** A call that waits as a long poll does. */
  const poll = (name: string, key: string, untilMs: number, signal?: AbortSignal) =>
    scheduler.enter(async (turn) => {
      const entry = kernel.journal.open({
        atMs: kernel.clock.nowMs,
        kind: 'call',
        name,
        cause: undefined,
        entered: true,
        data: {},
      })
      const woken = await scheduler.wait(key, startMs + untilMs, { turn, cause: entry, signal })
      log.push(`${name} ${woken ? 'woken' : 'in vain'}@${now()}`)
      await rest()
      log.push(`${name} ends@${now()}`)
      kernel.journal.close(entry)
    })
  const task = (name: string, atMs: number) =>
    kernel.tasks.add({
      name,
      input: null,
      atMs: startMs + atMs,
      accountId: '',
      region: '',
      cause: undefined,
    })
  return { kernel, scheduler, wall, log, now, poll, task }
}

describe('a call that waits', () => {
  test('lets others in, and ends in vain at its moment', async () => {
    const { scheduler, log, poll, task } = kernelOf()
    const polled = poll('poll', 'queue', 20)
    await scheduler.enter(() => void log.push('other call'))
    expect(scheduler.waiting).toEqual(['queue'])
    task('t', 20)
    task('t', 21)
    await scheduler.advanceTo(startMs + 60)
    // All that it does after its waiting, it does at that moment, before anything later runs.
    expect(log).toEqual(['other call', 'poll in vain@20', 'poll ends@20', 't@20', 't@21'])
    await polled
    expect(scheduler.waiting).toEqual([])
  })

  test('is woken at once, after the one who wakes it, and its own time never comes', async () => {
    const { kernel, scheduler, log, poll } = kernelOf()
    const polled = poll('poll', 'queue', 20)
    await scheduler.enter(async () => {
      expect(scheduler.wake('queue')).toBe(1)
      await rest()
      log.push('sender ends')
    })
    await polled
    expect(log).toEqual(['sender ends', 'poll woken@0', 'poll ends@0'])
    expect(kernel.tasks.size).toBe(0)
  })

  test('the longest waiting is woken first, no more than asked, and nobody twice', async () => {
    const { scheduler, log, poll } = kernelOf()
    const polls = ['a', 'b', 'c', 'd'].map((name) => poll(name, 'queue', 20))
    const other = poll('other', 'topic', 20)
    await scheduler.enter(() => {
      expect([scheduler.wake('queue', 1), scheduler.wake('queue', 2)]).toEqual([1, 2])
      expect(scheduler.wake('nothing')).toBe(0)
    })
    await scheduler.settle()
    expect(log.filter((line) => line.includes('woken'))).toEqual([
      'a woken@0',
      'b woken@0',
      'c woken@0',
    ])
    await scheduler.advanceTo(startMs + 20)
    await Promise.all([...polls, other])
    expect(log.slice(-4)).toEqual([
      'd in vain@20',
      'd ends@20',
      'other in vain@20',
      'other ends@20',
    ])
  })

  test('ends when its sender goes away, which is journaled under it', async () => {
    const { kernel, scheduler, log, poll } = kernelOf()
    const sender = new AbortController()
    const polled = poll('poll', 'queue', 20, sender.signal)
    await scheduler.advanceTo(startMs + 5)
    sender.abort()
    await polled
    expect(log).toEqual(['poll in vain@5', 'poll ends@5'])
    expect(kernel.journal.entries.at(-1)).toEqual({
      sequence: 2,
      atMs: startMs + 5,
      kind: 'outside',
      name: 'abort',
      cause: 1,
      entered: true,
      data: {},
    })
    // Whoever has the call's number can do the same: a replay.
    const again = poll('again', 'queue', 20)
    await scheduler.enter(() => scheduler.abort(3))
    await again
    expect(log.slice(2)).toEqual(['again in vain@5', 'again ends@5'])
  })

  test('does not wait when its sender has gone already', async () => {
    const { log, poll } = kernelOf()
    await poll('poll', 'queue', 20, AbortSignal.abort())
    expect(log).toEqual(['poll in vain@0', 'poll ends@0'])
  })

  test('that was woken already is not aborted as well', async () => {
    const { kernel, scheduler, log, poll } = kernelOf()
    const sender = new AbortController()
    const polled = poll('poll', 'queue', 20, sender.signal)
    await scheduler.enter(() => void scheduler.wake('queue'))
    sender.abort()
    await polled
    await scheduler.settle()
    expect(log).toEqual(['poll woken@0', 'poll ends@0'])
    expect(kernel.journal.entries.length).toBe(1)
  })

  test('ends when the scheduler stops, and cannot begin after it', async () => {
    const { scheduler, log, poll } = kernelOf()
    const polled = poll('poll', 'queue', 20)
    await rest()
    scheduler.stop()
    await polled
    await poll('late', 'queue', 20)
    expect(log).toEqual(['poll in vain@0', 'poll ends@0', 'late in vain@0', 'late ends@0'])
  })

  test('on a real clock, waits as long as the wall takes', async () => {
    const { wall, log, poll } = kernelOf({ clock: { kind: 'real' } })
    const polled = poll('poll', 'queue', 20)
    await wall.pass(19)
    expect(log).toEqual([])
    await wall.pass(1)
    await polled
    expect(log).toEqual(['poll in vain@20', 'poll ends@20'])
  })

  test('nobody waits in a fork, nor is woken there for those who wait here', async () => {
    const { kernel, scheduler, log, poll } = kernelOf()
    const polled = poll('poll', 'queue', 20)
    await rest()
    const fork = kernel.fork(() => {})
    expect(fork.scheduler.waiting).toEqual([])
    const inFork = fork.scheduler.enter((turn) =>
      fork.scheduler.wait('queue', startMs + 50, { turn }),
    )
    await fork.scheduler.advanceTo(startMs + 49)
    expect(fork.scheduler.waiting).toEqual(['queue'])
    await fork.scheduler.enter(() => void fork.scheduler.wake('queue'))
    expect(await inFork).toBe(true)
    expect(scheduler.waiting).toEqual(['queue'])
    scheduler.stop()
    await polled
    expect(log).toEqual(['poll in vain@0', 'poll ends@0'])
  })
})

describe('work outside the model', () => {
  /** Answers when the test says so. */
  function outsideWorld() {
    const asked: { name: string; answer: (value: unknown) => void; fail: (e: Error) => void }[] = []
    const ask = (name: string) =>
      new Promise<unknown>((resolve, reject) => {
        asked.push({ name, answer: resolve, fail: reject })
      })
    return { asked, ask }
  }

  test('others enter meanwhile; its result enters in its own turn and is journaled', async () => {
    const { kernel, scheduler, log } = kernelOf()
    const { asked, ask } = outsideWorld()
    const call = scheduler.enter(async (turn) => {
      const result = await scheduler.outside('http', undefined, turn, () => ask('a'))
      log.push(`result ${String(result)}`)
      await rest()
      log.push('call ends')
    })
    await scheduler.enter(() => void log.push('other'))
    asked[0]?.answer(42)
    await rest()
    const next = scheduler.enter(() => void log.push('next'))
    await Promise.all([call, next])
    expect(log).toEqual(['other', 'result 42', 'call ends', 'next'])
    expect(kernel.journal.entries.map(({ kind, name, data }) => [kind, name, data])).toEqual([
      ['outside', 'http', { number: 1, result: 42 }],
    ])
  })

  test('the clock waits for it, and later tasks with it', async () => {
    const { asked, ask } = outsideWorld()
    const { kernel, scheduler, log, now, task } = kernelOf({
      async runTask({ name }, turn) {
        if (name === 'asks') {
          const result = await scheduler.outside('http', undefined, turn, () => ask('a'))
          log.push(`result ${String(result)}@${now()}`)
        } else log.push(`${name}@${now()}`)
      },
    })
    task('asks', 10)
    task('same moment', 10)
    task('later', 11)
    const advanced = scheduler.advanceTo(startMs + 20)
    await rest()
    expect([log, now()]).toEqual([['same moment@10'], 10])
    asked[0]?.answer('x')
    await advanced
    expect(log).toEqual(['same moment@10', 'result x@10', 'later@11'])
    expect(kernel.clock.nowMs).toBe(startMs + 20)
  })

  test('a task may ask several at once', async () => {
    const { asked, ask } = outsideWorld()
    const { scheduler, log, task } = kernelOf({
      async runTask(_task, turn) {
        const results = await Promise.all(
          ['a', 'b', 'c'].map((name) => scheduler.outside(name, undefined, turn, () => ask(name))),
        )
        log.push(results.join())
      },
    })
    task('asks', 0)
    const settled = scheduler.settle()
    await rest()
    for (const index of [1, 0, 2]) {
      asked[index]?.answer(index)
      await rest()
      // In between, others may enter.
      await scheduler.enter(() => void log.push('call'))
    }
    await settled
    expect(log).toEqual(['call', 'call', '0,1,2', 'call'])
  })

  test('work that fails fails its task, and nobody else', async () => {
    const { asked, ask } = outsideWorld()
    const { scheduler, task } = kernelOf({
      runTask: async (_task, turn) => {
        await scheduler.outside('a', undefined, turn, () => ask('a'))
      },
    })
    task('asks', 0)
    const settled = scheduler.settle()
    await rest()
    asked[0]?.fail(new Error('no line'))
    await expect(settled).rejects.toThrow('no line')
    expect(await scheduler.enter(() => 'answer')).toBe('answer')
  })

  test('in a replay the recorded result comes, in its time, and nothing is asked', async () => {
    const { asked, ask } = outsideWorld()
    const { scheduler, log, task } = kernelOf({
      async runTask(_task, turn) {
        log.push(String(await scheduler.outside('a', undefined, turn, () => ask('a'))))
      },
    })
    const recorded = Promise.withResolvers<{ result: unknown }>()
    scheduler.replayed = {
      get: (number) => (number === 1 ? recorded.promise : Promise.resolve(undefined)),
    }
    task('asks', 0)
    task('asks', 1)
    await scheduler.driftTo(startMs + 1)
    expect([log, asked.length]).toEqual([[], 1])
    recorded.resolve({ result: 'recorded' })
    asked[0]?.answer('asked')
    await scheduler.settle()
    expect(log.sort()).toEqual(['asked', 'recorded'])
  })

  test('a task that waits for model time does not hold the clock', async () => {
    const { scheduler, log, now, task } = kernelOf({
      async runTask({ name }, turn) {
        if (name === 'waits') await scheduler.wait('delay', startMs + 20, { turn })
        log.push(`${name}@${now()}`)
      },
    })
    task('waits', 10)
    task('t', 15)
    await scheduler.advanceTo(startMs + 30)
    expect(log).toEqual(['t@15', 'waits@20'])
  })
})
