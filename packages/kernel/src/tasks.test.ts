import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TaskQueue } from './tasks.ts'

function due(atMs: number, name = String(atMs)) {
  return { name, input: null, atMs, accountId: '', region: '', cause: undefined }
}

test('tasks come by time, then in the order they were asked for', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 50 }), (times) => {
      const queue = new TaskQueue()
      times.forEach((atMs, index) => {
        queue.add(due(atMs, String(index)))
      })
      const expected = times.map((atMs, index) => ({ atMs, index }))
      expected.sort((a, b) => a.atMs - b.atMs || a.index - b.index)
      const taken: number[] = []
      for (let task = queue.takeDue(100); task !== undefined; task = queue.takeDue(100)) {
        taken.push(Number(task.name))
      }
      expect(taken).toEqual(expected.map(({ index }) => index))
      expect(queue.size).toBe(0)
    }),
    { seed: 1 },
  )
})

test('nothing comes before its time', () => {
  const queue = new TaskQueue()
  queue.add(due(10))
  expect(queue.takeDue(9)).toBeUndefined()
  expect(queue.first()?.atMs).toBe(10)
  expect(queue.takeDue(10)?.atMs).toBe(10)
})

test('a fraction of a millisecond is rounded up, the past stays as it is', () => {
  const queue = new TaskQueue()
  expect([0.2, 5, -3].map((atMs) => queue.add(due(atMs)).atMs)).toEqual([1, 5, 0])
  expect(() => queue.add(due(Number.NaN, 'x.y'))).toThrow('task x.y: NaN is no moment of time')
  expect(() => queue.add(due(Number.POSITIVE_INFINITY, 'x.y'))).toThrow('Infinity')
})

test('a cancelled task never comes, and cancels once', () => {
  const queue = new TaskQueue()
  const { id } = queue.add(due(1))
  queue.add(due(2))
  expect([queue.cancel(id), queue.cancel(id)]).toEqual([true, false])
  expect(queue.takeDue(5)?.atMs).toBe(2)
})

test('a fork goes its own way with the same tasks', () => {
  const queue = new TaskQueue()
  const { id } = queue.add(due(1))
  const fork = queue.fork()
  queue.cancel(id)
  expect([...queue.list()]).toEqual([])
  expect([...fork.list()].map((task) => task.id)).toEqual([id])
  // Both count on from the same sequence, so that equal histories give equal ids.
  expect(queue.add(due(3)).id).toBe(fork.add(due(3)).id)
})

test('what was exported comes back with its order and its sequence', () => {
  const queue = new TaskQueue()
  for (const atMs of [5, 1, 5]) queue.add(due(atMs))
  const copy = TaskQueue.import(JSON.parse(JSON.stringify(queue.export())))
  expect([...copy.list()].map(({ id }) => id)).toEqual([...queue.list()].map(({ id }) => id))
  expect(copy.add(due(5)).id).toBe(queue.add(due(5)).id)
})
