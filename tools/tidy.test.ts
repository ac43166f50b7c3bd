import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** The house rules that a test can hold: walls between packages, sizes, bans, the shape of services and systems. */

const root = fileURLToPath(new URL('..', import.meta.url))

/** Who may import whom. Source: docs/explanation/architecture.md. */
const walls: Readonly<Record<string, readonly string[]>> = {
  kernel: [],
  models: ['kernel'],
  protocols: ['kernel', 'models'],
  policy: ['kernel', 'models'],
  services: ['kernel', 'models', 'protocols', 'policy'],
  runtimes: ['kernel', 'protocols', 'services'],
  cloud: ['kernel', 'models', 'protocols', 'policy', 'services', 'runtimes'],
  vitest: ['kernel', 'models', 'services', 'cloud'],
  cli: ['kernel', 'models', 'services', 'cloud', 'vitest'],
}

const sourceLinesMax = 500
const testLinesMax = 600

interface Source {
  /** From the root, with forward slashes. */
  readonly path: string
  readonly text: string
  readonly isTest: boolean
}

const sources = listSources()

function listSources(): Source[] {
  const found: Source[] = []
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (/^(node_modules|dist|generated|templates|cdk\.out|\.git|\.orrery)$/.test(entry.name))
        continue
      const path = join(folder, entry.name)
      if (entry.isDirectory()) visit(path)
      else if (/\.(ts|mts|tsx)$/.test(entry.name)) {
        const name = relative(root, path).split(sep).join('/')
        const isTest = /\.(test|test-support)\.ts$/.test(name) || name.includes('/cases/')
        found.push({ path: name, text: readFileSync(path, 'utf8'), isTest })
      }
    }
  }
  visit(root)
  return found
}

function* importsOf({ text }: Source): Generator<string> {
  for (const [, from] of text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)) {
    if (from !== undefined) yield from
  }
}

function packageOf(path: string): string | undefined {
  return /^packages\/([^/]+)\/src\//.exec(path)?.[1]
}

test('imports between packages go one way', () => {
  const wrong: string[] = []
  for (const source of sources.filter(({ isTest }) => !isTest)) {
    const own = packageOf(source.path)
    if (own === undefined) continue
    for (const from of importsOf(source)) {
      const other = /^@cloud-orrery\/([^/]+)/.exec(from)?.[1]
      if (other === undefined || other === own || walls[own]?.includes(other)) continue
      wrong.push(
        `${source.path} imports ${from}: ${own} may import ${walls[own]?.join(', ') || 'nothing'}`,
      )
    }
  }
  expect(wrong).toEqual([])
})

test('services do not import each other', () => {
  const wrong: string[] = []
  for (const source of sources.filter(({ isTest }) => !isTest)) {
    const own = /^packages\/services\/src\/([^/]+)\//.exec(source.path)?.[1]
    if (own === undefined) continue
    for (const from of importsOf(source)) {
      if (!from.startsWith('.')) continue
      const target = join(source.path, '..', from).split(sep).join('/')
      const other = /^packages\/services\/src\/([^/]+)\//.exec(target)?.[1]
      if (other === undefined || other === own || other === 'shared') continue
      wrong.push(
        `${source.path} imports ${from}: call it with ctx.call, or move what both need to shared/`,
      )
    }
  }
  expect(wrong).toEqual([])
})

test('systems know nothing of the simulator outside their scenarios', () => {
  const wrong = sources
    .filter(({ path }) => /^systems\/[^/]+\/(bin|lib|src)\//.test(path))
    .filter((source) => [...importsOf(source)].some((from) => from.startsWith('@cloud-orrery/')))
    .map(({ path }) => `${path} imports the simulator: only scenario/ may`)
  expect(wrong).toEqual([])
})

test('files stay small enough to be read', () => {
  const wrong = sources
    .map(({ path, text, isTest }) => ({ path, lines: text.split('\n').length - 1, isTest }))
    .filter(({ lines, isTest }) => lines > (isTest ? testLinesMax : sourceLinesMax))
    .map(({ path, lines }) => `${path} has ${lines} lines: split it by resource or idea`)
  expect(wrong).toEqual([])
})

test('time, chance, environment and disk stay outside the model', () => {
  const bans = [
    /\bDate\.now\(/,
    /new Date\(\)/,
    /Math\.random\(/,
    /randomUUID\(/,
    /\bsetTimeout\(/,
    /process\.env\b/,
    /from 'node:fs'/,
  ]
  const inside = /^packages\/(kernel|services|policy|protocols)\/src\//
  const wrong: string[] = []
  for (const { path, text, isTest } of sources) {
    // The kernel's clock is the one door through which the wall's time comes in.
    if (isTest || !inside.test(path) || path === 'packages/kernel/src/clock.ts') continue
    for (const ban of bans) if (ban.test(text)) wrong.push(`${path} uses ${ban.source}: ask ctx`)
  }
  expect(wrong).toEqual([])
})

test('errors are built in errors.ts', () => {
  const wrong = sources
    .filter(({ path, isTest }) => !isTest && /^packages\/services\/src\/[^/]+\//.test(path))
    .filter(
      ({ path }) =>
        !/\/(errors|refusals)\.ts$/.test(path) &&
        !/\/errors\//.test(path) &&
        !path.includes('/shared/'),
    )
    .filter(({ text }) => /\b(awsError|commonError)\(/.test(text))
    .map(({ path }) => `${path} builds an AWS error: give it a name in errors.ts`)
  expect(wrong).toEqual([])
})

test('every service is registered, has a page, and a test', () => {
  const folder = join(root, 'packages/services/src')
  const registry = readFileSync(join(folder, 'registry.ts'), 'utf8')
  const wrong: string[] = []
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name === 'shared') continue
    if (!registry.includes(`'./${entry.name}/service.ts'`))
      wrong.push(`${entry.name} is not in registry.ts`)
    if (!existsSync(join(folder, entry.name, 'README.md')))
      wrong.push(`${entry.name} has no README.md`)
    const files = readdirSync(join(folder, entry.name), { recursive: true }).map(String)
    if (!files.some((file) => file.endsWith('.test.ts'))) wrong.push(`${entry.name} has no test`)
  }
  expect(wrong).toEqual([])
})

test('every system has its files', () => {
  const folder = join(root, 'systems')
  const wrong: string[] = []
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    for (const file of [
      'README.md',
      'system.json',
      'package.json',
      'cdk.json',
      'bin/app.ts',
      'scenario/main.test.ts',
      'scenario/denied.test.ts',
      'scenario/failure.test.ts',
    ]) {
      if (!existsSync(join(folder, name, file))) wrong.push(`systems/${name} has no ${file}`)
    }
    const app = readFileSync(join(folder, name, 'bin/app.ts'), 'utf8')
    if (!app.includes('new AwsSolutionsChecks(app')) wrong.push(`systems/${name} has no cdk-nag`)
  }
  expect(wrong).toEqual([])
})

test('nothing promises later work or names a machine', () => {
  const words = [
    /\bTODO\b/,
    /\bFIXME\b/,
    /\bnot implemented yet\b/i,
    /\/home\/[a-z]+\//,
    new RegExp('/wor' + 'k/'),
  ]
  const wrong: string[] = []
  for (const { path, text } of sources) {
    if (path === 'tools/tidy.test.ts') continue
    for (const word of words) if (word.test(text)) wrong.push(`${path} says ${word.source}`)
  }
  expect(wrong).toEqual([])
})

test('lock files carry no registry addresses', () => {
  expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": "https?:/)
})
