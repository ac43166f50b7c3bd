import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Pin, readPinned } from './archive.ts'
import { writeGenerated } from './generated-file.ts'
import { cacheFolder, root } from './sources.ts'
import { readZip } from './zip.ts'

/**
 * Facts that AWS's serverless transform holds as data: policy templates and the permissions behind
 * connectors. `node tools/models/serverless-writer.ts [--out FILE]` writes `data/serverless.json`.
 */

export const serverlessFile = join(root, 'packages/models/data/serverless.json')

export function serverlessPin(): Pin {
  return JSON.parse(readFileSync(join(root, 'tools/models/serverless-source.json'), 'utf8')) as Pin
}

export function serverlessSource(): string {
  return `aws-sam-translator ${serverlessPin().version}`
}

interface PolicyTemplates {
  readonly Templates: Readonly<
    Record<string, { readonly Parameters: object; readonly Definition: object }>
  >
}

/** One line a policy template, and one a kind of source, so that new versions read well as a diff. */
export function writeServerless(): string {
  const files = readZip(readPinned(wheel(), serverlessPin()))
  const read = <T>(path: string): T => {
    const bytes = files.get(`samtranslator/${path}`)?.()
    if (bytes === undefined) throw new Error(`${serverlessSource()} has no ${path}`)
    return JSON.parse(bytes.toString('utf8')) as T
  }
  const { Templates } = read<PolicyTemplates>('policy_templates_data/policy_templates.json')
  const policyTemplates = Object.entries(Templates).map(([name, { Parameters, Definition }]) => [
    name,
    { parameters: Object.keys(Parameters), definition: Definition },
  ])
  const profiles = read<{ Permissions: object; CfnResourceProperties: object }>(
    'model/connector_profiles/profiles.json',
  )
  const lines = (entries: readonly (readonly unknown[])[]) =>
    entries.map(([name, it]) => `${JSON.stringify(name)}:${JSON.stringify(it)}`).join(',\n')
  const sections = [
    ['policyTemplates', policyTemplates],
    ['connectorPermissions', Object.entries(profiles.Permissions)],
    ['connectorProperties', Object.entries(profiles.CfnResourceProperties)],
  ] as const
  const body = sections.map(([name, it]) => `"${name}":{\n${lines(it)}\n}`).join(',')
  return `{"source":${JSON.stringify(serverlessSource())},${body}}\n`
}

function wheel(): string {
  const { version } = serverlessPin()
  const path = join(cacheFolder, `aws_sam_translator-${version}-py3-none-any.whl`)
  if (existsSync(path)) return path
  mkdirSync(cacheFolder, { recursive: true })
  const folder = mkdtempSync(join(cacheFolder, 'download-'))
  try {
    const options = ['-q', '--no-deps', '--only-binary', ':all:', '-d', folder]
    execFileSync('python3', ['-m', 'pip', 'download', ...options, `aws-sam-translator==${version}`])
    const [file = ''] = readdirSync(folder)
    renameSync(join(folder, file), path)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return path
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const at = process.argv.indexOf('--out')
  writeGenerated(
    at < 0 ? serverlessFile : (process.argv[at + 1] ?? serverlessFile),
    writeServerless(),
  )
}
