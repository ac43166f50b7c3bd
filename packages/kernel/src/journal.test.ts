import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson } from './canonical-json.ts'
import { Journal, type JournalEntry } from './journal.ts'

function entry(name: string, data: Record<string, unknown> = {}, cause?: number) {
  return { atMs: 0, kind: 'call', name, cause, entered: true, data }
}

function digestOf(entries: Iterable<JournalEntry>): string {
  const hash = createHash('sha256')
  for (const one of entries) hash.update(`${canonicalJson(one)}\n`)
  return hash.digest('hex')
}

describe('canonical JSON', () => {
  test('is the same for equal values, whatever the order of their members', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse())
        expect(canonicalJson(reversed)).toBe(canonicalJson(value))
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
      { seed: 1 },
    )
  })

  test('writes bytes as their digest and leaves undefined members out', () => {
    expect(canonicalJson({ b: undefined, a: new Uint8Array(3), n: 5n, u: [undefined] })).toBe(
      '{"a":{"$bytes":3,"sha256":"709e80c88487a2411e1ee4dfb9f22a861492d20c4765150c0c794abd70f8147c"},"n":"5","u":[null]}',
    )
  })
})

describe('the journal', () => {
  test('numbers entries from one and leads from each to its causes and effects', () => {
    const journal = new Journal()
    const first = journal.append(entry('a'))
    const second = journal.append(entry('b', {}, first.sequence))
    const third = journal.append(entry('c', {}, first.sequence))
    expect([first, second, third].map(({ sequence }) => sequence)).toEqual([1, 2, 3])
    expect(journal.children(1)).toEqual([second, third])
    expect(journal.entry(2)).toBe(second)
    expect(journal.entry(4)).toBeUndefined()
    expect(journal.lastSequence).toBe(3)
  })

  test('keeps an entry open until it is closed, once, and then as it is', () => {
    const journal = new Journal()
    const heard: string[] = []
    const unsubscribe = journal.subscribe(({ name }) => heard.push(name))
    const open = journal.open(entry('a'))
    journal.append(entry('b'))
    open.data['output'] = 1
    journal.close(open)
    expect(heard).toEqual(['b', 'a'])
    expect(() => {
      open.data['output'] = 2
    }).toThrow(TypeError)
    expect(() => journal.close(open)).toThrow('entry 1 is not open')
    unsubscribe()
    journal.append(entry('c'))
    expect(heard).toEqual(['b', 'a'])
  })

  test('its digest covers every closed entry, in order, up to the first that is open', () => {
    const journal = new Journal()
    const first = journal.append(entry('a'))
    const open = journal.open(entry('b'))
    const last = journal.append(entry('c'))
    expect(journal.digest()).toBe(digestOf([first]))
    journal.close(open)
    expect(journal.digest()).toBe(digestOf([first, open, last]))
  })

  test('its digest covers what it has dropped', () => {
    const journal = new Journal({ entriesMax: 50 })
    const all: JournalEntry[] = []
    for (let i = 0; i < 1_234; i += 1) all.push(journal.append(entry('a', { i })))
    expect(journal.entries.length).toBeLessThanOrEqual(50)
    expect(journal.entries.at(-1)?.sequence).toBe(1_234)
    const kept = journal.entries[0]?.sequence ?? 0
    expect(journal.entry(kept)?.data).toEqual({ i: kept - 1 })
    expect(journal.entry(kept - 1)).toBeUndefined()
    expect(journal.digest()).toBe(digestOf(all))
  })

  test('it keeps fewer entries where they are large, and forks know how large', () => {
    const large = new Journal({ bytesMax: 10_000 })
    const all: JournalEntry[] = []
    for (let i = 0; i < 50; i++) all.push(large.append(entry('a', { body: 'x'.repeat(1000) })))
    expect(large.entries.map(({ sequence }) => sequence)).toEqual([
      42, 43, 44, 45, 46, 47, 48, 49, 50,
    ])
    expect(large.digest()).toBe(digestOf(all))
    const fork = large.fork()
    fork.append(entry('a', { body: 'x'.repeat(9000) }))
    expect(fork.entries.map(({ sequence }) => sequence)).toEqual([51])
    expect(large.entries).toHaveLength(9)
  })

  test('an entry that stays open is neither dropped nor left out of the digest', () => {
    const journal = new Journal({ entriesMax: 50 })
    const all = [journal.append(entry('first'))]
    const open = journal.open(entry('long poll'))
    all.push(open)
    for (let i = 0; i < 500; i += 1) all.push(journal.append(entry('a', { i })))
    open.data['output'] = 'late'
    journal.close(open)
    for (let i = 0; i < 500; i += 1) all.push(journal.append(entry('b', { i })))
    expect(journal.digest()).toBe(digestOf(all))
    expect(journal.entries.length).toBeLessThanOrEqual(50)
  })

  test('a fork goes its own way, with open entries as they were', () => {
    const journal = new Journal({ entriesMax: 50 })
    for (let i = 0; i < 77; i += 1) journal.append(entry('a', { i }))
    const open = journal.open(entry('open', { input: 1 }))
    const fork = journal.fork()
    expect(fork.entries.map(({ sequence }) => sequence)).toEqual(
      journal.entries.map(({ sequence }) => sequence),
    )
    const digestAtFork = fork.digest()
    open.data['output'] = 2
    journal.close(open)
    journal.append(entry('b'))
    expect(fork.digest()).toBe(digestAtFork)
    expect(fork.entries.at(-1)?.data).toEqual({ input: 1 })
    expect(fork.append(entry('c')).sequence).toBe(79)
  })
})
