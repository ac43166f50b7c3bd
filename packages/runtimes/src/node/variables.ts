import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CodeEnvironment } from '@cloud-orrery/services'
import type { Folders } from './folders.ts'
import type { StartMessage } from './messages.ts'

/** Where modules that AWS's runtime brings are looked for on this machine: the user's project, then ours. */
function runtimeModules(): string[] {
  const folders = new Set([process.cwd(), ...foldersAbove(fileURLToPath(import.meta.url))])
  return [...folders].filter((folder) => existsSync(join(folder, 'node_modules')))
}

/** Our own packages may be hoisted to any folder above. */
function foldersAbove(file: string): string[] {
  const folders: string[] = []
  for (let at = file.lastIndexOf('/'); at > 0; at = file.lastIndexOf('/', at - 1)) {
    const folder = file.slice(0, at)
    if (!folder.endsWith('/node_modules')) folders.push(folder)
  }
  return folders
}

/** All that a worker needs to become this environment. */
export function startMessage(
  environment: CodeEnvironment,
  { mounts, compiled }: Pick<Folders, 'mounts' | 'compiled'>,
  marker: string,
): StartMessage {
  const { runtime, handler, variables, seed } = environment
  const major = /\d+/.exec(runtime)?.[0] ?? '22'
  return {
    type: 'start',
    runtime,
    handler,
    mounts,
    compiled,
    seed,
    runtimeModules: runtimeModules(),
    node: process.execPath,
    marker,
    variables: {
      // Source: Lambda developer guide, "Defined runtime environment variables".
      AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
      LAMBDA_TASK_ROOT: '/var/task',
      LAMBDA_RUNTIME_DIR: '/var/runtime',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_RUNTIME_API: '169.254.100.1:9001',
      LANG: 'en_US.UTF-8',
      LD_LIBRARY_PATH:
        '/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib',
      NODE_PATH: `/opt/nodejs/node${major}/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules:/var/runtime:/var/task`,
      PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
      TZ: ':UTC',
      ...variables,
      _HANDLER: handler,
    },
  }
}
