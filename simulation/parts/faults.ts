import type { FaultEffect } from '@cloud-orrery/kernel'
import type { Draw } from '../draw.ts'
import type { Part } from '../part.ts'
import { faultMessage, type World } from '../world.ts'
import type { Queues } from './queues.ts'

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
  'dynamodb.PutItem',
  'dynamodb.*',
  'dynamodbstreams.*',
  'states.*',
  'scheduler.*',
  'sesv2.SendEmail',
  'secretsmanager.*',
  'sts.*',
]

/** Outages, throttling, slowness: armed and ended at random. */
export function faultsPart(world: World, queues: Queues): Part {
  return {
    name: 'faults',
    actions: {
      'faults.arm': (draw) => change(world, draw, () => arm(world, queues, draw)),
      'faults.end': (draw) => {
        const id = draw.maybe(world.cloud.kernel.faults.rules.map((rule) => rule.id))
        if (id === undefined) return Promise.resolve('end a fault: none is armed')
        return change(world, draw, () => {
          world.cloud.endFault(id)
          return `end ${id}`
        })
      },
      'faults.endAll': async () => {
        await endFaults(world)
        return 'end all faults'
      },
    },
  }
}

export async function endFaults(world: World): Promise<void> {
  for (const { id } of [...world.cloud.kernel.faults.rules]) {
    await inTurn(world, () => world.cloud.endFault(id))
  }
}

/** In its turn, as a server's control calls come; or at once, in the middle of what is due, as tests do. */
async function change<T>(world: World, draw: Draw, make: () => T): Promise<T> {
  return world.durable === undefined && draw.chance(0.5) ? make() : await inTurn(world, make)
}

function inTurn<T>({ cloud }: World, make: () => T): Promise<T> {
  return cloud.kernel.scheduler.enter(make)
}

function arm(world: World, queues: Queues, draw: Draw): string {
  world.faultsArmed += 1
  // A function's result is tried a few times, within minutes.
  queues.doubt((_, via) => via === 'a function')
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
