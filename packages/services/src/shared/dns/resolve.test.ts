import { Store } from '@cloud-orrery/kernel'
import { describe, expect, test } from 'vitest'
import type { DnsContext } from './queries.ts'
import { canonicalName, resolve } from './resolve.ts'
import { healthStates, type RecordSet, recordSets, type ZoneRecord, zones } from './state.ts'

const soa = 'ns-1.awsdns-1.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400'

function internet() {
  let nowMs = 0
  const ctx: DnsContext = {
    store: new Store({ deepFreeze: true }),
    accountId: '123456789012',
    region: 'us-east-1',
    now: () => nowMs,
  }
  let number = 0
  return {
    ctx,
    waitMs: (ms: number) => {
      nowMs += ms
    },
    zone(name: string, options: Partial<ZoneRecord> = {}): string {
      number += 1
      const id = options.id ?? `Z${number}`
      const nameServers = [`ns-${number}.awsdns-${number}.com.`]
      zones.put(ctx, { id, accountId: '123456789012', name, number, nameServers, ...options })
      recordSets.put(ctx, { zoneId: id, name, type: 'NS', ttl: 172_800, values: nameServers })
      recordSets.put(ctx, { zoneId: id, name, type: 'SOA', ttl: 900, values: [soa] })
      return id
    },
    put: (set: RecordSet) => recordSets.put(ctx, set),
  }
}

const negative = (name: string) => [{ name, type: 'SOA', ttl: 900, data: soa }]

describe('names of one zone', () => {
  const { ctx, zone, put } = internet()
  const zoneId = zone('example.com.')
  put({ zoneId, name: 'www.example.com.', type: 'CNAME', ttl: 300, values: ['a.b.example.com'] })
  put({ zoneId, name: 'a.b.example.com.', type: 'A', ttl: 60, values: ['192.0.2.1', '192.0.2.2'] })
  put({ zoneId, name: '\\052.example.com.', type: 'TXT', ttl: 60, values: ['"any"'] })

  test('a CNAME leads on to the records of its target', () => {
    expect(resolve(ctx, { name: 'WWW.example.com', type: 'A' })).toEqual({
      rcode: 'NOERROR',
      answers: [
        { name: 'www.example.com.', type: 'CNAME', ttl: 300, data: 'a.b.example.com' },
        { name: 'a.b.example.com.', type: 'A', ttl: 60, data: '192.0.2.1' },
        { name: 'a.b.example.com.', type: 'A', ttl: 60, data: '192.0.2.2' },
      ],
      authority: [],
      canonical: 'a.b.example.com.',
    })
  })

  test('a name without records of the type has an empty answer, with the SOA', () => {
    expect(resolve(ctx, { name: 'a.b.example.com', type: 'AAAA' })).toEqual({
      rcode: 'NOERROR',
      answers: [],
      authority: negative('example.com.'),
      canonical: 'a.b.example.com.',
    })
  })

  test('a wildcard answers for names that do not exist, under the name asked for', () => {
    expect(resolve(ctx, { name: 'x.y.example.com', type: 'TXT' }).answers).toEqual([
      { name: 'x.y.example.com.', type: 'TXT', ttl: 60, data: '"any"' },
    ])
  })

  test('a name that only has names below it exists: no wildcard answers for it', () => {
    expect(resolve(ctx, { name: 'b.example.com', type: 'TXT' })).toEqual({
      rcode: 'NOERROR',
      answers: [],
      authority: negative('example.com.'),
      canonical: 'b.example.com.',
    })
  })

  test('below a name that exists, the wildcard above it does not answer', () => {
    expect(resolve(ctx, { name: 'c.b.example.com', type: 'TXT' })).toEqual({
      rcode: 'NXDOMAIN',
      answers: [],
      authority: negative('example.com.'),
      canonical: 'c.b.example.com.',
    })
  })

  test('a name of no zone and no service does not exist', () => {
    expect(resolve(ctx, { name: 'example.net', type: 'A' })).toEqual({
      rcode: 'NXDOMAIN',
      answers: [],
      authority: [],
      canonical: 'example.net.',
      outside: true,
    })
  })

  test('a chain that leads back does not end', () => {
    put({ zoneId, name: 'one.example.com.', type: 'CNAME', ttl: 1, values: ['two.example.com.'] })
    put({ zoneId, name: 'two.example.com.', type: 'CNAME', ttl: 1, values: ['one.example.com.'] })
    expect(resolve(ctx, { name: 'one.example.com', type: 'A' }).rcode).toBe('SERVFAIL')
  })
})

