import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  compilePattern,
  type StoredResourceSchemas,
  type StoredServiceModel,
} from '@cloud-orrery/models'
import { generatedHeader, linesOf, writeGenerated } from './generated-file.ts'
import { readAllIamActions, readIamService } from './iam-reader.ts'
import { compressed, writeManagedPolicies } from './managed-policy-writer.ts'
import { applyPatches, type Patch } from './patches.ts'
import { ResourceReader } from './resource-reader.ts'
import { writeResourceTypes } from './resource-type-writer.ts'
import { services } from './services.ts'
import { readServiceModel, readSources, root, type Sources, updateSources } from './sources.ts'
import { writeModel } from './stored-model.ts'
import { writeTypes } from './type-writer.ts'

const usage = `npm run models -- [--update] [--out FOLDER] SERVICE...
  Generates packages/models for the services named: ${Object.keys(services).join(' ')}
  --update  first pin the newest releases in tools/models/sources.json
  --out     write below FOLDER instead of packages/models
`

function main(args: string[]): void {
  let out = join(root, 'packages/models')
  let update = false
  const names: string[] = []
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? ''
    if (arg === '--update') update = true
    else if (arg === '--out') out = args[++at] ?? ''
    else names.push(arg)
  }
  const wrong = names.find((name) => name.startsWith('-') || services[name] === undefined)
  if (names.length === 0 || wrong !== undefined || out === '') {
    process.stderr.write(
      `${wrong === undefined ? 'no service named' : `unknown: ${wrong}`}\n${usage}`,
    )
    process.exitCode = 2
    return
  }
  const sources = update ? updateSources(names) : readSources()
  const resources = new ResourceReader()
  for (const name of names) generate(name, sources, resources, out)
  generateShared(resources, out)
}

function generate(name: string, sources: Sources, resources: ResourceReader, out: string): void {
  const patchFile = join(root, 'packages/models/patches', `${name}.json`)
  const patches = existsSync(patchFile)
    ? (JSON.parse(readFileSync(patchFile, 'utf8')) as Patch[])
    : []
  const model = applyPatches(readServiceModel(name, sources), patches)
  const data = writeModel(model)
  writeGenerated(join(out, 'data', `${name}.json`), data)
  const files = writeTypes(model)
  const schemas = resources.schemas(name)
  if (schemas !== undefined) {
    writeGenerated(join(out, 'data', `${name}.resources.json`), linesOf(schemas, 'types'))
    files['resources.ts'] = writeResourceTypes(name, schemas)
  }
  const exports = Object.keys(files).map((file) => `export * from './${file}'\n`)
  files['index.ts'] = `${generatedHeader(model.source)}\n${exports.join('')}`
  for (const [file, text] of Object.entries(files)) {
    writeGenerated(join(out, 'src/generated', name, file), text)
  }
  for (const prefix of services[name]?.iam ?? []) {
    writeGenerated(
      join(out, 'data', `${prefix}.iam.json`),
      linesOf(readIamService(prefix), 'actions'),
    )
  }
  report(name, model, schemas)
}

function report(
  name: string,
  model: StoredServiceModel,
  schemas: StoredResourceSchemas | undefined,
): void {
  const counts = [
    `${Object.keys(model.operations).length} operations`,
    `${Object.keys(model.shapes).length} shapes`,
    `${Object.keys(schemas?.types ?? {}).length} resource types`,
  ]
  process.stdout.write(`${name}: ${counts.join(', ')}, from ${model.source}\n`)
  const patterns = new Set(Object.values(model.shapes).map(({ pattern }) => pattern))
  for (const pattern of patterns) {
    if (pattern !== undefined && compilePattern(pattern) === undefined) {
      process.stdout.write(`  not checked, JavaScript has no such pattern: ${pattern}\n`)
    }
  }
}

/** What is about all services at once. */
function generateShared(resources: ResourceReader, out: string): void {
  writeGenerated(join(out, 'data/resource-types.json'), linesOf(resources.types(), 'namespaces'))
  writeGenerated(join(out, 'data/iam-actions.json'), linesOf(readAllIamActions(), 'prefixes'))
  writeGenerated(join(out, 'data/managed-policies.br'), compressed(writeManagedPolicies()))
}

main(process.argv.slice(2))
