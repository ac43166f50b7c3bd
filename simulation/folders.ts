import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Settings } from './settings.ts'

/** Has a run in a data directory of its own, where it needs one, which is gone afterwards. */
export async function inFolder<T>(
  settings: Settings,
  run: (settings: Settings) => Promise<T>,
): Promise<T> {
  if (!settings.parts.has('crashes')) return await run(settings)
  const folder = mkdtempSync(join(tmpdir(), 'orrery-simulation-'))
  try {
    return await run({ ...settings, folder: join(folder, 'data') })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
