import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { orderedKey, Store, type TableContext, table } from './tables.ts'

interface Item {
  readonly id: string
  readonly owner?: string
  readonly labels: readonly string[]
  readonly size: number
}

const items = table<Item, 'owner' | 'label'>('test.items', {
  key: ({ id }) => id,
  partition: 'region',
  indexes: { owner: ({ owner }) => owner, label: ({ labels }) => labels },
  resource: ({ id, size }) => (size > 0 ? `arn:item/${id}` : undefined),
})
const perAccount = table<{ id: string }>('test.perAccount', {
  key: ({ id }) => id,
  partition: 'account',
})
const perCloud = table<{ id: string }>('test.perCloud', { key: ({ id }) => id, partition: 'cloud' })

function contextOf(store = new Store(), accountId = '111122223333', region = 'us-east-1') {
  return { store, accountId, region } satisfies TableContext
}

function item(id: string, fields: Partial<Item> = {}): Item {
  return { id, labels: [], size: 1, ...fields }
}

function ids(records: Iterable<{ id: string }>): string[] {
  return [...records].map(({ id }) => id)
}

describe('a table', () => {
  test('gives back frozen what was put, and replaces what has the same key', () => {
    const ctx = contextOf()
    const put = items.put(ctx, item('a'))
    expect(items.get(ctx, 'a')).toBe(put)
    expect(Object.isFrozen(put)).toBe(true)
    items.put(ctx, item('a', { size: 2 }))
    expect([items.get(ctx, 'a'), items.count(ctx), items.has(ctx, 'b')]).toEqual([
      item('a', { size: 2 }),
      1,
      false,
    ])
  })

  test('updates some fields, never the key, and only what is there', () => {
    const ctx = contextOf()
    items.put(ctx, item('a', { owner: 'x' }))
    expect(items.update(ctx, 'a', { size: 7 })).toEqual(item('a', { owner: 'x', size: 7 }))
    expect(() => items.update(ctx, 'b', { size: 7 })).toThrow('test.items: no record b to update')
    expect(() => items.update(ctx, 'a', { id: 'b' })).toThrow('may not change the key a')
  })

  test('gives back what it deletes', () => {
    const ctx = contextOf()
    const record = items.put(ctx, item('a'))
    expect(items.delete(ctx, 'a')).toBe(record)
    expect(items.delete(ctx, 'a')).toBeUndefined()
    expect(ids(items.where(ctx, 'owner', 'x'))).toEqual([])
  })

  test('keeps accounts and regions apart as it is partitioned', () => {
    const store = new Store()
    const scopes = [
      contextOf(store, '111122223333', 'us-east-1'),
      contextOf(store, '111122223333', 'eu-west-1'),
      contextOf(store, '444455556666', 'us-east-1'),
    ] as const
    const [here] = scopes
    items.put(here, item('a'))
    perAccount.put(here, { id: 'a' })
    perCloud.put(here, { id: 'a' })
    expect(scopes.map((ctx) => items.has(ctx, 'a'))).toEqual([true, false, false])
    expect(scopes.map((ctx) => perAccount.has(ctx, 'a'))).toEqual([true, true, false])
    expect(scopes.map((ctx) => perCloud.has(ctx, 'a'))).toEqual([true, true, true])
    expect(items.scopes(here)).toEqual([{ accountId: '111122223333', region: 'us-east-1' }])
    expect(perAccount.scopes(here)).toEqual([{ accountId: '111122223333', region: '' }])
    expect(perCloud.scopes(here)).toEqual([{ accountId: '', region: '' }])
    items.delete(here, 'a')
    expect(items.scopes(here)).toEqual([])
  })

  test('names the things that it holds, in all scopes', () => {
    const store = new Store()
    items.put(contextOf(store, '444455556666'), item('b'))
    items.put(contextOf(store), item('a'))
    items.put(contextOf(store), item('part', { size: 0 }))
    expect(items.resources({ store })).toEqual(['arn:item/a', 'arn:item/b'])
    expect(perAccount.resources({ store })).toEqual([])
  })

  test('may be changed while it is scanned', () => {
    const ctx = contextOf()
    for (let i = 0; i < 300; i += 1) items.put(ctx, item(orderedKey(i), { owner: 'x' }))
    for (const record of items.where(ctx, 'owner', 'x')) {
      items.update(ctx, record.id, { owner: 'y' })
    }
    expect(ids(items.where(ctx, 'owner', 'x'))).toEqual([])
    expect(ids(items.where(ctx, 'owner', 'y')).length).toBe(300)
  })
})

