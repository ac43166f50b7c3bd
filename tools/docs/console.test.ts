import { expect, test } from 'vitest'
import { filesOf, printed, stepsOf } from './console.ts'
import { blocksOf } from './pages.ts'

const text = `Write this:

\`\`\`yaml orders.yaml
Resources: {}
\`\`\`

\`\`\`console
$ echo one \\
>   two
one two
$ true
\`\`\`
`

test('a console block is commands and what they print', () => {
  const page = { path: 'page.md', text }
  const [, block] = blocksOf(page)
  expect(block === undefined ? [] : stepsOf(block)).toEqual([
    { line: 8, command: 'echo one \\\n  two', expected: ['one two'] },
    { line: 11, command: 'true', expected: [] },
  ])
  expect(filesOf(page)).toEqual([{ name: 'orders.yaml', text: 'Resources: {}\n', line: 4 }])
})

test.each([
  [['a', 'b'], 'a\nb\n', true],
  [['a', 'b'], 'a\nc\n', false],
  [['a'], 'a\nb\n', false],
  [['', 'a', ''], '\na\n', true],
  [['a', '...'], 'a\nb\nc\n', true],
  [['...', 'c'], 'a\nb\nc\n', true],
  [['id …, done'], 'id 4f2, done\n', true],
  [['id …, done'], 'id 4f2\n, done\n', false],
  [['{', '    "Arn": "…"', '}'], '{\n    "Arn": "arn:aws"\n}\n', true],
])('%j is %j: %s', (expected, output, same) => {
  expect(printed(expected, output)).toBe(same)
})
