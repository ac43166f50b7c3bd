import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { CodeEnvironment } from '@cloud-orrery/services'
import { unpack } from '../archive.ts'
import { removeFolder, temporaryFolder } from '../temporary-folder.ts'
import type { CodeWorld } from '../world.ts'
import type { Mount } from './messages.ts'

export interface Folders {
  readonly mounts: readonly Mount[]
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
    async release() {
      await Promise.all([code.release(), layers.release(), removeFolder(tmp)])
    },
  }
}
