import {
  CreateLogGroup,
  CreateLogStream,
  FilterLogEvents,
  GetLogEvents,
  PutLogEvents,
} from '@cloud-orrery/models/logs'
import type { Draw } from '../draw.ts'
import type { Action, Part } from '../part.ts'
import { holds } from '../violation.ts'
import type { World } from '../world.ts'

const logGroupName = '/simulation/shop'

/** Log streams: every line that was taken is there, in its order, on whatever pages. */
export class Logs implements Part {
  readonly name = 'logs'
  readonly #world: World
  readonly #streams = new Map<string, string[]>([
    ['one', []],
    ['two', []],
  ])

  constructor(world: World) {
    this.#world = world
  }

  async prepare(): Promise<void> {
    await this.#world.done(CreateLogGroup, { logGroupName })
    for (const logStreamName of this.#streams.keys()) {
      await this.#world.done(CreateLogStream, { logGroupName, logStreamName })
    }
  }

  readonly actions: Readonly<Record<string, Action>> = {
    'logs.put': (draw) => this.#put(draw),
    'logs.putMore': (draw) => this.#put(draw),
    'logs.read': (draw) => this.#read(draw.pick([...this.#streams.keys()]), draw.int(1, 4)),
    'logs.filter': () => this.#filter(),
  }

  async #put(draw: Draw): Promise<string> {
    const logStreamName = draw.pick([...this.#streams.keys()])
    const lines = Array.from({ length: draw.int(1, 5) }, () => this.#world.token('line'))
    const timestamp = this.#world.nowMs
    const { output, refusal } = await this.#world.attempt(PutLogEvents, {
      logGroupName,
      logStreamName,
      logEvents: lines.map((message) => ({ timestamp, message })),
    })
    if (output !== undefined) {
      holds(output.rejectedLogEventsInfo === undefined, 'log lines', () => JSON.stringify(output))
      this.#streams.get(logStreamName)?.push(...lines)
    }
    return `log ${lines.length} lines to ${logStreamName}: ${refusal ?? 'logged'}`
  }

  async #read(logStreamName: string, limit: number): Promise<string> {
    const found: string[] = []
    let nextToken: string | undefined
    for (;;) {
      const { output, refusal } = await this.#world.attempt(GetLogEvents, {
        logGroupName,
        logStreamName,
        startFromHead: true,
        limit,
        ...(nextToken === undefined ? {} : { nextToken }),
      })
      if (output === undefined) return `read ${logStreamName}: ${refusal}`
      found.push(...(output.events ?? []).map(({ message = '' }) => message))
      if (output.nextForwardToken === nextToken) break
      nextToken = output.nextForwardToken
    }
    const expected = this.#streams.get(logStreamName) ?? []
    holds(
      String(found) === String(expected),
      'log lines',
      () => `${logStreamName} has ${found}, not ${expected}`,
    )
    return `read ${logStreamName}: ${found.length} lines`
  }

  async #filter(): Promise<string> {
    const found: string[] = []
    let nextToken: string | undefined
    do {
      const { output, refusal } = await this.#world.attempt(FilterLogEvents, {
        logGroupName,
        limit: 7,
        ...(nextToken === undefined ? {} : { nextToken }),
      })
      if (output === undefined) return `filter: ${refusal}`
      found.push(...(output.events ?? []).map(({ message = '' }) => message))
      nextToken = output.nextToken
    } while (nextToken !== undefined)
    const expected = [...this.#streams.values()].flat().sort()
    holds(String(found.sort()) === String(expected), 'log lines', () => `filtered: ${found}`)
    return `filter: ${found.length} lines`
  }

  async end(): Promise<void> {
    for (const name of this.#streams.keys()) await this.#read(name, 3)
    await this.#filter()
  }
}
