import { expect, test } from 'vitest'
import { statementPositions } from './statement-positions.ts'

test('a single statement is found behind its brace', () => {
  const text = '{"Version":"2012-10-17","Statement":{"Effect":"Allow"}}'
  expect(statementPositions(text)).toEqual([
    { StartPosition: { Line: 1, Column: 38 }, EndPosition: { Line: 1, Column: 55 } },
  ])
})

test('statements of a list are found on their lines, braces in strings and conditions aside', () => {
  const text = [
    '{',
    '  "Id": "Statement",',
    '  "Statement": [',
    '    { "Sid": "a}", "Condition": { "Bool": {} } },',
    '    {',
    '      "Sid": "b\\"{"',
    '    }',
    '  ]',
    '}',
  ].join('\n')
  expect(statementPositions(text)).toEqual([
    { StartPosition: { Line: 4, Column: 6 }, EndPosition: { Line: 4, Column: 49 } },
    { StartPosition: { Line: 5, Column: 6 }, EndPosition: { Line: 7, Column: 6 } },
  ])
})
