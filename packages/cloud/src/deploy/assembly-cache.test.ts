import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, expect, test, vi } from 'vitest'
import { cachedAssembly } from './assembly-cache.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

/** An app that needs no library: it writes what it was asked for. */
function app(source: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-app-'))
  writeFileSync(join(folder, 'cdk.json'), '{"app":"node app.cjs","context":{"a":1,"b":1}}')
  writeFileSync(join(folder, 'cdk.context.json'), '{"b":2}')
  writeFileSync(join(folder, 'app.cjs'), source)
  return folder
}

const writing = `
  const { mkdirSync, writeFileSync } = require('node:fs')
  mkdirSync(process.env.CDK_OUTDIR, { recursive: true })
  const { STAGE, CDK_CONTEXT_JSON } = process.env
  writeFileSync(process.env.CDK_OUTDIR + '/manifest.json', JSON.stringify({ STAGE, CDK_CONTEXT_JSON }))
`

function manifest(folder: string): { STAGE?: string; CDK_CONTEXT_JSON: string } {
  // The app above wrote it.
  return JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as ReturnType<
    typeof manifest
  >
}

test('an app is synthesised anew when an environment variable that it names has changed', () => {
  const folder = app(writing)
  vi.stubEnv('STAGE', 'dev')
  const dev = cachedAssembly(folder)
  expect([manifest(dev).STAGE, cachedAssembly(folder)]).toEqual(['dev', dev])
  vi.stubEnv('UNRELATED_TO_THE_APP', '1')
  expect(cachedAssembly(folder)).toBe(dev)
  vi.stubEnv('STAGE', 'prod')
  expect(manifest(cachedAssembly(folder)).STAGE).toBe('prod')
})

test('the context is that of cdk.json, under what was looked up before', () => {
  const { CDK_CONTEXT_JSON } = manifest(cachedAssembly(app(writing)))
  expect(JSON.parse(CDK_CONTEXT_JSON)).toEqual({ a: 1, b: 2 })
})

test('an app that fails is told without a page of its library', () => {
  const folder = app(`/*${'x'.repeat(5000)}*/ throw new Error('the queue has no name')`)
  expect(() => cachedAssembly(folder)).toThrow('the queue has no name')
  try {
    cachedAssembly(folder)
  } catch (error) {
    expect((error as Error).message.length).toBeLessThan(1500)
  }
})

test('runs that begin at once in several processes all get the assembly', async () => {
  const folder = app(`setTimeout(() => {${writing}}, 300)`)
  const module = new URL('assembly-cache.ts', import.meta.url).href
  const script = `import { cachedAssembly } from '${module}'
    console.log(cachedAssembly(process.argv[1]))`
  const args = ['--conditions=orrery-source', '--input-type=module', '-e', script, folder]
  const runs = [1, 2, 3].map(() => promisify(execFile)(process.execPath, args))
  const folders = (await Promise.all(runs)).map(({ stdout }) => stdout.trim())
  expect(new Set(folders)).toEqual(new Set([cachedAssembly(folder)]))
  expect(readdirSync(join(folder, '.orrery'))).toHaveLength(1)
})
