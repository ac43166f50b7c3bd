import { globSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The documentation as its tests see it: pages, their fenced blocks, their links. */

export const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Page {
  /** From the root, with forward slashes. */
  readonly path: string
  readonly text: string
}

export interface Block {
  readonly page: Page
  /** Of its first line of content, from 1. */
  readonly line: number
  /** `ts`, `yaml`, `console`; empty where the fence names none. */
  readonly language: string
  /** What else the fence says: `no-run`, a file's name. */
  readonly words: readonly string[]
  readonly text: string
}

const patterns = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'docs/**/*.md',
  'bench/README.md',
  'packages/*/README.md',
  'packages/services/src/*/README.md',
  'systems/*/README.md',
]

export function documentationPages(): Page[] {
  return globSync(patterns, { cwd: root })
    .map((path) => path.split(sep).join('/'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

/** Fenced blocks in their order, without the indentation of the list that they may stand in. */
export function blocksOf(page: Page): Block[] {
  const blocks: Block[] = []
  const fence = /^( *)```(\S*)(.*)\n([\s\S]*?)^\1```$/gm
  for (const match of page.text.matchAll(fence)) {
    const [, indent = '', language = '', rest = '', content = ''] = match
    const before = page.text.slice(0, match.index)
    blocks.push({
      page,
      line: before.split('\n').length + 1,
      language,
      words: rest.trim().split(/\s+/).filter(Boolean),
      text: content.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    })
  }
  return blocks
}

/** The page without its fenced blocks. */
export function proseOf(page: Page): string {
  return page.text.replaceAll(/^( *)```[\s\S]*?^\1```$/gm, '')
}

/** Where the page's links and pictures lead. */
export function linksOf(page: Page): string[] {
  return [...proseOf(page).matchAll(/\]\(([^)\s]+)[^)]*\)/g)].map(([, target]) => target ?? '')
}

/** Anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(page: Page): string[] {
  return [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  )
}
