import { expect, test } from 'vitest'
import { sideBySide } from './side-by-side.ts'

/** Works that end when they are told to. */
function held() {
  const begun: string[] = []
  const ends = new Map<string, PromiseWithResolvers<string>>()
  const work = (name: string) => {
    begun.push(name)
    const end = Promise.withResolvers<string>()
    ends.set(name, end)
    return end.promise
  }
  return { begun, work, end: (name: string) => ends.get(name)?.resolve(name.toUpperCase()), ends }
}

const turn = () => new Promise<void>((resolve) => void setImmediate(resolve))

test('no more are worked on than jobs, and results come in the order of the items', async () => {
  const { begun, work, end } = held()
  const got: string[] = []
  const all = (async () => {
    for await (const result of sideBySide(['a', 'b', 'c', 'd'], 2, work)) got.push(result)
  })()
  await turn()
  expect(begun).toEqual(['a', 'b'])
  end('b')
  await turn()
  expect([begun, got]).toEqual([['a', 'b', 'c'], []])
  end('a')
  await turn()
  expect([begun, got]).toEqual([
    ['a', 'b', 'c', 'd'],
    ['A', 'B'],
  ])
  end('d')
  end('c')
  await all
  expect(got).toEqual(['A', 'B', 'C', 'D'])
})

test('an error comes when it is its turn, after what is under way, and begins no more', async () => {
  const { begun, work, end, ends } = held()
  const got: string[] = []
  const all = (async () => {
    for await (const result of sideBySide(['a', 'b', 'c', 'd'], 2, work)) got.push(result)
  })()
  const outcome = expect(all).rejects.toThrow('b broke')
  await turn()
  ends.get('b')?.reject(new Error('b broke'))
  await turn()
  end('a')
  await outcome
  expect([begun, got]).toEqual([['a', 'b'], ['A']])
})
