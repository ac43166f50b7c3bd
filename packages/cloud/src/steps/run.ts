import { invariant } from '@cloud-orrery/kernel'
import type { Cloud } from '../cloud.ts'
import type { Exchange } from '../exchange.ts'

/** Runs the handler. What a synchronous handler wrote before it threw is undone. */
export function run(cloud: Cloud, exchange: Exchange): void | Promise<void> {
  const { handler, ctx, entry } = exchange
  invariant(handler !== undefined && ctx !== undefined, 'a located call has a context')
  invariant(entry !== undefined, 'a call has an entry')
  const output = cloud.collecting(entry, () => handler.run(ctx, exchange.input))
  if (output instanceof Promise) {
    return output.then((result: unknown) => {
      exchange.output = result ?? {}
    })
  }
  exchange.output = output ?? {}
}
