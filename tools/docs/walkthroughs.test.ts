import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { filesOf, printed, stepsOf } from './console.ts'
import { blocksOf, documentationPages } from './pages.ts'
import { findAws, openShell } from './shell.test-support.ts'

/** Pages with ```console blocks are walked through, command by command, in a shell; what they show is compared. */

const aws = findAws()

const pages = documentationPages()
  .map((page) => ({
    page,
    steps: blocksOf(page)
      .filter(({ language }) => language === 'console')
      .flatMap(stepsOf),
  }))
  .filter(({ steps }) => steps.length > 0)

test('there is a tutorial to walk through', () => {
  expect(pages.map(({ page }) => page.path)).toContain('docs/tutorial/first-stack.md')
})

describe.concurrent('pages with commands', () => {
  test.for(pages)('$page.path does what it says', { timeout: 240_000 }, async (walk, context) => {
    const { page, steps } = walk
    const needsAws = steps.some(({ command }) => /\baws /.test(command))
    if (needsAws && aws === undefined) return context.skip('there is no AWS CLI here')
    const shell = await openShell(aws)
    try {
      for (const { name, text } of filesOf(page)) {
        mkdirSync(dirname(join(shell.folder, name)), { recursive: true })
        writeFileSync(join(shell.folder, name), text)
      }
      const wrong: string[] = []
      for (const { line, command, expected } of steps) {
        const { code, output } = await shell.run(command)
        const asSaid = expected.length === 0 ? code === 0 : printed(expected, output)
        if (!asSaid)
          wrong.push(`${page.path}:${line} ends with ${code}: ${command}\n${output.trim()}`)
      }
      context.expect(wrong.join('\n\n')).toBe('')
    } finally {
      await shell.end()
    }
  })
})
