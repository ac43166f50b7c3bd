import { parseArgs } from 'node:util'
import type { Command } from '../command.ts'
import { ControlClient } from '../control-client.ts'
import { jsonOption, portOf, portOption } from '../options.ts'

/** What the control port answers. */
interface Status {
  readonly now: string
  readonly mode: string
  readonly seed: number
  readonly pendingTasks: number
  readonly pending: readonly {
    readonly name: string
    readonly about: string
    readonly at: string
    readonly accountId: string
    readonly region: string
  }[]
  readonly calls: readonly {
    readonly sequence: number
    readonly name: string
    readonly since: string
    readonly caller: string
  }[]
  readonly code: readonly string[]
  readonly waiting: readonly string[]
  readonly faults: readonly {
    readonly id: string
    readonly site: string
    readonly effect: { readonly kind: string; readonly code?: string }
  }[]
}

/** Pending tasks that are listed without `--all`. */
const shownMax = 20

export const command: Command = {
  summary: 'Show what is pending and when, who waits, which code runs, and armed faults.',
  usage: 'orrery status [--all] [--port N] [--json]',
  async run(args, io) {
    const { values } = parseArgs({
      args,
      options: { ...portOption, ...jsonOption, all: { type: 'boolean' } },
    })
    // The control answer of this path has this shape.
    const status = (await new ControlClient(portOf(values.port)).get('status')) as Status
    io.out(
      values.json === true
        ? `${JSON.stringify(status)}\n`
        : `${statusLines(status, values.all === true).join('\n')}\n`,
    )
    return 0
  },
}

function statusLines(status: Status, all: boolean): readonly string[] {
  const { now, mode, seed, pendingTasks, pending, calls, code, waiting, faults } = status
  const shown = all ? pending : pending.slice(0, shownMax)
  const nowMs = Date.parse(now)
  return [
    `${now} (clock ${mode}, seed ${seed})`,
    `${pendingTasks} pending`,
    ...shown.map(({ name, about, at, accountId, region }) => {
      const place = accountId === '' ? '' : `  ${accountId}/${region}`
      return `  ${at}  ${distance(Date.parse(at) - nowMs)}  ${about}  ${name}${place}`
    }),
    ...(shown.length < pending.length ? [`  and more: see them with --all`] : []),
    ...calls.map(
      ({ sequence, name, since, caller }) =>
        `being answered: #${sequence} ${name} by ${caller}, for ${length(nowMs - Date.parse(since))}`,
    ),
    ...code.map((name) => `running: ${name}`),
    ...waiting.map((key) => `waiting: ${key}`),
    ...faults.map(({ id, site, effect }) => `fault ${id}: ${site} ${effect.code ?? effect.kind}`),
  ]
}

function distance(ms: number): string {
  return ms <= 0 ? 'due' : `in ${length(ms)}`
}

/** Two units at most: `3d 4h`, `20s`. */
function length(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
    ['ms', 1],
  ] as const
  let rest = Math.max(0, ms)
  const parts: string[] = []
  for (const [unit, size] of units) {
    if (parts.length === 2) break
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count}${unit}`)
    else if (parts.length > 0) break
  }
  return parts.length === 0 ? '0s' : parts.join(' ')
}
