import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UsageError } from './command.ts'

/** One of the systems, as its folder says. */
export interface SystemFolder {
  /** `14-cloudformation-events-workflow` */
  readonly name: string
  readonly path: string
  readonly number: number
  readonly slug: string
  readonly title: string
  readonly outcome: string
  readonly services: readonly string[]
  readonly stacks: readonly string[]
  /** What a person may try once it runs, step by step; `{Output}` stands for an output of its stacks. */
  readonly visit?: readonly string[]
}

/** The checkout's folder of systems: beside this package, or above where the command runs. */
export function systemsFolder(cwd: string): string | undefined {
  const here = dirname(fileURLToPath(import.meta.url))
  for (const start of [cwd, here]) {
    for (let folder = start; ; folder = dirname(folder)) {
      if (existsSync(join(folder, 'systems')) && existsSync(join(folder, 'package.json'))) {
        return join(folder, 'systems')
      }
      if (folder === dirname(folder)) break
    }
  }
  return undefined
}

export function listSystems(cwd: string): SystemFolder[] {
  const folder = systemsFolder(cwd)
  if (folder === undefined) {
    throw new UsageError('There is no folder of systems here.', 'Run this in a checkout of Orrery.')
  }
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'system.json')))
    .sort()
    .map((name) => {
      const path = join(folder, name)
      // `tools/tidy.test.ts` holds the shape of these files.
      const facts = JSON.parse(readFileSync(join(path, 'system.json'), 'utf8')) as Omit<
        SystemFolder,
        'name' | 'path'
      >
      return { ...facts, name, path }
    })
}

/** By number (`14`), slug or folder name. */
export function findSystem(cwd: string, wanted: string): SystemFolder {
  const systems = listSystems(cwd)
  const found = systems.find(
    ({ name, slug, number }) =>
      name === wanted || slug === wanted || (/^\d+$/.test(wanted) && number === Number(wanted)),
  )
  if (found !== undefined) return found
  const known = systems.map(({ number, slug }) => `${String(number).padStart(2, '0')} ${slug}`)
  throw new UsageError(`There is no system '${wanted}'.`, `There are: ${known.join(', ')}.`)
}