describe('an index', () => {
  test('lists what a plain filter lists, after every change', () => {
    const letter = fc.constantFrom('a', 'b', 'c', 'd')
    const change = fc.oneof(
      fc.record({
        id: letter,
        owner: fc.option(letter, { nil: undefined }),
        labels: fc.array(letter, { maxLength: 3 }),
      }),
      fc.record({ remove: letter }),
    )
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const ctx = contextOf()
        const model = new Map<string, Item>()
        for (const one of changes) {
          if ('remove' in one) {
            items.delete(ctx, one.remove)
            model.delete(one.remove)
          } else {
            const { owner, ...rest } = one
            const record = { ...item(one.id, rest), ...(owner === undefined ? {} : { owner }) }
            items.put(ctx, record)
            model.set(one.id, record)
          }
        }
        const all = [...model.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
        for (const value of ['a', 'b', 'c', 'd']) {
          const owned = all.filter(({ owner }) => owner === value)
          expect([...items.where(ctx, 'owner', value)]).toEqual(owned)
          expect(items.first(ctx, 'owner', value)).toEqual(owned[0])
          const labelled = all.filter(({ labels }) => labels.includes(value))
          expect([...items.where(ctx, 'label', value)]).toEqual(labelled)
          expect([...items.where(ctx, 'label', value, { reverse: true })]).toEqual(
            labelled.toReversed(),
          )
        }
      }),
      { numRuns: 200, seed: 1 },
    )
  })

  test('goes on after a key, in both directions', () => {
    const ctx = contextOf()
    for (const id of ['a', 'b', 'c']) items.put(ctx, item(id, { owner: 'x' }))
    items.put(ctx, item('d', { owner: 'xx' }))
    expect(ids(items.where(ctx, 'owner', 'x', { after: 'a' }))).toEqual(['b', 'c'])
    expect(ids(items.where(ctx, 'owner', 'x', { after: 'c', reverse: true }))).toEqual(['b', 'a'])
    expect(ids(items.scanIndex(ctx, 'owner', { reverse: true }))).toEqual(['d', 'c', 'b', 'a'])
    expect(ids(items.scanIndex(ctx, 'owner', { prefix: 'xx' }))).toEqual(['d'])
  })

  test('does not take a value for a longer one that begins with it', () => {
    const ctx = contextOf()
    items.put(ctx, item('a', { owner: 'x' }))
    items.put(ctx, item('b', { owner: orderedKey('x', 'y') }))
    expect(ids(items.where(ctx, 'owner', 'x'))).toEqual(['a'])
    expect(ids(items.where(ctx, 'owner', orderedKey('x', 'y')))).toEqual(['b'])
  })
})

test('composed keys sort by their parts in turn, numbers by size', () => {
  const part = fc.oneof(
    fc.nat(Number.MAX_SAFE_INTEGER),
    fc.string({ unit: fc.constantFrom('a', 'b') }),
  )
  const sameKinds = fc
    .tuple(part, part)
    .filter(([a, b]) => typeof a === typeof b)
    .chain(([a, b]) => fc.tuple(fc.constant(a), fc.constant(b), fc.nat(20), fc.nat(20)))
  fc.assert(
    fc.property(sameKinds, ([a, b, c, d]) => {
      const less = a === b ? c < d : a < b
      expect(orderedKey(a, c) < orderedKey(b, d)).toBe(less)
    }),
    { seed: 1 },
  )
})

