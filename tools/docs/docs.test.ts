import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { commands } from '@cloud-orrery/cli'
import { expect, test } from 'vitest'
import { cliPage } from './cli-page.ts'
import { stepsOf } from './console.ts'
import {
  anchorsOf,
  blocksOf,
  documentationPages,
  linksOf,
  type Page,
  proseOf,
  root,
} from './pages.ts'

const pages = documentationPages()

test('links lead to files and headings that are there', () => {
  const wrong: string[] = []
  for (const page of pages) {
    for (const target of linksOf(page)) {
      if (/^[a-z]+:/.test(target)) continue
      const [file = '', anchor] = target.split('#')
      const path = file === '' ? page.path : normalize(join(dirname(page.path), file))
      if (!existsSync(join(root, path))) wrong.push(`${page.path}: ${target} is not there`)
      else if (anchor !== undefined && !anchorsAt(path).includes(anchor)) {
        wrong.push(`${page.path}: ${path} has no heading #${anchor}`)
      }
    }
  }
  expect(wrong).toEqual([])
})

function anchorsAt(path: string): string[] {
  return anchorsOf({ path, text: readFileSync(join(root, path), 'utf8') })
}

test('every page of docs can be reached from the README', () => {
  const reached = new Set(['README.md'])
  for (const path of reached) {
    const page = pages.find((other) => other.path === path)
    for (const target of page === undefined ? [] : linksOf(page)) {
      const [file = ''] = target.split('#')
      if (/^[a-z]+:/.test(target) || file === '') continue
      const there = normalize(join(dirname(path), file))
      reached.add(there)
      // A link to a folder shows all that is in it.
      if (file.endsWith('/'))
        for (const { path: in_ } of pages) if (in_.startsWith(there)) reached.add(in_)
    }
  }
  expect(
    pages.map(({ path }) => path).filter((path) => path.startsWith('docs/') && !reached.has(path)),
  ).toEqual([])
})

test('no page names a machine or promises later work', () => {
  const words = [
    /\/(?:home|Users)\/[a-z]+/,
    new RegExp('/wor' + 'k/'),
    /\bTODO\b/,
    /\bcoming soon\b/i,
  ]
  const wrong = pages.flatMap(({ path, text }) =>
    words.filter((word) => word.test(text)).map((word) => `${path} says ${word.source}`),
  )
  expect(wrong).toEqual([])
})

test('npm run names scripts that are there', () => {
  const scriptsOf = (folder: string): Record<string, string> => {
    const file = join(root, folder, 'package.json')
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).scripts : {}
  }
  const wrong = pages.flatMap(({ path, text }) => {
    // The page of a system speaks of its own folder's too.
    const scripts = { ...scriptsOf('.'), ...scriptsOf(dirname(path)) }
    return [...text.matchAll(/npm run ([a-z][a-z:-]*)/g)]
      .filter(([, name = '']) => scripts[name] === undefined)
      .map(([line]) => `${path}: ${line}`)
  })
  expect(wrong).toEqual([])
})

test('orrery lines name commands and options that are there', async () => {
  const wrong: string[] = []
  for (const page of pages) {
    for (const line of orreryLines(page)) {
      const complaint = await complaintAbout(line)
      if (complaint !== undefined) wrong.push(`${page.path}: ${line}: ${complaint}`)
    }
  }
  expect(wrong).toEqual([])
})

/** Command lines in blocks and in prose, without comments and without what commands print. */
function orreryLines(page: Page): string[] {
  const typed = blocksOf(page)
    .filter(({ language }) => /^(|sh|bash|console)$/.test(language))
    .flatMap((block) =>
      block.language === 'console' ? stepsOf(block).map(({ command }) => command) : [block.text],
    )
  const line = /(?:\bnpx orrery|^orrery) +([a-z-][^\n;&|)"#]*)/gm
  const inBlocks = typed.flatMap((text) => [...text.matchAll(line)])
  const inProse = [...proseOf(page).matchAll(/`(?:npx )?orrery +([a-z-][^`\n]*)`/g)]
  return [...inBlocks, ...inProse].map(([, words = '']) => words.trim())
}

async function complaintAbout(line: string): Promise<string | undefined> {
  const [name = '', ...words] = line.split(/\s+/)
  if (/^(help|--help|--version|COMMAND)$/.test(name)) return undefined
  const load = commands[name]
  if (load === undefined) return `there is no command '${name}'`
  const { command } = await load()
  const options = [...command.usage.matchAll(/--[a-z-]+/g)].map(([option]) => option)
  const unknown = words
    .filter((word) => word.startsWith('--'))
    .map((word) => word.replace(/=.*|[^a-z-]+$/, ''))
    .filter((option) => option !== '--help' && !options.includes(option))
  return unknown.length === 0 ? undefined : `it does not take ${unknown.join(', ')}`
}

test('the page of the command line says what the commands say (npm run docs writes it)', async () => {
  const path = join(root, 'docs/reference/cli.md')
  expect(existsSync(path) && readFileSync(path, 'utf8')).toBe(await cliPage())
})

test('every SimulatorError has a paragraph, and every paragraph its error', () => {
  const used = new Set<string>()
  for (const path of globSync('packages/*/src/**/*.ts', { cwd: root })) {
    if (/\.(test|test-support)\.ts$/.test(path)) continue
    const text = readFileSync(join(root, path), 'utf8')
    for (const [, code] of text.matchAll(/new SimulatorError\(\s*'(\w+)'/g)) used.add(code ?? '')
  }
  const page = readFileSync(join(root, 'docs/reference/errors.md'), 'utf8')
  const sections = page.split(/^## /m).slice(1)
  const described = sections.map((section) => /^\w+/.exec(section)?.[0] ?? '')
  expect(described).toEqual([...used].sort())
  for (const section of sections) {
    expect(section).toMatch(/^\w+\n\n\*\*What happened\.\*\* \S[\s\S]+?\n\*\*What to do\.\*\* \S/)
  }
})

test('every row of the page on determinism names a test that is there', () => {
  const page = 'docs/explanation/determinism.md'
  const rows = readFileSync(join(root, page), 'utf8')
    .split('\n')
    .filter((line) => /^\| [A-Z]/.test(line))
  const wrong = rows.filter((row) => {
    const [, file = '', name = ''] = /\]\(([^)]+\.test\.ts)\): (.+?) *\|$/.exec(row) ?? []
    const path = join(root, dirname(page), file)
    return file === '' || !existsSync(path) || !readFileSync(path, 'utf8').includes(`'${name}`)
  })
  expect(rows.length).toBeGreaterThan(10)
  expect(wrong).toEqual([])
})
