import type { Change } from '@cloud-orrery/models/route53'
import type { Context } from '../context.ts'
import { isWithin } from '../shared/dns/names.ts'
import {
  type RecordSet,
  type RecordType,
  recordSetKey,
  recordSets,
  setsOf,
  type ZoneRecord,
} from '../shared/dns/state.ts'
import { aliasProblems } from './alias-targets.ts'
import { nameProblem } from './domain-names.ts'
import { invalidChangeBatch } from './errors.ts'
import { recordSetOf } from './record-set-view.ts'
import { valueProblems } from './record-values.ts'
import { conflictsOf } from './set-conflicts.ts'

/** A change, read. */
interface PlannedChange {
  readonly action: string
  readonly set: RecordSet
  readonly key: string
}

/**
 * Does all changes of a batch or none. Each is judged by the zone as those before it left it: a CNAME comes after the
 * deletion of what stands in its way. Returns by how many record sets the zone grew. Throws InvalidChangeBatch with
 * everything that is wrong.
 */
export function applyBatch(ctx: Context, zone: ZoneRecord, changes: readonly Change[]): number {
  const planned = changes.map((change): PlannedChange => {
    const set = recordSetOf(zone.id, change)
    return { action: change.Action, set, key: recordSetKey(set) }
  })
  const problems = [...repeated(planned)]
  const before = new Map<string, RecordSet | undefined>()
  for (const { action, set, key } of planned) {
    const current = recordSets.get(ctx, key)
    if (!before.has(key)) before.set(key, current)
    const found =
      action === 'DELETE'
        ? deletionProblems(set, current)
        : problemsOf(ctx, zone, set, action, current)
    problems.push(...found)
    if (found.length > 0) continue
    if (action === 'DELETE') recordSets.delete(ctx, key)
    else recordSets.put(ctx, set)
  }
  for (const { action, set } of planned) {
    if (action === 'DELETE') continue
    problems.push(
      ...aliasProblems(ctx, zone, set, (name, type) => setsOf(ctx, zone.id, name, type).length > 0),
    )
  }
  problems.push(...apexProblems(ctx, zone))
  // What was written is undone with the call that fails.
  if (problems.length > 0) throw invalidChangeBatch(problems)
  let grown = 0
  for (const [key, was] of before) {
    grown += (recordSets.has(ctx, key) ? 1 : 0) - (was === undefined ? 0 : 1)
  }
  return grown
}

/** One change a record set, but for a deletion before a creation. */
function* repeated(planned: readonly PlannedChange[]): Generator<string, void, undefined> {
  const seen = new Map<string, string>()
  for (const { action, set, key } of planned) {
    const earlier = seen.get(key)
    if (earlier !== undefined && !(earlier === 'DELETE' && action === 'CREATE')) {
      yield `The request contains an invalid set of changes for a resource record set '${set.type} ${set.name}'`
    }
    seen.set(key, action)
  }
}

/** `[name='www.example.com.', type='A', set identifier='one']` */
function shown({ name, type, setIdentifier }: RecordSet): string {
  const identifier = setIdentifier === undefined ? '' : `, set identifier='${setIdentifier}'`
  return `[name='${name}', type='${type}'${identifier}]`
}

function deletionProblems(set: RecordSet, current: RecordSet | undefined): readonly string[] {
  const tried = `Tried to delete resource record set ${shown(set)} but`
  if (current === undefined) return [`${tried} it was not found`]
  return isSame(set, current)
    ? []
    : [`${tried} the values provided do not match the current values`]
}

function isSame(a: RecordSet, b: RecordSet): boolean {
  const plain = ({ values, ...rest }: RecordSet) =>
    JSON.stringify([[...values].sort(), Object.entries(rest).sort(([x], [y]) => (x < y ? -1 : 1))])
  return plain(a) === plain(b)
}

function problemsOf(
  ctx: Context,
  zone: ZoneRecord,
  set: RecordSet,
  action: string,
  current: RecordSet | undefined,
): readonly string[] {
  const { name, type } = set
  const unnamed = nameProblem(name)
  if (unnamed !== undefined) return [unnamed]
  if (!isWithin(name, zone.name)) {
    return [`RRSet with DNS name ${name} is not permitted in zone ${zone.name}`]
  }
  if (action === 'CREATE' && current !== undefined) {
    return [`Tried to create resource record set ${shown(set)} but it already exists`]
  }
  const values = set.alias === undefined ? valueProblems(type, set.values) : []
  return [...values, ...conflictsOf(ctx, zone, set)]
}

function apexProblems(ctx: Context, zone: ZoneRecord): readonly string[] {
  const has = (type: RecordType) => setsOf(ctx, zone.id, zone.name, type).length > 0
  return [
    ...(has('NS') ? [] : ['A HostedZone must contain at least one NS record for the zone itself.']),
    ...(has('SOA') ? [] : ['A HostedZone must contain exactly one SOA record.']),
  ]
}
