import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { applyPatches, type Patch } from './patches.ts'
import { services } from './services.ts'
import { readServiceModel, readSources, root, type Sources, updateSources } from './sources.ts'
import { writeModel } from './stored-model.ts'
import { generatedHeader, writeTypes } from './type-writer.ts'

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
  for (const name of names) generate(name, sources, out)
}

function generate(name: string, sources: Sources, out: string): void {
  const patchFile = join(root, 'packages/models/patches', `${name}.json`)
  const patches = existsSync(patchFile)
    ? (JSON.parse(readFileSync(patchFile, 'utf8')) as Patch[])
    : []
  const model = applyPatches(readServiceModel(name, sources), patches)
  const data = writeModel(model)
  write(join(out, 'data', `${name}.json`), data)
  const files = writeTypes(model)
  const exports = Object.keys(files).map((file) => `export * from './${file}'\n`)
  files['index.ts'] = `${generatedHeader(model.source)}\n${exports.join('')}`
  for (const [file, text] of Object.entries(files)) {
    write(join(out, 'src/generated', name, file), text)
  }
  const counts = `${Object.keys(model.operations).length} operations, ${Object.keys(model.shapes).length} shapes`
  process.stdout.write(
    `${name}: ${counts}, ${Math.ceil(data.length / 1024)} KB, from ${model.source}\n`,
  )
}

function write(path: string, text: string): void {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
}

main(process.argv.slice(2))
