import { expect, test } from 'vitest'
import { parseTemplate } from './parse.ts'
import { render } from './render.ts'

const filled = (template: string, data: unknown) => render(parseTemplate(template), data)

test('names that every object has are no data', () => {
  expect(() => filled('{{constructor.name}}', {})).toThrow(
    "Attribute 'constructor.name' is not present in the rendering data.",
  )
  expect(filled('{{__proto__}}', JSON.parse('{"__proto__":"x"}'))).toBe('x')
})

test.each([
  ['loops in loops', `${'{{#each a}}'.repeat(40)}x${'{{/each}}'.repeat(40)}`, { a: [1, 2, 3, 4] }],
  ['empty loops', '{{#each @root.a}}'.repeat(40) + '{{/each}}'.repeat(40), { a: [1, 2, 3, 4] }],
  ['partials', '{{#*inline "p"}}{{> p}}{{> p}}{{/inline}}{{> p}}', {}],
])('%s come to an end', (_, template, data) => {
  expect(() => filled(template, data)).toThrow('The template takes too many steps.')
})
