import { join } from 'node:path'
import type { DataDirectory } from './data-directory.ts'
import { nameOfSequence } from './snapshot-files.ts'

/** A snapshot and the log after it: what of the past is kept or dropped together. */
interface Stretch {
  readonly base: number
  readonly paths: readonly string[]
  readonly sizeBytes: number
}

/** Drops the oldest of a directory's past until the rest, without what a restart needs, is small enough. */
export async function dropHistory(directory: DataDirectory, bytesMax: number): Promise<void> {
  const newest = (await directory.snapshots()).at(-1) ?? 0
  const stretches = (await stretchesOf(directory)).filter(({ base }) => base < newest)
  let sizeBytes = stretches.reduce((sum, one) => sum + one.sizeBytes, 0)
  let dropped = false
  for (const stretch of stretches) {
    if (sizeBytes <= bytesMax) break
    for (const path of stretch.paths) await directory.fileSystem.remove(path)
    sizeBytes -= stretch.sizeBytes
    dropped = true
  }
  if (dropped) await directory.blobs.sweep(() => namedBlobs(directory))
}

/** Oldest first. */
async function stretchesOf(directory: DataDirectory): Promise<Stretch[]> {
  const { fileSystem, logFolder } = directory
  const { folder } = directory.snapshotContext('')
  const bases = new Set([...(await directory.snapshots()), ...(await directory.logs())])
  const stretches: Stretch[] = []
  for (const base of [...bases].sort((a, b) => a - b)) {
    const paths = [
      join(logFolder, `${nameOfSequence(base)}.log`),
      join(folder, `${nameOfSequence(base)}.snapshot`),
    ]
    let sizeBytes = 0
    for (const path of paths) sizeBytes += (await fileSystem.size(path)) ?? 0
    stretches.push({ base, paths, sizeBytes })
  }
  return stretches
}

/** Bodies that some log or snapshot of some timeline names: the text of their frames tells. */
async function namedBlobs({ fileSystem, path }: DataDirectory): Promise<Set<string>> {
  const named = new Set<string>()
  const timelines = join(path, 'timelines')
  for (const timeline of await fileSystem.list(timelines)) {
    for (const kind of ['log', 'snapshots']) {
      const folder = join(timelines, timeline, kind)
      for (const name of await fileSystem.list(folder)) {
        const text = Buffer.from(await fileSystem.read(join(folder, name))).toString('latin1')
        for (const [, sha256 = ''] of text.matchAll(/"([0-9a-f]{64})"/g)) named.add(sha256)
        // One file at a time, with room for calls in between.
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
  }
  return named
}
