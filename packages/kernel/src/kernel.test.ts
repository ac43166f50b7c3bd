import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Blobs } from './blobs.ts'
import { Ids } from './ids.ts'
import { Kernel, type KernelState, type RunTask } from './kernel.ts'
import { orderedKey, table } from './tables.ts'

interface Note {
  readonly id: string
  readonly text: string
}

const notes = table<Note, 'text'>('test.notes', {
  key: ({ id }) => id,
  partition: 'region',
  indexes: { text: ({ text }) => text },
})

const scope = { accountId: '111122223333', region: 'us-east-1' }

/** A little world: each task writes a note, sets off others by chance, sometimes meets a fault. */
function world(of: (run: RunTask) => Kernel): Kernel {
  const kernel: Kernel = of((task) => {
    const entry = kernel.journal.append({
      atMs: kernel.clock.nowMs,
      kind: 'task',
      name: task.name,
      cause: task.cause,
      entered: false,
      data: { input: task.input },
    })
    if (kernel.strike('world.write', {}, entry) !== undefined) return
    const random = kernel.random.stream('world')
    const text = new Ids(kernel.random.stream('ids')).hex(4)
    notes.put({ store: kernel.store, ...scope }, { id: orderedKey(entry.sequence), text })
    for (let i = kernel.choose('children', 3, entry); i > 0; i -= 1) {
      plan(kernel, random.below(10_000), entry.sequence)
    }
  })
  return kernel
}

function plan(kernel: Kernel, delayMs: number, cause?: number): void {
  const atMs = kernel.clock.nowMs + delayMs
  kernel.tasks.add({ name: 'world.go', input: { delayMs }, atMs, ...scope, cause })
}

/** A world under way: tasks in flight, streams drawn from, a fault half used up. */
async function started(seed: number): Promise<Kernel> {
  const kernel = world((run) => new Kernel({ seed, choices: 'legal' }, run))
  kernel.faults.arm('world.*', { kind: 'error', code: 'Outage' }, { probability: 0.2, times: 5 })
  for (let i = 0; i < 10; i += 1) plan(kernel, i * 500)
  await kernel.scheduler.advanceTo(kernel.clock.nowMs + 6_000)
  return kernel
}

async function future(kernel: Kernel): Promise<KernelState> {
  await kernel.scheduler.advanceTo(kernel.clock.nowMs + 8_000)
  return kernel.export()
}

test('a held clock starts with the year 2026, a real one at the wall’s time', () => {
  const wall = { nowMs: () => 42, setTimer: () => () => {} }
  expect(new Kernel({}, () => {}).clock.nowMs).toBe(Date.UTC(2026, 0, 1))
  expect(new Kernel({ clock: { kind: 'real' }, wall }, () => {}).clock.nowMs).toBe(42)
})

test('the same seed gives the same run, another one another', async () => {
  const digests = await Promise.all(
    [1, 1, 2].map(async (seed) => {
      const kernel = await started(seed)
      return [await future(kernel), kernel.journal.digest()]
    }),
  )
  expect(digests[0]).toEqual(digests[1])
  expect(digests[0]).not.toEqual(digests[2])
})

describe('an exported state', () => {
  test('has the same future as its origin, tasks in flight included', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000), async (seed) => {
        const origin = await started(seed)
        const state = JSON.parse(JSON.stringify(origin.export())) as KernelState
        const restored = world((run) =>
          Kernel.import(state, origin.blobs, run, { choices: 'legal' }),
        )
        expect(restored.export()).toEqual(state)
        expect(await future(restored)).toEqual(await future(origin))
      }),
      { numRuns: 25, seed: 1 },
    )
  })

  test('of another format is refused with what to do', () => {
    const state = { ...new Kernel({}, () => {}).export(), formatVersion: 2 }
    // A later version's file.
    expect(() => Kernel.import(state as never, new Blobs(), () => {})).toThrow(
      'This state has format 2; this version reads format 1.',
    )
  })
})

describe('a fork', () => {
  test('has the same future as its origin, and its own journal from then on', async () => {
    const origin = await started(5)
    const fork = world((run) => origin.fork(run))
    expect(fork.export()).toEqual(origin.export())
    expect(fork.journal.digest()).toBe(origin.journal.digest())
    const [inFork, inOrigin] = [await future(fork), await future(origin)]
    expect(inFork).toEqual(inOrigin)
    expect(fork.journal.digest()).toBe(origin.journal.digest())
  })

  test('and its origin never see what the other does', async () => {
    const origin = await started(5)
    const fork = world((run) => origin.fork(run))
    const before = JSON.stringify(origin.export())
    fork.faults.arm('other', { kind: 'drop' })
    fork.random.stream('new').uint32()
    plan(fork, 1)
    notes.put({ store: fork.store, ...scope }, { id: 'new', text: 'new' })
    await future(fork)
    expect(JSON.stringify(origin.export())).toBe(before)
    const beforeInFork = JSON.stringify(fork.export())
    await future(origin)
    expect(JSON.stringify(fork.export())).toBe(beforeInFork)
  })

  test('of a large state costs nothing that grows with it', async () => {
    const kernel = new Kernel({}, () => {})
    const ctx = { store: kernel.store, ...scope }
    for (let i = 0; i < 10_000; i += 1) notes.put(ctx, { id: orderedKey(i), text: String(i % 7) })
    const startedAt = performance.now()
    for (let i = 0; i < 100; i += 1) kernel.fork(() => {})
    expect((performance.now() - startedAt) / 100).toBeLessThan(5)
  })
})

describe('what a cloud leaves open', () => {
  test('is the usual in calm mode, drawn and journaled in legal mode', () => {
    const calm = new Kernel({}, () => {})
    expect([calm.choose('order', 3, undefined), calm.journal.entries]).toEqual([0, []])
    const legal = new Kernel({ choices: 'legal' }, () => {})
    const picks = Array.from({ length: 50 }, () => legal.choose('order', 3, undefined))
    expect(new Set(picks)).toEqual(new Set([0, 1, 2]))
    expect(legal.journal.entries.map(({ data }) => data['picked'])).toEqual(picks)
    expect(legal.choose('nothing to choose', 1, undefined)).toBe(0)
  })
})

test('a fault that strikes is in the journal, under what it struck', () => {
  const kernel = new Kernel({}, () => {})
  kernel.faults.arm('sqs.receive', { kind: 'drop' }, { times: 1 })
  const call = kernel.journal.append({
    atMs: 0,
    kind: 'call',
    name: 'sqs.ReceiveMessage',
    cause: undefined,
    entered: true,
    data: {},
  })
  expect(kernel.strike('sqs.receive', {}, call)?.effect).toEqual({ kind: 'drop' })
  expect(kernel.strike('sqs.receive', {}, call)).toBeUndefined()
  expect(
    kernel.journal.children(call.sequence).map(({ kind, name, data }) => [kind, name, data]),
  ).toEqual([['fault', 'sqs.receive', { rule: 'fault-1', effect: { kind: 'drop' } }]])
})

test('bodies are kept once, by what is in them, until nobody needs them', () => {
  const blobs = new Blobs()
  const [first, again, other] = ['a', 'a', 'bc'].map((text) => blobs.put(Buffer.from(text)))
  expect(first).toEqual(again)
  expect([...blobs.entries()].length).toBe(2)
  expect(other && blobs.get(other)).toEqual(Buffer.from('bc'))
  expect(blobs.collectGarbage(new Set([first?.sha256 ?? '']))).toBe(2)
  expect(() => other && blobs.get(other)).toThrow(/^blob .* is missing$/)
})