describe('delegation', () => {
  test('a zone below another is found only by NS records in the upper one', () => {
    const { ctx, zone, put } = internet()
    const parent = zone('example.com.')
    const child = zone('dev.example.com.')
    put({ zoneId: child, name: 'dev.example.com.', type: 'A', ttl: 60, values: ['192.0.2.9'] })
    const ask = () => resolve(ctx, { name: 'dev.example.com', type: 'A' })
    expect(ask().rcode).toBe('NXDOMAIN')
    const name = 'dev.example.com.'
    put({ zoneId: parent, name, type: 'NS', ttl: 60, values: ['NS-2.awsdns-2.com'] })
    expect(ask().answers).toEqual([{ name, type: 'A', ttl: 60, data: '192.0.2.9' }])
    put({ zoneId: parent, name, type: 'NS', ttl: 60, values: ['ns.elsewhere.net.'] })
    expect(ask().rcode).toBe('SERVFAIL')
  })

  test('of two zones by one name the first made answers', () => {
    const { ctx, zone, put } = internet()
    const ids = [zone('example.com.'), zone('example.com.')]
    for (const [i, zoneId] of ids.entries())
      put({ zoneId, name: 'example.com.', type: 'TXT', ttl: 60, values: [`"${i}"`] })
    expect(resolve(ctx, { name: 'example.com', type: 'TXT' }).answers[0]?.data).toBe('"0"')
  })

  test('a private zone answers its VPCs alone, and they see no public one by that name', () => {
    const { ctx, zone, put } = internet()
    const outer = zone('example.com.')
    put({ zoneId: outer, name: 'www.example.com.', type: 'A', ttl: 60, values: ['192.0.2.1'] })
    const inner = zone('example.com.', { vpcs: [{ id: 'vpc-1', region: 'us-east-1' }] })
    put({ zoneId: inner, name: 'db.example.com.', type: 'A', ttl: 60, values: ['10.0.0.1'] })
    const rcode = (name: string, vpcId?: string) =>
      resolve(ctx, { name, type: 'A', ...(vpcId === undefined ? {} : { from: { vpcId } }) }).rcode
    expect([
      rcode('www.example.com'),
      rcode('db.example.com'),
      rcode('www.example.com', 'vpc-1'),
      rcode('db.example.com', 'vpc-1'),
      rcode('db.example.com', 'vpc-2'),
    ]).toEqual(['NOERROR', 'NXDOMAIN', 'NXDOMAIN', 'NOERROR', 'NXDOMAIN'])
  })
})

describe('names of services', () => {
  const api = 'abc.execute-api.us-east-1.amazonaws.com'
  test('they have one address each, that is nobody’s', () => {
    const { ctx } = internet()
    expect(resolve(ctx, { name: api, type: 'A' }).answers).toEqual([
      { name: `${api}.`, type: 'A', ttl: 60, data: '198.18.117.255' },
    ])
    expect(resolve(ctx, { name: api, type: 'AAAA' }).answers).toEqual([])
    expect(resolve(ctx, { name: 'd1.cloudfront.net', type: 'AAAA' }).answers[0]?.data).toMatch(
      /^2001:2:0:/,
    )
  })

  test('aliases and CNAMEs lead to them; what has none leads to itself', () => {
    const { ctx, zone, put } = internet()
    expect(canonicalName(ctx, 'api.example.com')).toBe('api.example.com')
    const zoneId = zone('example.com.')
    const alias = { zoneId: 'Z1UJRXOUMOOFQ8', name: `${api}.`, evaluatesHealth: false }
    put({ zoneId, name: 'api.example.com.', type: 'A', values: [], alias })
    const own = { zoneId, name: 'api.example.com.', evaluatesHealth: false }
    put({ zoneId, name: 'example.com.', type: 'A', values: [], alias: own })
    put({ zoneId, name: 'www.example.com.', type: 'CNAME', ttl: 60, values: ['example.com'] })
    expect(canonicalName(ctx, 'www.example.com')).toBe(api)
    expect(canonicalName(ctx, 'ftp.example.com')).toBe('ftp.example.com')
    expect(resolve(ctx, { name: 'example.com', type: 'A' }).answers).toEqual([
      { name: 'example.com.', type: 'A', ttl: 60, data: '198.18.117.255' },
    ])
  })
})

