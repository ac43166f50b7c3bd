import { parseArgs } from 'node:util'
import type { Command } from '../command.ts'
import { ControlClient } from '../control-client.ts'
import { jsonOption, portOf, portOption } from '../options.ts'

interface Status {
  now: string
  mode: string
  seed: number
  pending: { name: string; at: string; accountId: string; region: string }[]
  waiting: string[]
  faults: { id: string; site: string; effect: { kind: string; code?: string } }[]
}

/** Pending tasks that are listed without `--all`. */
const shownMax = 20

export const command: Command = {
  summary: 'Show what is pending and when, who waits, and which faults are armed.',
  usage: 'orrery status [--all] [--port N] [--json]',
  async run(args, io) {
    const { values } = parseArgs({
      args,
      options: { ...portOption, ...jsonOption, all: { type: 'boolean' } },
    })
    // The control answer of this path has this shape.
    const status = (await new ControlClient(portOf(values.port)).get('status')) as Status
    if (values.json === true) {
      io.out(`${JSON.stringify(status)}\n`)
      return 0
    }
    const lines = [`${status.now} (clock ${status.mode}, seed ${status.seed})`]
    const shown = values.all === true ? status.pending : status.pending.slice(0, shownMax)
    lines.push(`${status.pending.length} pending`)
    for (const task of shown) {
      lines.push(`  ${task.at}  ${task.name}  ${task.accountId}/${task.region}`)
    }
    for (const key of status.waiting) lines.push(`waiting: ${key}`)
    for (const { id, site, effect } of status.faults) {
      lines.push(`fault ${id}: ${site} ${effect.code ?? effect.kind}`)
    }
    io.out(`${lines.join('\n')}\n`)
    return 0
  },
}
