import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileFilterPattern } from './compilation.ts'

function matching(pattern: string, messages: readonly string[]): string[] {
  const match = compileFilterPattern(pattern)
  return messages.filter((message) => match(message) !== undefined)
}

const access = [
  '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /apache_pb.gif HTTP/1.0" 200 1534',
  '127.0.0.1 - frank [10/Oct/2000:13:35:22 -0700] "GET /index.html HTTP/1.0" 500 5324',
  '10.0.0.9 - eve [10/Oct/2000:13:50:35 -0700] "GET /missing.html HTTP/1.0" 404 4355',
]
const [gif = '', index = '', missing = ''] = access

const levels = ['ERROR WARN message', 'ERROR message', 'WARN message', 'Exiting with ERRORCODE: -1']

test.each([
  ['', levels],
  [' ', levels],
  ['""', levels],
  ['ERROR', ['ERROR WARN message', 'ERROR message', 'Exiting with ERRORCODE: -1']],
  ['error', []],
  ['ERROR WARN', ['ERROR WARN message']],
  ['?ERROR ?WARN', levels],
  ['?ERRORCODE ?WARN', ['ERROR WARN message', 'WARN message', 'Exiting with ERRORCODE: -1']],
  ['ERROR -WARN', ['ERROR message', 'Exiting with ERRORCODE: -1']],
  ['"ERROR" - "Exiting"', ['ERROR WARN message', 'ERROR message']],
  ['"WARN message"', ['ERROR WARN message', 'WARN message']],
  ['-ERROR', ['WARN message']],
  ['?WARN Exiting', ['Exiting with ERRORCODE: -1']],
  ['%^ERROR .*%', 'refused'],
  ['%^ERROR%', ['ERROR WARN message', 'ERROR message']],
  ['%W.RN\\s%', ['ERROR WARN message', 'WARN message']],
])('terms: %s', (pattern, expected) => {
  if (expected === 'refused') expect(() => matching(pattern, levels)).toThrow()
  else expect(matching(pattern, levels)).toEqual(expected)
})

test('a phrase may hold quotes and backslashes', () => {
  expect(matching('"\\"level\\":\\"error\\""', ['{"level":"error"}', 'level'])).toEqual([
    '{"level":"error"}',
  ])
})

test.each([
  ['[ip, user, username, timestamp, request, status_code, bytes]', access],
  ['[ip, user, username, timestamp, request, status_code]', []],
  ['[..., status_code, bytes]', access],
  ['[ip, ...]', access],
  ['[ip, ..., bytes > 4000]', [index, missing]],
  ['[ip, ..., status_code = 4*, bytes]', [missing]],
  ['[..., status_code = 200, bytes]', [gif]],
  ['[..., status_code = 404 || status_code = 500, bytes]', [index, missing]],
  ['[..., status_code != 404 && status_code != 500, bytes]', [gif]],
  ['[ip, user, username, timestamp, request =*.html*, status_code = 4*, bytes]', [missing]],
  ['[ip, user, username = "frank", ...]', [gif, index]],
  ['[ip = %127\\.0\\.0\\.[1-9]%, ...]', [gif, index]],
  ['[w1=ERROR, w2]', []],
])('fields: %s', (pattern, expected) => {
  expect(matching(pattern, access)).toEqual(expected)
})

test('a pattern for fields wants as many as the line has', () => {
  expect(matching('[w1=ERROR, w2]', levels)).toEqual(['ERROR message'])
  expect(matching('[w1=ERROR || w1=WARN, w2]', levels)).toEqual(['ERROR message', 'WARN message'])
})

test('fields are extracted by name, or by number where they have none', () => {
  const match = compileFilterPattern('[..., request=*.html*, status_code=4*,]')
  expect(match(missing)).toEqual({
    $1: '10.0.0.9',
    $2: '-',
    $3: 'eve',
    $4: '10/Oct/2000:13:50:35 -0700',
    $request: 'GET /missing.html HTTP/1.0',
    $status_code: '404',
    $7: '4355',
  })
})

const trail = JSON.stringify({
  eventType: 'UpdateTrail',
  sourceIPAddress: '111.111.111.111',
  arrayKey: ['value', 'another value'],
  objectList: [
    { name: 'a', id: 1 },
    { name: 'b', id: 2 },
  ],
  SomeObject: null,
  ThisFlag: true,
  latency: 500,
  small: 0.005,
  'detail-type': 'x',
})

