import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readAssembly } from './assembly.ts'

test('an asset lies where its path says, from the assembly’s folder on or absolute, as for cdk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-assembly-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const elsewhere = join(tmpdir(), 'elsewhere')
  const fileAt = (path: string, objectKey: string) => ({
    source: { path, packaging: 'zip' },
    destinations: { here: { bucketName: 'assets', objectKey } },
  })
  const written = {
    'manifest.json': {
      artifacts: {
        'App.assets': { type: 'cdk:asset-manifest', properties: { file: 'App.assets.json' } },
        App: {
          type: 'aws:cloudformation:stack',
          properties: { templateFile: 'App.template.json' },
          dependencies: ['App.assets'],
        },
      },
    },
    'App.assets.json': { files: { a: fileAt('asset.a', 'a.zip'), b: fileAt(elsewhere, 'b.zip') } },
    'App.template.json': {},
  }
  for (const [name, value] of Object.entries(written)) {
    writeFileSync(join(folder, name), JSON.stringify(value))
  }
  const [stack] = readAssembly(folder).stacks
  expect(stack?.assets.map(({ path }) => path)).toEqual([join(folder, 'asset.a'), elsewhere])
})