describe('routing policies', () => {
  const name = 'www.example.com.'
  function routed(sets: readonly Omit<RecordSet, 'zoneId' | 'name' | 'type' | 'ttl'>[]) {
    const world = internet()
    const zoneId = world.zone('example.com.')
    for (const set of sets) world.put({ zoneId, name, type: 'A', ttl: 60, ...set })
    return {
      ...world,
      ask: (from = {}) =>
        resolve(world.ctx, { name, type: 'A', from }).answers.map(({ data }) => data),
    }
  }
  const weighted = (setIdentifier: string, weight: number) => ({
    setIdentifier,
    values: [setIdentifier],
    routing: { kind: 'weighted', weight } as const,
  })

  test('weights share the answers out, one answer a TTL', () => {
    const { ask, waitMs } = routed([weighted('10.0.0.1', 3), weighted('10.0.0.2', 1)])
    const counts: Record<string, number> = {}
    for (let i = 0; i < 1000; i += 1) {
      const [data = ''] = ask()
      counts[data] = (counts[data] ?? 0) + 1
      waitMs(30_000)
      expect(i % 2 === 0 ? ask() : [data]).toEqual([data])
    }
    expect(counts['10.0.0.1']).toBeGreaterThan(700)
    expect(counts['10.0.0.1']).toBeLessThan(800)
  })

  test('a weight of 0 is never drawn unless all are 0', () => {
    const { ask } = routed([weighted('10.0.0.1', 0), weighted('10.0.0.2', 1)])
    expect(ask()).toEqual(['10.0.0.2'])
    expect(routed([weighted('10.0.0.1', 0)]).ask()).toEqual(['10.0.0.1'])
  })

  test('a failover answers with the secondary while the primary’s check fails', () => {
    const role = (role: 'PRIMARY' | 'SECONDARY', address: string, healthCheckId: string) => ({
      setIdentifier: role,
      values: [address],
      routing: { kind: 'failover', role } as const,
      healthCheckId,
    })
    const { ctx, ask } = routed([
      role('PRIMARY', '10.0.0.1', 'a'),
      role('SECONDARY', '10.0.0.2', 'b'),
    ])
    expect(ask()).toEqual(['10.0.0.1'])
    healthStates.put(ctx, { healthCheckId: 'a', healthy: false })
    expect(ask()).toEqual(['10.0.0.2'])
    healthStates.put(ctx, { healthCheckId: 'b', healthy: false })
    expect(ask()).toEqual(['10.0.0.1'])
  })

  test('latency answers with the region that is nearest to who asks', () => {
    const { ask } = routed(
      ['eu-west-1', 'us-west-2'].map((region, i) => ({
        setIdentifier: region,
        values: [`10.0.0.${i}`],
        routing: { kind: 'latency', region } as const,
      })),
    )
    expect([ask(), ask({ region: 'eu-central-1' }), ask({ region: 'us-west-2' })]).toEqual([
      ['10.0.0.1'],
      ['10.0.0.0'],
      ['10.0.0.1'],
    ])
  })

  test('the smallest place that holds the client answers, and nothing where none does', () => {
    const { ask } = routed(
      [{ country: 'US' }, { continent: 'EU' }, { country: 'US', subdivision: 'CA' }].map(
        (location, i) => ({
          setIdentifier: String(i),
          values: [`10.0.0.${i}`],
          routing: { kind: 'geolocation', location } as const,
        }),
      ),
    )
    expect([
      ask({ continent: 'NA', country: 'US', subdivision: 'CA' }),
      ask({ continent: 'NA', country: 'US', subdivision: 'NY' }),
      ask({ continent: 'EU', country: 'FR' }),
      ask(),
    ]).toEqual([['10.0.0.2'], ['10.0.0.0'], ['10.0.0.1'], []])
  })

  test('a multivalue answer has at most eight', () => {
    const { ask } = routed(
      Array.from({ length: 10 }, (_, i) => ({
        setIdentifier: String(i),
        values: [`10.0.0.${i}`],
        routing: { kind: 'multivalue' } as const,
      })),
    )
    expect(ask()).toHaveLength(8)
  })
})
