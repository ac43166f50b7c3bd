import type { Block, Page } from './pages.ts'
import { blocksOf } from './pages.ts'

/** One command of a ```console block, and what the page says that it prints. */
export interface Step {
  readonly line: number
  readonly command: string
  /** A line `...` stands for any lines, `…` for any text within a line. Empty: the page shows nothing. */
  readonly expected: readonly string[]
}

/** Commands start with `$ `, their further lines with `> `; all else is what they print. */
export function stepsOf(block: Block): Step[] {
  const steps: { line: number; command: string; expected: string[] }[] = []
  for (const [index, text] of block.text.replace(/\n$/, '').split('\n').entries()) {
    const last = steps.at(-1)
    if (text.startsWith('$ ')) {
      steps.push({ line: block.line + index, command: text.slice(2), expected: [] })
    } else if (text.startsWith('> ') && last !== undefined && last.expected.length === 0) {
      last.command += `\n${text.slice(2)}`
    } else last?.expected.push(text)
  }
  return steps
}

/** Files that a page tells its reader to write: blocks whose fence names one, such as ```yaml orders.yaml. */
export function filesOf(page: Page): { name: string; text: string; line: number }[] {
  return blocksOf(page)
    .filter(({ words: [name = ''] }) => /^[\w./-]+\.[a-z]+$/.test(name))
    .map(({ words: [name = ''], text, line }) => ({ name, text, line }))
}

/** Whether a command printed what its page says. */
export function printed(expected: readonly string[], output: string): boolean {
  const first = expected.findIndex((line) => line.trim() !== '')
  const last = expected.findLastIndex((line) => line.trim() !== '')
  const lines = expected
    .slice(first, last + 1)
    .map((line) =>
      line.trim() === '...'
        ? '(?:[^\\n]*\\n)*?'
        : `${line.split('…').map(RegExp.escape).join('[^\\n]*?')}[ \\t]*\\n`,
    )
  return new RegExp(`^${lines.join('')}$`).test(output.replace(/\n*$/, '\n').replace(/^\n+/, ''))
}
