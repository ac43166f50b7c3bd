import { invariant } from '@cloud-orrery/kernel'
import { type Authorization, noteUse } from '@cloud-orrery/services'
import { judge } from '../authorization.ts'
import type { Cloud } from '../cloud.ts'
import type { Exchange } from '../exchange.ts'

/** Judges every permission that the operation declares; the first that is missing refuses the call. */
export function authorize(cloud: Cloud, exchange: Exchange): void {
  const { handler, ctx, service, caller } = exchange
  invariant(handler !== undefined && ctx !== undefined, 'a located call has a context')
  if (service !== undefined && caller !== undefined) {
    const { nowMs } = cloud.kernel.clock
    noteUse(ctx, caller, { atMs: nowMs, region: exchange.region, service: service.name })
  }
  const declared = handler.authorize(exchange.input, ctx)
  if (typeof declared !== 'string' && 'none' in declared) return
  const needed: readonly Authorization[] =
    typeof declared === 'string'
      ? [{ resource: declared }]
      : Array.isArray(declared)
        ? declared
        : [declared as Authorization] // The two other forms are excluded above.
  for (const authorization of needed) judge(cloud, exchange, authorization)
}
