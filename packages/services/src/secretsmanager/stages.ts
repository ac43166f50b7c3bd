import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import { limitExceeded } from './errors.ts'
import { versionsMax, youngVersionMs } from './limits.ts'
import { type SealedValue, secrets, type VersionRecord, versions, versionsOf } from './state.ts'

export const current = 'AWSCURRENT'
export const previous = 'AWSPREVIOUS'
export const pending = 'AWSPENDING'

/** A version to be: what it is called, how it is labelled, and what it holds. */
export interface NewVersion {
  readonly versionId: string
  readonly stages: readonly string[]
  /** Absent: a rotation's, whose function has yet to put it. */
  readonly value?: SealedValue
}

/** Adds a version and gives it its labels, which others lose. */
export function addVersion(ctx: Context, name: string, of: NewVersion): VersionRecord {
  const number = (secrets.get(ctx, name)?.versionsMade ?? 0) + 1
  dropDeprecated(ctx, name)
  const { versionId, value } = of
  const record: VersionRecord = {
    name,
    versionId,
    number,
    stages: [],
    createdAtMs: ctx.now(),
    ...(value === undefined ? {} : { value }),
  }
  versions.put(ctx, record)
  secrets.update(ctx, name, { versionsMade: number, changedAtMs: ctx.now() })
  for (const stage of of.stages) moveStage(ctx, record, stage)
  return versions.get(ctx, orderedKey(name, number)) ?? record
}

/**
 * Attaches a label to a version and takes it from the one that has it. Recorded: secretsmanager,
 * `test_update_secret_version_stages_*`: whoever loses AWSCURRENT becomes AWSPREVIOUS and loses AWSPENDING.
 */
export function moveStage(ctx: Context, to: VersionRecord, stage: string): void {
  const others = versionsOf(ctx, to.name).filter(({ number }) => number !== to.number)
  const holder = others.find(({ stages }) => stages.includes(stage))
  if (stage !== current) {
    if (holder !== undefined) setStages(ctx, holder, without(holder.stages, stage))
    addStages(ctx, to, [stage])
    return
  }
  if (holder !== undefined) {
    for (const version of others) {
      if (version.number !== holder.number && version.stages.includes(previous)) {
        setStages(ctx, version, without(version.stages, previous))
      }
    }
    setStages(ctx, holder, [...without(holder.stages, current, pending, previous), previous])
  }
  const own = latest(ctx, to).stages
  setStages(ctx, to, [
    ...without(own, current, ...(holder === undefined ? [] : [previous])),
    current,
  ])
}

export function dropStage(ctx: Context, from: VersionRecord, stage: string): void {
  setStages(ctx, from, without(latest(ctx, from).stages, stage))
}

function addStages(ctx: Context, version: VersionRecord, stages: readonly string[]): void {
  setStages(ctx, version, [...without(latest(ctx, version).stages, ...stages), ...stages])
}

function setStages(ctx: Context, { name, number }: VersionRecord, stages: readonly string[]): void {
  versions.update(ctx, orderedKey(name, number), { stages: [...stages].sort() })
}

function latest(ctx: Context, version: VersionRecord): VersionRecord {
  return versions.get(ctx, orderedKey(version.name, version.number)) ?? version
}

function without(stages: readonly string[], ...gone: readonly string[]): string[] {
  return stages.filter((stage) => !gone.includes(stage))
}

/**
 * Makes room for one more version: those without labels that are older than a day go, the oldest first.
 * Source: Secrets Manager User Guide, "What's in a Secrets Manager secret?"; PutSecretValue.
 */
function dropDeprecated(ctx: Context, name: string): void {
  const all = versionsOf(ctx, name)
  let tooMany = all.length + 1 - versionsMax
  for (const { number, stages, createdAtMs } of all) {
    if (tooMany <= 0) return
    if (stages.length > 0 || createdAtMs > ctx.now() - youngVersionMs) continue
    versions.delete(ctx, orderedKey(name, number))
    tooMany -= 1
  }
  if (tooMany > 0) throw limitExceeded(`A secret can have at most ${versionsMax} versions.`)
}
