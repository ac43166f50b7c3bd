import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { PromiseDefinition } from '@cloud-orrery/vitest/scenario'
import { UsageError } from './command.ts'
import type { SystemFolder } from './systems.ts'

/** Loads a system's scenarios, which hand in their promises as they are read; by number. */
export async function readPromises({ path, name }: SystemFolder): Promise<PromiseDefinition[]> {
  const { collectPromises } = await import('@cloud-orrery/vitest/scenario')
  const collector = collectPromises()
  const scenario = join(path, 'scenario')
  for (const file of readdirSync(scenario).sort()) {
    if (file.endsWith('.test.ts')) await import(pathToFileURL(join(scenario, file)).href)
  }
  if (collector.promises.length === 0) {
    throw new UsageError(`${name} has no promises to show.`, 'Write them in its scenario folder.')
  }
  return [...collector.promises].sort((a, b) => a.id - b.id)
}
