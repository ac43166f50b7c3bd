import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Block, blocksOf, documentationPages, root } from './pages.ts'

/**
 * Every ```ts block of the documentation is type-checked as a module, and run unless it says `no-run`.
 * A `no-run` block without an import is a fragment, which no compiler could read.
 */

const run = promisify(execFile)
const folder = join(root, '.orrery', `docs-examples-${process.pid}`)

interface Example {
  readonly block: Block
  readonly file: string
  readonly runner: 'vitest' | 'node --test' | 'node' | 'none'
}

const examples = documentationPages()
  .flatMap(blocksOf)
  .filter(
    ({ language, words, text }) =>
      isCode(language) && !(words.includes('no-run') && !isModule(text)),
  )
  .map(exampleOf)

function isCode(language: string): boolean {
  return language === 'ts' || language === 'typescript'
}

function isModule(text: string): boolean {
  return /^import /m.test(text)
}

function exampleOf(block: Block): Example {
  const name = `${block.page.path.replace(/\.md$/, '').replaceAll(/[^a-zA-Z0-9]+/g, '-')}-${block.line}`
  const runner = runnerOf(block)
  return { block, file: `${name}${runner === 'vitest' ? '.test' : ''}.ts`, runner }
}

function runnerOf({ words, text }: Block): Example['runner'] {
  if (words.includes('no-run')) return 'none'
  if (/from 'node:test'/.test(text)) return 'node --test'
  return /from '(@cloud-orrery\/vitest(\/scenario|\/browser)?|vitest)'/.test(text)
    ? 'vitest'
    : 'node'
}

const of = (runner: Example['runner']) => examples.filter((example) => example.runner === runner)

beforeAll(() => {
  mkdirSync(folder, { recursive: true })
  for (const { block, file } of examples) writeFileSync(join(folder, file), block.text)
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(compilerSettings))
  writeFileSync(join(folder, 'vitest.config.ts'), vitestSettings)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const compilerSettings = {
  extends: '../../tsconfig.tests.json',
  // As in a reader's own project, outputs are read with a dot.
  compilerOptions: {
    incremental: false,
    tsBuildInfoFile: null,
    noUnusedLocals: false,
    noPropertyAccessFromIndexSignature: false,
  },
  include: ['*.ts'],
  exclude: [],
}

const vitestSettings = `import { defineConfig } from 'vitest/config'
import base from '../../vitest.config.ts'

export default defineConfig({ ...base, test: { ...base.test, include: ['*.test.ts'] } })
`

/** What a command wrote, where it failed. */
async function failureOf(command: string, args: string[]): Promise<string> {
  const { NODE_TEST_CONTEXT: _, VITEST: __, NODE_OPTIONS: ___, ...env } = process.env
  try {
    await run(command, args, { cwd: folder, env: { ...env, CI: '1', NO_COLOR: '1' } })
    return ''
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string } // Of execFile.
    return named(`${stdout}${stderr}` || String(error))
  }
}

/** Speaks of pages and their lines, not of the files made from them. */
function named(text: string): string {
  return examples.reduce(
    (out, { block, file }) =>
      out.replaceAll(file, `${block.page.path} (block at line ${block.line})`),
    text,
  )
}

const bin = (name: string) => join(root, 'node_modules/.bin', name)

test('there are examples of every kind', () => {
  expect(examples.length).toBeGreaterThan(8)
  expect(of('vitest').length * of('node').length * of('node --test').length).toBeGreaterThan(0)
})

test('blocks that run are whole modules', () => {
  const fragments = examples
    .filter(({ block }) => !isModule(block.text))
    .map(
      ({ block }) =>
        `${block.page.path}:${block.line} imports nothing: add its imports, or say no-run`,
    )
  expect(fragments).toEqual([])
})

test('examples have the types that they claim', { timeout: 180_000 }, async () => {
  expect(await failureOf(bin('tsc'), ['-p', 'tsconfig.json'])).toBe('')
})

test('examples for Vitest pass', { timeout: 180_000 }, async () => {
  expect(
    await failureOf(process.execPath, [bin('vitest'), 'run', '--config', 'vitest.config.ts']),
  ).toBe('')
})

test('examples for node:test pass', { timeout: 180_000 }, async () => {
  const files = of('node --test').map(({ file }) => file)
  expect(
    await failureOf(process.execPath, ['--conditions=orrery-source', '--test', ...files]),
  ).toBe('')
})

test.each(of('node').map(({ block, file }) => [`${block.page.path}:${block.line}`, file]))(
  '%s runs',
  { timeout: 60_000 },
  async (_name, file) => {
    expect(await failureOf(process.execPath, ['--conditions=orrery-source', file])).toBe('')
  },
)
