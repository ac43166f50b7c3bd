import type { Part } from '../part.ts'
import type { World } from '../world.ts'

const secondMs = 1000
const hourMs = 3600 * secondMs

/** Model time goes on. Under faults less far: what is retried for a day is then given up by right. */
export function clockPart(world: World): Part {
  const advance = async (byMs: number): Promise<string> => {
    const ms = world.hasFaults ? Math.min(byMs, 600 * secondMs) : byMs
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
