import type { FaultEffect } from '@cloud-orrery/kernel'
import type { Draw } from '../draw.ts'
import type { Part } from '../part.ts'
import { faultMessage, type World } from '../world.ts'

const sites = [
  'sqs.SendMessage',
  'sqs.ReceiveMessage',
  'sqs.DeleteMessage',
  'sqs.*',
  'sns.Publish',
  'sns.*',
  'events.PutEvents',
  'events.*',
  's3.PutObject',
  's3.*',
  'kms.Decrypt',
  'kms.*',
  'ssm.*',
  'logs.PutLogEvents',
  'logs.*',
  'lambda.Invoke',
  'lambda.*',
  'iam.*',
  'cloudformation.*',
]

/** Outages, throttling, slowness: armed and ended at random. */
export function faultsPart(world: World): Part {
  return {
    name: 'faults',
    actions: {
      'faults.arm': (draw) => Promise.resolve(arm(world, draw)),
      'faults.end': async (draw) => {
        const id = draw.maybe(world.cloud.kernel.faults.rules.map((rule) => rule.id))
        if (id === undefined) return 'end a fault: none is armed'
        world.cloud.endFault(id)
        return `end ${id}`
      },
      'faults.endAll': async () => {
        endFaults(world)
        return 'end all faults'
      },
    },
  }
}

export function endFaults({ cloud }: World): void {
  for (const { id } of [...cloud.kernel.faults.rules]) cloud.endFault(id)
}

function arm(world: World, draw: Draw): string {
  const site = draw.pick(sites)
  const effect = effectOf(draw)
  const times = draw.chance(0.6) ? { times: draw.int(1, 6) } : {}
  const probability = draw.pick([1, 1, 0.5, 0.2])
  const id = world.cloud.armFault(site, effect, { probability, ...times })
  return `arm ${id}: ${site} ${JSON.stringify({ ...effect, probability, ...times })}`
}

function effectOf(draw: Draw): FaultEffect {
  const kind = draw.int(0, 3)
  if (kind === 0) return { kind: 'delay', delayMs: draw.pick([100, 3000, 20_000]) }
  if (kind === 1) {
    return { kind: 'error', code: 'InternalError', message: faultMessage, status: 500 }
  }
  if (kind === 2) {
    return { kind: 'error', code: 'ThrottlingException', message: faultMessage, status: 400 }
  }
  return { kind: 'error', code: 'ServiceUnavailable', message: faultMessage, status: 503 }
}
