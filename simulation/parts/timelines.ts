import { type Cloud, call, compareReplay, record } from '@cloud-orrery/cloud'
import { restoredCloud } from '@cloud-orrery/cloud/persistence'
import { CreateQueue, ReceiveMessage, SendMessage } from '@cloud-orrery/models/sqs'
import type { Draw } from '../draw.ts'
import type { Action, Part } from '../part.ts'
import { stateDifference, stateText } from '../state-text.ts'
import { holds } from '../violation.ts'
import type { World } from '../world.ts'

/** Forks, exports and replays in the middle of a run: each has the same future, and none touches another. */
export class Timelines implements Part {
  readonly name = 'timelines'
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  readonly actions: Readonly<Record<string, Action>> = {
    'timelines.fork': () => this.#fork(),
    'timelines.goOn': () => this.#goOn(),
    'timelines.import': () => this.#import(),
    'timelines.replay': (draw) => this.#replay(draw),
  }

  async #fork(): Promise<string> {
    const { cloud } = this.#world
    await cloud.settle()
    const before = stateText(cloud)
    const [one, other] = [cloud.fork(), cloud.fork()]
    const [first, second] = [await future(one), await future(other)]
    same('two forks', first, second)
    same('a fork and its origin', before, stateText(cloud))
    holds(
      one.kernel.journal.digest() === other.kernel.journal.digest(),
      'fork',
      () => 'two forks did the same and have other journals',
    )
    await cloud.advance(1)
    same('the origin and its fork', first, stateText(one))
    one.close()
    other.close()
    return 'fork twice, and compare'
  }

  /** The run goes on in a fork; a cloud with a data directory stays where it is. */
  async #goOn(): Promise<string> {
    const { cloud, durable } = this.#world
    if (durable !== undefined) return 'go on in a fork: not with a data directory'
    await cloud.settle()
    // What is under way does not come along: a function that sleeps would have run for nothing.
    if (cloud.kernel.journal.openCount > 0) return 'go on in a fork: something is under way'
    const fork = cloud.fork()
    same('a fork', stateText(cloud), stateText(fork))
    cloud.close()
    this.#world.cloud = fork
    return 'go on in a fork'
  }

  async #import(): Promise<string> {
    const { cloud } = this.#world
    await cloud.settle()
    const { kernel } = cloud
    if (kernel.journal.openCount > 0) return 'import: something is under way'
    const imported = await restoredCloud(
      {
        state: structuredClone(kernel.export()),
        buckets: structuredClone(cloud.buckets.export()),
        services: [...cloud.services.used].map(({ name }) => name),
        outsideNumber: 0,
        bodies: [...kernel.blobs.entries()].map(([, body]) => body),
        beside: [],
      },
      cloud.originalOptions,
    )
    same('an import', stateText(cloud), stateText(imported))
    const fork = cloud.fork()
    same('the future of an import', await future(fork), await future(imported))
    fork.close()
    imported.close()
    return 'export, import, and compare'
  }

  async #replay(draw: Draw): Promise<string> {
    const { cloud, durable } = this.#world
    await cloud.settle()
    const recording = durable === undefined ? record(cloud) : await durable.recording()
    const entered = draw.maybe(recording.entered)
    if (entered === undefined) return 'replay: nothing entered yet'
    const { sequence } = entered
    const replayed = await compareReplay(recording, draw.chance(0.5) ? { sequence } : undefined)
    replayed.cloud.close()
    const { difference } = replayed
    holds(difference === undefined, 'replay', () => difference?.text ?? '')
    return `replay, up to #${sequence} or whole`
  }
}

function same(what: string, one: string, other: string): void {
  holds(one === other, 'timelines', () => `${what}: ${stateDifference(one, other)}`)
}

/** What comes next if nobody else does anything: the state after a few calls and an hour. */
async function future(cloud: Cloud): Promise<string> {
  for (const { id } of [...cloud.kernel.faults.rules]) cloud.endFault(id)
  const { QueueUrl = '' } = await call(cloud, CreateQueue, { QueueName: 'future' })
  await call(cloud, SendMessage, { QueueUrl, MessageBody: 'tok-future-0.' })
  await cloud.advance({ hours: 1 })
  await call(cloud, ReceiveMessage, { QueueUrl })
  await cloud.settle()
  return stateText(cloud)
}