test.each([
  ['{ $.eventType = "UpdateTrail" }', true],
  ['{ $.eventType = UpdateTrail }', true],
  ['{ $.eventType != "UpdateTrail" }', false],
  ['{ $.eventType = "Update*" }', true],
  ['{ $.eventType = *Trail }', true],
  ['{ $.eventType = *date* }', true],
  ['{ $.eventType = Up*ail }', false],
  ['{ $.eventType = %Tra[ij]l$% }', true],
  ['{ $.sourceIPAddress != 123.123.* }', true],
  ['{ $.sourceIPAddress = 111.111.* }', true],
  ['{ $.arrayKey[0] = "value" }', true],
  ['{ $.arrayKey[5] = "value" }', false],
  ['{ $.objectList[1].id = 2 }', true],
  ['{ $.arrayKey = "value" }', false],
  ['{ $.arrayKey != "value" }', false],
  ['{ $.nothing != "value" }', false],
  ['{ $.SomeObject IS NULL }', true],
  ['{ $.SomeOtherObject NOT EXISTS }', true],
  ['{ $.SomeObject NOT EXISTS }', false],
  ['{ $.ThisFlag IS TRUE }', true],
  ['{ $.ThisFlag IS FALSE }', false],
  ['{ $.latency >= 500 }', true],
  ['{ $.latency > +1000 }', false],
  ['{ $.small < 10e-3 }', true],
  ['{ $.latency = * }', true],
  ['{ $.latency = 5* }', true],
  ['{ $.detail-type = x }', true],
  ['{ $.eventType = a || $.latency = 500 && $.ThisFlag IS TRUE }', true],
  ['{ ($.eventType = UpdateTrail || $.latency = 1) && $.latency = 2 }', false],
  ['{ $.eventType = UpdateTrail || $.latency = 1 && $.latency = 2 }', true],
])('JSON: %s is %s', (pattern, expected) => {
  expect(compileFilterPattern(pattern)(trail) !== undefined).toBe(expected)
})

test('JSON patterns match no other lines', () => {
  expect(matching('{ $.a NOT EXISTS }', ['a', '[1]', '{', '{}'])).toEqual(['{}'])
})

test.each([
  ['?Status: timeout', "Invalid character(s) in term ':'"],
  ['user@example', "Invalid character(s) in term '@'"],
  ['`a`', "Invalid character(s) in term '`'"],
  ['(', "Invalid character(s) in term '('"],
  ['{ $."sc-status" = 5* }', "Invalid character(s) in term '$.\"'"],
  ['%something!%', "Invalid character(s) in term '!'"],
  ['%a(b)%', "Invalid character(s) in term '('"],
  ['"open', 'Invalid filter pattern'],
  ['{ $.a = }', 'Invalid filter pattern'],
  ['{ $.a = b', 'Invalid filter pattern'],
  ['{ ($.a = b }', 'Invalid filter pattern'],
  ['{ $.a > b }', 'Invalid filter pattern'],
  ['[a, b', 'Invalid filter pattern'],
  ['[..., a, ...]', 'Invalid filter pattern'],
  ['[a = ]', 'Invalid filter pattern'],
  ['%[%', 'Invalid filter pattern'],
  ['[a=%x%, b=%y%, c=%z%]', 'Invalid filter pattern'],
])('%s is refused', (pattern, message) => {
  expect(() => compileFilterPattern(pattern)).toThrow(message)
})

test('no pattern of any form brings it down', () => {
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    '$.a',
    '"',
    '%',
    '*',
    '&&',
    '||',
    ',',
    ' ',
    '=',
    '(',
    ')',
    'x',
  ]
  const patterns = fc.array(fc.constantFrom(...pieces), { maxLength: 12 })
  fc.assert(
    fc.property(
      fc.oneof(
        patterns.map((it) => it.join('')),
        fc.string(),
      ),
      (pattern) => {
        try {
          compileFilterPattern(pattern)('{"a":"x"}')
        } catch (error) {
          expect(error).toMatchObject({ code: 'InvalidParameterException' })
        }
      },
    ),
    { numRuns: 3000 },
  )
})
