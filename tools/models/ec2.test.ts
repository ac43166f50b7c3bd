import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { linkServiceModel, validateInput } from '@cloud-orrery/models'
import { expect, test } from 'vitest'
import { generatedHeader, writeGenerated } from './generated-file.ts'
import { ResourceReader } from './resource-reader.ts'
import { writeResourceTypes } from './resource-type-writer.ts'
import { cacheFolder, readServiceModel, readSources, root } from './sources.ts'
import { writeModel } from './stored-model.ts'
import { writeTypes } from './type-writer.ts'

const sources = readSources()
const wheel = join(cacheFolder, `botocore-${sources.botocore.version}-py3-none-any.whl`)
const skipped = existsSync(wheel)
  ? ''
  : ' (skipped: no download cached; npm run models -- ec2 fetches it)'

/** Type-checks generated modules beside our own; the folder lies where the compiler finds its types. */
function compile(files: Record<string, string>): string {
  const folder = join(cacheFolder, 'ec2')
  const own = join(root, 'packages/models/src')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'src'), { recursive: true })
  for (const file of readdirSync(own).filter(
    (it) => it.endsWith('.ts') && !it.includes('.test.'),
  )) {
    cpSync(join(own, file), join(folder, 'src', file))
  }
  for (const [file, text] of Object.entries(files)) {
    writeGenerated(join(folder, 'src/generated/ec2', file), text)
  }
  const compilerOptions = { noEmit: true, composite: false, rootDir: 'src' }
  const config = { extends: join(root, 'tsconfig.base.json'), compilerOptions, include: ['src'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  try {
    execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { stdio: 'pipe' })
    return ''
  } catch (error) {
    // The compiler's findings are on its standard output.
    if (error instanceof Error && 'stdout' in error) return String(error.stdout)
    throw error
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test.skipIf(skipped !== '')(
  `EC2, the largest service, is read, linked and typed${skipped}`,
  () => {
    const stored = readServiceModel('ec2', sources)
    expect(writeModel(readServiceModel('ec2', sources))).toBe(writeModel(stored))
    const model = linkServiceModel(stored)
    expect(model.protocols).toEqual(['ec2Query'])
    expect(Object.keys(model.operations).length).toBeGreaterThan(700)
    const run = model.operations['RunInstances']
    if (run === undefined) throw new Error('EC2 has no RunInstances')
    expect(validateInput(run, { MaxCount: 1 }).map(({ path, kind }) => [path, kind])).toEqual([
      ['minCount', 'required'],
    ])
    expect(run.input.members?.['InstanceType']?.ec2QueryName).toBeUndefined()
    expect(run.input.members?.['BlockDeviceMappings']?.xmlName).toBe('BlockDeviceMapping')
    expect(run.output.members?.['Instances']?.xmlName).toBe('instancesSet')

    const schemas = new ResourceReader().schemas('ec2')
    if (schemas === undefined) throw new Error('EC2 has no resource types')
    const files = writeTypes(stored)
    files['resources.ts'] = writeResourceTypes('ec2', schemas)
    const exports = Object.keys(files).map((file) => `export * from './${file}'\n`)
    files['index.ts'] = generatedHeader(stored.source) + exports.join('')
    expect(compile(files)).toBe('')
  },
  60_000,
)
