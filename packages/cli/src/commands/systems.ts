import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Command } from '../command.ts'
import { jsonOption } from '../options.ts'
import { listSystems, type SystemFolder } from '../systems.ts'

/** All systems that are planned: the published posts. */
const systemsTotal = 57

export const command: Command = {
  summary: 'List the systems that run here.',
  usage: 'orrery systems [--json]',
  async run(args, io) {
    const { values } = parseArgs({ args, options: { ...jsonOption } })
    const systems = listSystems(io.cwd)
    if (values.json === true) {
      const told = systems.map((system) => ({ ...system, state: stateOf(system) }))
      io.out(`${JSON.stringify({ systems: told, planned: systemsTotal })}\n`)
      return 0
    }
    for (const system of systems) {
      io.out(
        `${String(system.number).padStart(2, '0')}  ${system.slug}  (${stateOf(system)})\n    ${system.outcome}\n`,
      )
    }
    io.out(`${systems.length} of ${systemsTotal} systems; run one with 'orrery run NUMBER'.\n`)
    return 0
  },
}

/** Read from the folder: a system runs when it has promises to show. */
function stateOf({ path }: SystemFolder): string {
  const scenario = join(path, 'scenario')
  const files = existsSync(scenario) ? readdirSync(scenario) : []
  const shown = files.filter((name) => name.endsWith('.test.ts')).length
  return shown === 0 ? 'no scenarios yet' : 'runs'
}
