import { appendFileSync, cpSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DurableCloud } from '@cloud-orrery/cloud/persistence'
import type { Draw } from '../draw.ts'
import type { Action, Part } from '../part.ts'
import { stateDifference, stateText } from '../state-text.ts'
import { holds } from '../violation.ts'
import type { World } from '../world.ts'

/** The process ends, at rest or not, and comes back: with all that it answered. */
export class Crashes implements Part {
  readonly name = 'crashes'
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  readonly actions: Readonly<Record<string, Action>> = {
    'crashes.kill': () => this.#restart('kill', () => {}),
    'crashes.killInWrite': (draw) => this.#restart('kill in a write', (left) => tear(left, draw)),
    'crashes.close': () => this.#restart('close'),
    'crashes.snapshot': () => this.#snapshot(),
  }

  async #snapshot(): Promise<string> {
    await this.#world.durable?.snapshot()
    return 'snapshot'
  }

  /** `harm`: what happens to the directory that is left; absent where the process ends in order. */
  async #restart(what: string, harm?: (folder: string) => void): Promise<string> {
    const { durable, settings } = this.#world
    const { folder, framesMax } = settings
    if (durable === undefined || folder === undefined) return `${what}: no data directory`
    await this.#world.cloud.settle()
    const isAtRest = durable.cloud.kernel.journal.openCount === 0
    this.#world.isInterrupted ||= !isAtRest
    await durable.kept()
    const before = stateText(durable.cloud)
    if (harm === undefined) await durable.close()
    else await this.#kill(durable, folder, harm)
    const opened = await DurableCloud.open(folder, { cloud: settings.cloud, framesMax })
    this.#world.durable = opened
    this.#world.cloud = opened.cloud
    const after = stateText(opened.cloud)
    // What was under way is done again, or ends as lost: another state by right.
    holds(
      !isAtRest || before === after,
      'restart',
      () => `${what}: ${stateDifference(before, after)}`,
    )
    return `${what}, and open again`
  }

  /** As after `kill -9`: the directory is as it was at that moment, and nobody alive has its lock. */
  async #kill(
    durable: DurableCloud,
    folder: string,
    harm: (folder: string) => void,
  ): Promise<void> {
    const left = `${folder}-left`
    cpSync(folder, left, { recursive: true })
    await durable.close()
    rmSync(folder, { recursive: true })
    cpSync(left, folder, { recursive: true })
    rmSync(left, { recursive: true })
    for (const name of readdirSync(folder)) {
      if (name.startsWith('lock.')) rmSync(join(folder, name))
    }
    harm(folder)
  }
}

/** A frame of which only the beginning came to the disk: nobody was told that it was kept. */
function tear(folder: string, draw: Draw): void {
  const logs = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => /\blog\b|\.log$/.test(name))
    .sort()
  const last = logs.at(-1)
  if (last === undefined) return
  const path = join(folder, last)
  // The first frame says which version wrote the log, and is longer than this.
  appendFileSync(path, readFileSync(path).subarray(0, draw.int(1, 60)))
}
