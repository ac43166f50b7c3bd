import { describe, expect, test } from 'vitest'
import type { ClockMode } from './clock.ts'
import type { CodeTurns } from './code.ts'
import { Kernel } from './kernel.ts'
import type { TaskRecord } from './tasks.ts'
import type { Turn } from './turn.ts'

const startMs = Date.UTC(2026, 0, 1)

type Code = (turns: CodeTurns) => Promise<unknown>

/** A kernel whose tasks say their name and time, or run code that the test gives under their name. */
function kernelOf(codes: Record<string, Code>, clock: ClockMode = { kind: 'held' }) {
  const log: string[] = []
  const note = (text: string) => void log.push(`${text}@${kernel.clock.nowMs - startMs}`)
  const run = async (task: TaskRecord, turn: Turn) => {
    const work = codes[task.name]
    if (work === undefined) return note(task.name)
    await kernel.scheduler.code(task.name, undefined, turn, { work, lost: () => 'lost' })
    note(`${task.name} done`)
  }
  const kernel = new Kernel({ clock, startAtMs: startMs }, run)
  kernel.scheduler.start()
  const at = (name: string, atMs: number) =>
    kernel.tasks.add({
      name,
      input: null,
      atMs: startMs + atMs,
      accountId: '',
      region: '',
      cause: undefined,
    })
  return { kernel, scheduler: kernel.scheduler, log, note, at }
}

/** Code that works a while of the wall's time, outside the model. */
const busy = () => new Promise<void>((resolve) => setTimeout(resolve, 5))

/** Code that sleeps for some model time between two pieces. */
const sleeper =
  (sleepMs: number, note: (text: string) => void): Code =>
  async (turns) => {
    await turns.piece(async () => {
      await busy()
      note('falls asleep')
    })
    await new Promise<void>((resolve) => turns.at(startMs + sleepMs, resolve))
    await turns.piece(async () => {
      await busy()
      note('wakes')
    })
  }

describe('code', () => {
  test('that a task runs keeps the clock still while it works, and not while it sleeps', async () => {
    const codes: Record<string, Code> = {}
    const { scheduler, log, note, at } = kernelOf(codes)
    codes['code'] = sleeper(1000, note)
    at('code', 0)
    at('tick', 10)
    at('tick', 2000)
    await scheduler.settle()
    expect(log).toEqual(['falls asleep@0'])
    await scheduler.advanceTo(startMs + 3000)
    expect(log).toEqual(['falls asleep@0', 'tick@10', 'wakes@1000', 'code done@1000', 'tick@2000'])
  })

  test('runs one piece at a time, in the order of its tasks', async () => {
    const codes: Record<string, Code> = {}
    const { scheduler, log, note, at } = kernelOf(codes)
    const working =
      (name: string): Code =>
      (turns) =>
        turns.piece(async () => {
          note(`${name} begins`)
          await busy()
          note(`${name} ends`)
        })
    for (const name of ['a', 'b']) {
      codes[name] = working(name)
      at(name, 0)
    }
    await scheduler.settle()
    expect(log.filter((line) => !line.includes('done'))).toEqual([
      'a begins@0',
      'a ends@0',
      'b begins@0',
      'b ends@0',
    ])
  })

  test('that calls back into the model is answered before time goes on', async () => {
    const codes: Record<string, Code> = {}
    const { scheduler, log, note, at } = kernelOf(codes)
    codes['code'] = async (turns) => {
      let answered: Promise<void> | undefined
      await turns.piece(async () => {
        answered = scheduler.enter(() => note('call'))
        await busy()
        note('rests')
      })
      await answered
      await turns.piece(async () => note('answered'))
    }
    at('code', 0)
    at('tick', 1)
    await scheduler.advanceTo(startMs + 1)
    expect(log).toEqual(['rests@0', 'call@0', 'answered@0', 'code done@0', 'tick@1'])
  })

  test('that a caller outside waits for moves a held clock by itself, task by task', async () => {
    const { scheduler, log, note, at } = kernelOf({})
    at('tick', 10)
    at('tick', 5000)
    const work = sleeper(1000, note)
    const lost = () => undefined
    const call = (turn: Turn) => scheduler.code('code', undefined, turn, { work, lost })
    await scheduler.enter(call, undefined, { movesTime: true })
    expect(log).toEqual(['falls asleep@0', 'tick@10', 'wakes@1000'])
  })

  test('leaves no trace of its moments in an export', async () => {
    const codes: Record<string, Code> = {}
    const { kernel, scheduler, note, at } = kernelOf(codes)
    codes['code'] = sleeper(1000, note)
    at('code', 0)
    await scheduler.settle()
    expect(kernel.tasks.size).toBe(1)
    expect(kernel.export().tasks).toEqual({ sequence: 1, tasks: [] })
  })

  test('is at rest before a caller outside enters, however long a piece takes', async () => {
    const codes: Record<string, Code> = {}
    const { scheduler, log, note, at } = kernelOf(codes)
    codes['code'] = async (turns) => {
      for (const part of ['first', 'second']) {
        await turns.piece(async () => {
          await busy()
          note(part)
        })
      }
    }
    await scheduler.enter(() => void at('code', 0), undefined, { movesTime: true })
    const calls = ['a', 'b'].map((name) =>
      scheduler.enter(() => note(name), undefined, { movesTime: true }),
    )
    await Promise.all(calls)
    expect(log).toEqual(['first@0', 'second@0', 'code done@0', 'a@0', 'b@0'])
  })

  test('makes a fast clock stand while it works', async () => {
    const codes: Record<string, Code> = {}
    const { kernel, scheduler, at } = kernelOf(codes, { kind: 'fast', factor: 1_000_000 })
    const moments: number[] = []
    codes['code'] = (turns) =>
      turns.piece(async () => {
        moments.push(kernel.clock.dueMs)
        await busy()
        moments.push(kernel.clock.dueMs)
      })
    at('code', 0)
    await scheduler.settle()
    expect(moments[1]).toBe(moments[0])
  })

  test('runs beside everything else with a real clock', async () => {
    const codes: Record<string, Code> = {}
    const { scheduler, log, note, at } = kernelOf(codes, { kind: 'real' })
    const { promise: hold, resolve: release } = Promise.withResolvers<void>()
    codes['code'] = (turns) => turns.piece(() => hold)
    at('code', 0)
    await scheduler.enter(() => note('call'))
    release()
    await scheduler.settle()
    expect(log.map((line) => line.split('@')[0])).toEqual(['call', 'code done'])
  })
})
