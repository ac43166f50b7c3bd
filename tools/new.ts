import { cpSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `npm run new -- service NAME` and `npm run new -- system NN-slug`: copies of the smallest real ones. */

const root = fileURLToPath(new URL('..', import.meta.url))

const usage = `npm run new -- service NAME      a service, from packages/services/src/hello
npm run new -- system NN-SLUG    a system, from tools/templates/system
`

function main([kind, name]: string[]): number {
  if (kind === 'service' && name !== undefined && /^[a-z][a-z0-9]*$/.test(name)) {
    return newService(name)
  }
  if (kind === 'system' && name !== undefined && /^\d\d-[a-z0-9-]+$/.test(name)) {
    return newSystem(name)
  }
  process.stderr.write(usage)
  return 2
}

function newService(name: string): number {
  const folder = join(root, 'packages/services/src', name)
  if (refuseExisting(folder)) return 1
  cpSync(join(root, 'packages/services/src/hello'), folder, { recursive: true })
  const Name = `${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`
  renameIn(folder, [
    ['hello', name],
    ['Hello', Name],
  ])
  const registry = join(root, 'packages/services/src/registry.ts')
  const entry = `  ${name}: {\n    load: async () => (await import('./${name}/service.ts')).${name},\n    resourcePrefixes: ['AWS::${Name}::'],\n  },\n}\n`
  writeFileSync(registry, readFileSync(registry, 'utf8').replace(/}\n$/, entry))
  process.stdout.write(
    `packages/services/src/${name} and its line in registry.ts are there, as copies of hello.\nNext: npm run models -- ${name}; then docs/how-to/write-a-service.md, step 3.\n`,
  )
  return 0
}

function newSystem(name: string): number {
  const folder = join(root, 'systems', name)
  if (refuseExisting(folder)) return 1
  const slug = name.slice(3)
  cpSync(join(root, 'tools/templates/system'), folder, { recursive: true })
  renameIn(folder, [
    ['NN-slug', name],
    ['SystemSlug', slug],
    ['SystemNumber', name.slice(0, 2)],
    ['"number": 0', `"number": ${Number(name.slice(0, 2))}`],
  ])
  process.stdout.write(
    `systems/${name} is there and deploys as it is.\nNext: npm install; npx orrery run ${name.slice(0, 2)}; then write its promises in scenario/.\n`,
  )
  return 0
}

function refuseExisting(folder: string): boolean {
  if (!existsSync(folder)) return false
  process.stderr.write(`${folder} exists already.\nChoose another name, or remove it first.\n`)
  return true
}

function renameIn(folder: string, names: readonly (readonly [string, string])[]): void {
  const renamed = (text: string) =>
    names.reduce((out, [from, to]) => out.replaceAll(from, to), text)
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    writeFileSync(path, renamed(readFileSync(path, 'utf8')))
    const target = join(entry.parentPath, renamed(entry.name))
    if (target !== path) renameSync(path, target)
  }
}

process.exitCode = main(process.argv.slice(2))
