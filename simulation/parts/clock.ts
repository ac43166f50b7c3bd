import type { Part } from '../part.ts'
import type { World } from '../world.ts'
import type { Queues } from './queues.ts'

const secondMs = 1000
const hourMs = 3600 * secondMs

/** Model time goes on. Under faults less far: what is retried for a day is then given up by right. */
export function clockPart(world: World, queues: Queues): Part {
  const advance = async (byMs: number): Promise<string> => {
    const ms = world.hasFaults ? Math.min(byMs, 600 * secondMs) : byMs
    // S3 tries for some minutes only.
    if (world.hasFaults && ms > 60 * secondMs) queues.doubt((_, via) => via === 'a bucket')
    await world.cloud.advance(ms)
    return `advance ${ms / 1000} s`
  }
  return {
    name: 'clock',
    actions: {
      'clock.little': (draw) => advance(draw.int(1, 5 * secondMs)),
      'clock.more': (draw) => advance(draw.int(secondMs, 300 * secondMs)),
      'clock.much': (draw) => advance(draw.int(60 * secondMs, 3 * hourMs)),
    },
  }
}
