import { type ChangeInfo, GetChange } from '@cloud-orrery/models/route53'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { noSuchChange } from './errors.ts'
import { propagationMs } from './limits.ts'
import { type ChangeRecord, changes } from './state.ts'
import { arnOf, bareId } from './zone-access.ts'

const capitals = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** Ids as Route 53 makes them: `Z0` or `C0`, seven digits, twelve or thirteen letters and digits. */
export function newId(ctx: Context, letter: 'Z' | 'C' | 'N'): string {
  return `${letter}0${ctx.ids.from('0123456789', 7)}${ctx.ids.from(capitals, 12)}`
}

/** Notes a change that the name servers are about to learn of. */
// Deviation: the model's name servers know every change at once; the status alone takes its time.
export function submitted(ctx: Context, comment?: string): ChangeInfo {
  const change = changes.put(ctx, {
    id: newId(ctx, 'C'),
    submittedAtMs: ctx.now(),
    ...(comment === undefined || comment === '' ? {} : { comment }),
  })
  return changeInfo(ctx, change)
}

function changeInfo(ctx: Context, { id, submittedAtMs, comment }: ChangeRecord): ChangeInfo {
  return {
    Id: `/change/${id}`,
    Status: ctx.now() - submittedAtMs < propagationMs ? 'PENDING' : 'INSYNC',
    SubmittedAt: submittedAtMs,
    ...(comment === undefined ? {} : { Comment: comment }),
  }
}

export const getChange = operation(GetChange, {
  authorize: (input) => arnOf('change', input.Id),
  provenance: 'modelled',
  run(ctx, { Id }) {
    const change = changes.get(ctx, bareId(Id))
    if (change === undefined) throw noSuchChange(bareId(Id))
    return { ChangeInfo: changeInfo(ctx, change) }
  },
})
