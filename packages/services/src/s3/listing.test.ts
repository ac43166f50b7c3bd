import { expect, test } from 'vitest'
import { compareKeys, sortableKey } from './key-order.ts'
import { type ListingQuery, listPage } from './listing.ts'

interface Entry {
  readonly key: string
}

/** A listing over sorted keys that counts what it looks at. */
function listingOf(keys: readonly string[]) {
  const sorted = keys.toSorted(compareKeys)
  let lookedAt = 0
  function* source(from: string): Generator<Entry> {
    for (const key of sorted) {
      if (sortableKey(key) < from) continue
      lookedAt += 1
      yield { key }
    }
  }
  const page = (query: Partial<ListingQuery>) => {
    lookedAt = 0
    const all = { prefix: '', delimiter: undefined, after: undefined, limit: 1000, ...query }
    const { entries, commonPrefixes, isTruncated } = listPage(all, source)
    return { keys: entries.map(({ key }) => key), commonPrefixes, isTruncated, lookedAt }
  }
  return page
}

const deep = Array.from({ length: 2000 }, (_, n) => `dir-${n % 4}/file-${n}`)

test('a page looks at no more keys than it shows, and one', () => {
  const page = listingOf(deep)
  expect(page({ limit: 10 })).toMatchObject({ isTruncated: true, lookedAt: 11 })
})

test('a common prefix is passed over in one step, however much is below it', () => {
  const page = listingOf(deep)
  expect(page({ delimiter: '/' })).toEqual({
    keys: [],
    commonPrefixes: ['dir-0/', 'dir-1/', 'dir-2/', 'dir-3/'],
    isTruncated: false,
    lookedAt: 4,
  })
})

test('a page that is just full is not truncated', () => {
  const page = listingOf(['a', 'b'])
  expect(page({ limit: 2 })).toMatchObject({ keys: ['a', 'b'], isTruncated: false })
  expect(page({ limit: 0 })).toMatchObject({ keys: [], isTruncated: false })
})

test('keys of any characters come in the order of their bytes', () => {
  const keys = [
    '\u0000',
    '\u0001',
    'a',
    'a\u0000',
    'a\u0001',
    'b',
    'é',
    '\ud7ff',
    '\ue000',
    '\uffff',
    '\u{10000}',
  ]
  const shuffled = keys.toReversed()
  expect(shuffled.toSorted(compareKeys)).toEqual(keys)
  expect(shuffled.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))).toEqual(keys)
})

test('pages by each key in turn show every key once', () => {
  const keys = ['a', 'a/b', 'a/c/d', 'a0', 'b', '\uffff', '\u{1f600}', '\u{1f600}x']
  const page = listingOf(keys)
  const seen: string[] = []
  let after: string | undefined
  for (;;) {
    const { keys: shown, isTruncated } = page({ limit: 1, after })
    seen.push(...shown)
    if (!isTruncated) break
    after = shown[0]
  }
  expect(seen).toEqual(keys.toSorted(compareKeys))
})
