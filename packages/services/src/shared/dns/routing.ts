import { createHash } from 'node:crypto'
import { invariant } from '@cloud-orrery/kernel'
import { type DnsClient, type DnsContext, maxValuesPerAnswer } from './queries.ts'
import { type GeoLocation, healthStates, type RecordSet, setsOf } from './state.ts'

export interface Draw {
  readonly client: DnsClient
  /** In [0, 1): a draw of its own for each question. Absent: one draw for all who ask within a TTL. */
  readonly next?: (() => number) | undefined
}

/** Those of the record sets of one name and type that answer. Source: developer guide, "Choosing a routing policy". */
export function chosenSets(
  ctx: DnsContext,
  sets: readonly RecordSet[],
  draw: Draw,
): readonly RecordSet[] {
  const [first] = sets
  if (first?.routing === undefined) return sets.slice(0, 1)
  switch (first.routing.kind) {
    case 'weighted':
      return [byWeight(ctx, healthyOrAll(ctx, sets), draw)]
    case 'failover':
      return [byRole(ctx, sets)]
    case 'latency':
      return [byRegion(healthyOrAll(ctx, sets), draw.client.region ?? ctx.region)]
    case 'geolocation':
      return byLocation(ctx, sets, draw.client)
    case 'multivalue':
      return healthyOrAll(ctx, sets).slice(0, maxValuesPerAnswer)
    default:
      first.routing satisfies never
      return []
  }
}

/** Where every check fails, Route 53 takes all of them for healthy. */
function healthyOrAll(ctx: DnsContext, sets: readonly RecordSet[]): readonly RecordSet[] {
  const healthy = sets.filter((set) => isHealthy(ctx, set))
  return healthy.length === 0 ? sets : healthy
}

/** Aliases that lead to further aliases, each judged by its target's health. */
const aliasDepthMax = 10

function isHealthy(ctx: DnsContext, set: RecordSet, depth = 0): boolean {
  if (set.healthCheckId !== undefined) {
    if (healthStates.get(ctx, set.healthCheckId)?.healthy === false) return false
  }
  const { alias } = set
  if (alias?.evaluatesHealth !== true || alias.zoneId !== set.zoneId) return true
  const targets = setsOf(ctx, set.zoneId, alias.name, set.type)
  if (targets.length === 0 || depth === aliasDepthMax) return true
  return targets.some((target) => isHealthy(ctx, target, depth + 1))
}

function byWeight(ctx: DnsContext, sets: readonly RecordSet[], draw: Draw): RecordSet {
  const weights = sets.map(({ routing }) => (routing?.kind === 'weighted' ? routing.weight : 0))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const shares = total === 0 ? weights.map(() => 1) : weights
  let left = (draw.next?.() ?? draftOf(ctx, sets)) * (total === 0 ? sets.length : total)
  const drawn = sets.find((_, i) => {
    left -= shares[i] ?? 0
    return left < 0
  })
  const [usual] = drawn === undefined ? sets : [drawn]
  invariant(usual !== undefined, 'weights are drawn among record sets')
  const others = sets.filter((set, i) => set !== usual && (shares[i] ?? 0) > 0)
  if (ctx.choose === undefined || others.length === 0) return usual
  const names = [usual, ...others].map(({ setIdentifier }) => setIdentifier ?? '')
  const name = ctx.choose('route53.weighted', [names[0] ?? '', ...names.slice(1)])
  return sets.find(({ setIdentifier }) => setIdentifier === name) ?? usual
}

/**
 * A draw that needs no state, in [0, 1): the same for everyone until the answer's TTL is over, as with a resolver
 * that keeps answers. Zone ids follow the seed, and so does it.
 */
function draftOf(ctx: DnsContext, sets: readonly RecordSet[]): number {
  const [first] = sets
  if (first === undefined) return 0
  const ttlMs = (first.ttl ?? 60) * 1000
  const period = ttlMs === 0 ? ctx.now() : Math.floor(ctx.now() / ttlMs)
  const question = [first.zoneId, first.name, first.type, period].join(' ')
  return createHash('sha256').update(question).digest().readUInt32BE(0) / 0x1_0000_0000
}

/** Source: developer guide, "How Route 53 chooses records when health checking is configured" (failover). */
function byRole(ctx: DnsContext, sets: readonly RecordSet[]): RecordSet {
  const of = (role: string) =>
    sets.find(({ routing }) => routing?.kind === 'failover' && routing.role === role)
  const [primary, secondary] = [of('PRIMARY'), of('SECONDARY')]
  const [any] = sets
  invariant(any !== undefined, 'a failover is between record sets')
  if (primary !== undefined && (isHealthy(ctx, primary) || secondary === undefined)) return primary
  if (secondary !== undefined && (isHealthy(ctx, secondary) || primary === undefined))
    return secondary
  return primary ?? any
}

// Deviation: latency is not measured: the client's own region answers, else the nearest by name (eu-west-3 before us-east-1 for eu-west-1).
function byRegion(sets: readonly RecordSet[], region: string): RecordSet {
  const likeness = ({ routing }: RecordSet) => {
    const own = routing?.kind === 'latency' ? routing.region : ''
    let same = 0
    while (same < own.length && own[same] === region[same]) same += 1
    return same
  }
  const [best] = sets.toSorted((a, b) => likeness(b) - likeness(a))
  invariant(best !== undefined, 'a latency record is among record sets')
  return best
}

/** The smallest place that holds the client wins. Source: developer guide, "Geolocation routing". */
function byLocation(
  ctx: DnsContext,
  sets: readonly RecordSet[],
  client: DnsClient,
): readonly RecordSet[] {
  const ranks: readonly ((place: GeoLocation) => boolean)[] = [
    ({ country, subdivision }) =>
      subdivision !== undefined && country === client.country && subdivision === client.subdivision,
    ({ country, subdivision }) =>
      subdivision === undefined && country !== undefined && country === client.country,
    ({ continent }) => continent !== undefined && continent === client.continent,
    ({ country }) => country === '*',
  ]
  for (const fits of ranks) {
    const set = sets.find(
      (set) =>
        set.routing?.kind === 'geolocation' && fits(set.routing.location) && isHealthy(ctx, set),
    )
    if (set !== undefined) return [set]
  }
  return []
}
