import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PolicyError, type PolicyKind, parsePolicy } from './index.ts'

/** One row of `documents.json`: a document, and AWS's words if it is refused. */
interface Row {
  readonly name: string
  readonly kind: PolicyKind
  readonly document?: unknown
  readonly text?: string
  readonly requireResource?: boolean
  readonly error: string | null
}

const rows: readonly Row[] = JSON.parse(
  readFileSync(new URL('./documents.json', import.meta.url), 'utf8'),
)

function refusal(text: string, kind: PolicyKind, requireResource = false): string | null {
  try {
    parsePolicy(text, kind, { requireResource })
    return null
  } catch (error) {
    if (error instanceof PolicyError) return error.message
    throw error
  }
}

for (const { name, kind, document, text, requireResource, error } of rows) {
  test(`${kind}: ${name} ${error === null ? 'is taken' : 'is refused'}`, () => {
    expect(refusal(text ?? JSON.stringify(document), kind, requireResource)).toBe(error)
  })
}

const kinds = ['identity', 'managed', 'resource', 'trust', 'boundary', 'session'] as const

const elements = fc.constantFrom(
  'Version',
  'Id',
  'Statement',
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
  'StringEquals',
  'DateLessThan',
  'AWS',
  'Service',
)
const scalars = fc.oneof(
  fc.constantFrom('2012-10-17', 'Allow', 'Deny', '*', 's3:*', 'arn:aws:s3:::b', 'a:b', ':', '${'),
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
)
const documents = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    scalars,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(elements, fc.string()), tie('value'), { maxKeys: 5 }),
  ),
})).value

test('whatever the JSON, a document is read or refused with a PolicyError', () => {
  fc.assert(
    fc.property(documents, fc.constantFrom(...kinds), (document, kind) => {
      const shape = { Version: '2012-10-17', Statement: document }
      refusal(JSON.stringify(document), kind)
      refusal(JSON.stringify(shape), kind)
    }),
    { numRuns: 2000, seed: 1 },
  )
})

test('whatever the text, it is read or refused with a PolicyError', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '\\',
    '"Statement"',
    'null',
    '1',
  )
  const texts = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 30 }).map((p) => p.join('')),
  )
  fc.assert(
    fc.property(texts, fc.constantFrom(...kinds), (text, kind) => void refusal(text, kind)),
    { numRuns: 2000, seed: 2 },
  )
})

test('a very long or very deep text is refused without harm', () => {
  const deep = `{"Statement":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
  expect(refusal(deep, 'identity')).toBe('Syntax errors in policy.')
  expect(refusal(`{"Statement":"${'x'.repeat(1_000_000)}"}`, 'identity')).toBe(
    'Syntax errors in policy.',
  )
})
