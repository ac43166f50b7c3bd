import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { CodeEnvironment } from '@cloud-orrery/services'
import { unpack } from '../archive.ts'
import { removeFolder, temporaryFolder } from '../temporary-folder.ts'
import type { CodeWorld } from '../world.ts'
import type { Mount } from './messages.ts'

export interface Folders {
  readonly mounts: readonly Mount[]
  /** Where V8's code of this package is kept; it stays as long as this process. */
  readonly compiled: string
  release(): Promise<void>
}

let folderNumber = 0

/** Makes the folders that an environment sees: its code, its layers, and a `/tmp` of its own. */
export async function mountFolders(
  environment: CodeEnvironment,
  world: CodeWorld,
): Promise<Folders> {
  const code = await unpack([world.body(environment.code)])
  const layers = await unpack(environment.layers.map((layer) => world.body(layer))).catch(
    async (error: unknown) => {
      await code.release()
      throw error
    },
  )
  folderNumber += 1
  const tmp = join(temporaryFolder(), `tmp-${folderNumber}`)
  await mkdir(tmp, { recursive: true, mode: 0o700 })
  return {
    mounts: [
      { shown: '/var/task', real: code.folder, writable: false },
      { shown: '/opt', real: layers.folder, writable: false },
      { shown: '/tmp', real: tmp, writable: true },
    ],
    compiled: join(temporaryFolder(), 'compiled', packageOf(environment)),
    async release() {
      await Promise.all([code.release(), layers.release(), removeFolder(tmp)])
    },
  }
}

/** Names a package with its layers: modules of another one have the same paths, and other sources. */
function packageOf({ code, layers }: CodeEnvironment): string {
  const bodies = [code, ...layers].map(({ sha256 }) => sha256)
  return createHash('sha256').update(bodies.join('\n')).digest('hex').slice(0, 32)
}
