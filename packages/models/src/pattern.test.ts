import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadServiceModel } from './load.ts'
import { compilePattern } from './pattern.ts'
import type { Shape } from './shape.ts'

const matches = (pattern: string, value: string): boolean | undefined =>
  compilePattern(pattern)?.test(value)

test('a pattern matches the whole value, with or without anchors of its own', () => {
  expect(matches('[a-z]+', 'ab1')).toBe(false)
  expect(matches('^[a-z]+$', 'ab')).toBe(true)
  expect(matches('a|b', 'ab')).toBe(false)
})

test("Java's escapes, classes and quantifiers are understood", () => {
  expect(matches(String.raw`[\p{L}\p{Z}\p{N}_.:/=+\-@]*`, 'Größe: 1/2')).toBe(true)
  expect(matches(String.raw`\p{Alnum}+`, 'a1')).toBe(true)
  expect(matches(String.raw`[\p{Print}&&[^x]]`, 'a')).toBeUndefined()
  expect(matches(String.raw`[\.\-_/#A-Za-z0-9]+`, 'a/b#c-d_e.f')).toBe(true)
  expect(matches('[a-z]++b?', 'abc')).toBe(true)
  expect(matches('(?i)abc', 'ABC')).toBe(true)
  expect(matches(String.raw`\A[ab]\z`, 'a')).toBe(true)
  expect(matches(String.raw`a\+b`, 'a+b')).toBe(true)
})

test('JavaScript takes every pattern of the models, but for those named here', () => {
  const refused: string[] = []
  const folder = new URL('../data', import.meta.url)
  for (const file of readdirSync(folder).filter((it) => /^[a-z0-9]+\.json$/.test(it))) {
    if (file === 'serverless.json') continue // SAM's own types: no service.
    const model = loadServiceModel(file.replace('.json', ''))
    const walk = ({ name, pattern }: Pick<Shape, 'name' | 'pattern'>): void => {
      if (pattern !== undefined && compilePattern(pattern) === undefined) {
        refused.push(`${model.name} ${name}`)
      }
    }
    for (const shape of Object.values(model.shapes)) {
      walk(shape)
      for (const member of Object.values(shape.members ?? {})) walk(member)
    }
  }
  expect(refused).toEqual([])
})
