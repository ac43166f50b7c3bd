import { orderedKey } from '@cloud-orrery/kernel'
import { task } from '../../define.ts'
import { qualifierOf, unqualified } from '../arns.ts'
import { aliases } from '../state.ts'

/** A step of a gradual deployment, and those behind it. */
export interface Shift {
  readonly aliasArn: string
  readonly from: string
  readonly to: string
  /** Percent of a step. */
  readonly step: number
  readonly intervalMs: number
}

export const shiftAlias = task<Shift>('states.shift-alias', {
  run(ctx, shift) {
    const { aliasArn, from, to, step, intervalMs } = shift
    const alias = aliases.get(ctx, orderedKey(unqualified(aliasArn), qualifierOf(aliasArn) ?? ''))
    const reached = alias?.routes.find(({ versionArn }) => versionArn === to)?.weight
    // The alias is gone, or somebody has led it elsewhere meanwhile.
    if (alias === undefined || reached === undefined || reached === 100) return
    const weight = Math.min(100, reached + step)
    const rest = weight === 100 ? [] : [{ versionArn: from, weight: 100 - weight }]
    const routes = [{ versionArn: to, weight }, ...rest]
    aliases.put(ctx, { ...alias, routes, updatedAtMs: ctx.now() })
    if (weight < 100) ctx.after(intervalMs, shiftAlias, shift)
  },
})
