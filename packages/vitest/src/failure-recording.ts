import { createHash } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { basename, isAbsolute, join, relative } from 'node:path'
import { SimulatorError } from '@cloud-orrery/kernel'
import type { Aws } from './aws.ts'

/** A test, in the part that names its recording. */
export interface NamedTest {
  readonly name: string
  readonly file: { readonly filepath: string }
  readonly suite?: { readonly name: string; readonly suite?: NamedTest['suite'] } | undefined
}

/**
 * Where recordings of failing tests go: `.orrery/recordings` under the working directory, or the folder that
 * `ORRERY_RECORDINGS` names; undefined where that says `off`.
 */
export function recordingsFolder(): string | undefined {
  const wanted = process.env['ORRERY_RECORDINGS'] ?? ''
  if (wanted === 'off') return undefined
  const folder = wanted === '' || wanted === 'on' ? join('.orrery', 'recordings') : wanted
  return isAbsolute(folder) ? folder : join(process.cwd(), folder)
}

/** Writes the recording of a failed test; its path, from the working directory. */
export async function keepRecording(aws: Aws, test: NamedTest): Promise<string | undefined> {
  const path = pathOf(test)
  if (path === undefined) return undefined
  const { writeRecording } = await import('@cloud-orrery/cloud/persistence')
  try {
    mkdirSync(join(path, '..'), { recursive: true })
    await writeRecording(path, aws.record(), titleOf(test).join(' > '))
  } catch (error) {
    // A journal that dropped its beginning, a folder that cannot be written: the failure itself matters more.
    if (!(error instanceof SimulatorError) && !(error instanceof Error && 'syscall' in error)) {
      throw error
    }
    return undefined
  }
  return relative(process.cwd(), path)
}

/** A test that passes leaves none, also not of an earlier run. */
export function dropRecording(test: NamedTest): void {
  const path = pathOf(test)
  if (path !== undefined) rmSync(path, { force: true })
}

function titleOf(test: NamedTest): string[] {
  const names = [test.name]
  for (let suite = test.suite; suite !== undefined; suite = suite.suite) {
    if (suite.name !== '') names.unshift(suite.name)
  }
  return names
}

/** Longest name of a file, in characters, without its ending. */
const nameCharactersMax = 120

function pathOf(test: NamedTest): string | undefined {
  const folder = recordingsFolder()
  if (folder === undefined) return undefined
  const { filepath } = test.file
  const title = [basename(filepath).replace(/\.(test|spec)?\.?[cm]?[jt]sx?$/, ''), ...titleOf(test)]
  const words = title.map((part) =>
    part.replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, ''),
  )
  // Tests of one name in two files, and names that differ in signs only, have files of their own.
  const place = [relative(process.cwd(), filepath), ...titleOf(test)].join('\n')
  const sum = createHash('sha256').update(place).digest('hex').slice(0, 6)
  return join(folder, `${words.join('.').slice(0, nameCharactersMax)}.${sum}.orrery`)
}