describe('a store', () => {
  test('takes changes back, last first, indexes included', () => {
    const ctx = contextOf()
    items.put(ctx, item('a', { owner: 'x' }))
    const before = ctx.store.export()
    const collected = ctx.store.collect()
    items.update(ctx, 'a', { owner: 'y' })
    items.put(ctx, item('b', { owner: 'x' }))
    items.delete(ctx, 'a')
    items.delete(ctx, 'nothing')
    const changes = collected()
    expect(changes.map(({ key, before, after }) => [key, before, after])).toEqual([
      ['a', item('a', { owner: 'x' }), item('a', { owner: 'y' })],
      ['b', undefined, item('b', { owner: 'x' })],
      ['a', item('a', { owner: 'y' }), undefined],
    ])
    ctx.store.undo(changes)
    expect(ctx.store.export()).toEqual(before)
    expect(ids(items.where(ctx, 'owner', 'x'))).toEqual(['a'])
    expect(ids(items.where(ctx, 'owner', 'y'))).toEqual([])
  })

  test('undoes changes of derived figures, and says which are worth noting', () => {
    const totals = table<{ id: string; total: number }>('test.totals', {
      key: ({ id }) => id,
      partition: 'region',
      derived: true,
    })
    const ctx = contextOf()
    const collected = ctx.store.collect()
    items.put(ctx, item('a', { owner: 'x' }))
    totals.put(ctx, { id: 'x', total: 1 })
    const changes = collected()
    expect(changes.filter((change) => ctx.store.isNoted(change)).map(({ key }) => key)).toEqual([
      'a',
    ])
    expect(changes.filter((change) => ctx.store.fork().isNoted(change))).toHaveLength(1)
    ctx.store.undo(changes)
    expect([items.count(ctx), totals.count(ctx)]).toEqual([0, 0])
  })

  test('hands inner changes to whoever collects around them', () => {
    const ctx = contextOf()
    const outer = ctx.store.collect()
    perCloud.put(ctx, { id: 'a' })
    const inner = ctx.store.collect()
    perCloud.put(ctx, { id: 'b' })
    expect(inner().map(({ key }) => key)).toEqual(['b'])
    perCloud.put(ctx, { id: 'c' })
    expect(outer().map(({ key }) => key)).toEqual(['a', 'b', 'c'])
    perCloud.put(ctx, { id: 'd' })
    expect(outer().map(({ key }) => key)).toEqual(['a', 'b', 'c'])
  })

  test('exports the same whether its records were picked up yet or not', () => {
    const ctx = contextOf()
    for (const id of ['b', 'a']) items.put(ctx, item(id, { owner: 'x' }))
    perCloud.put(ctx, { id: 'z' })
    const exported = ctx.store.export()
    expect(exported).toEqual({
      'test.items': {
        '111122223333/us-east-1': [item('a', { owner: 'x' }), item('b', { owner: 'x' })],
      },
      'test.perCloud': { '': [{ id: 'z' }] },
    })

    const restored = contextOf(new Store())
    restored.store.import(JSON.parse(JSON.stringify(exported)))
    expect(restored.store.export()).toEqual(exported)
    expect(items.scopes(restored)).toEqual(items.scopes(ctx))
    expect(ids(items.where(restored, 'owner', 'x'))).toEqual(['a', 'b'])
    items.put(restored, item('c'))
    const forked = contextOf(restored.store.fork())
    expect(perCloud.has(forked, 'z')).toBe(true)
    perCloud.delete(forked, 'z')
    expect(ids(items.scan(forked))).toEqual(['a', 'b', 'c'])
    expect(perCloud.has(restored, 'z')).toBe(true)
    expect(restored.store.export()['test.perCloud']).toEqual(exported['test.perCloud'])
  })

  test('forks share nothing that either side can change', () => {
    const ctx = contextOf()
    items.put(ctx, item('a', { owner: 'x' }))
    const fork = contextOf(ctx.store.fork())
    items.update(fork, 'a', { owner: 'y' })
    items.put(ctx, item('b', { owner: 'x' }))
    expect(ids(items.where(ctx, 'owner', 'x'))).toEqual(['a', 'b'])
    expect(ids(items.where(fork, 'owner', 'x'))).toEqual([])
    expect(ids(items.where(fork, 'owner', 'y'))).toEqual(['a'])
  })

  test('freezes all the way down when asked, also inside what was frozen', () => {
    const ctx = contextOf(new Store({ deepFreeze: true }))
    const nested = Object.freeze({ id: 'a', inner: { list: [{ n: 1 }] }, bytes: new Uint8Array(1) })
    const put = table<typeof nested>('test.nested', {
      key: ({ id }) => id,
      partition: 'cloud',
    }).put(ctx, nested)
    expect([put.inner, put.inner.list, put.inner.list[0]].every(Object.isFrozen)).toBe(true)
    expect(() => {
      put.inner.list.push({ n: 2 })
    }).toThrow(TypeError)
  })
})
