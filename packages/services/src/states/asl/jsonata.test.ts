import { expect, test } from 'vitest'
import { FieldFailure } from './failures.ts'
import type { Json } from './json.ts'
import { evaluateJsonata } from './jsonata.ts'
import { newParsedTexts, run, type Surroundings } from './surroundings.ts'

const nowMs = Date.UTC(2030, 4, 17, 12, 30, 15, 250)

const around: Surroundings = {
  input: null,
  context: () => ({}),
  variables: {},
  chance: { uuid: () => 'uuid', float: () => 0.5 },
  nowMs,
  parsed: newParsedTexts(),
}

const value = async (text: string, input: Json = null): Promise<Json> =>
  await run(evaluateJsonata(text, 'Output', { ...around, input }, {}))

async function failure(text: string, input: Json = null): Promise<string> {
  try {
    return `no failure: ${JSON.stringify(await value(text, input))}`
  } catch (error) {
    if (!(error instanceof FieldFailure)) throw error
    return error.message.slice(error.message.indexOf("'Output' ") + 9)
  }
}

test.each([
  ['$contains("abracadabra", /a.*a/)', true],
  ['$contains("abc", /^b/)', false],
  ['$contains("Hello World", /wo/i)', true],
  ['$contains("a\\nb", /^b$/m)', true],
  ['$replace("John Smith", /(\\w+)\\s(\\w+)/, "$2, $1")', 'Smith, John'],
  ['$replace("abcabc", /b(?=c)/, "-", 1)', 'a-cabc'],
  [
    '$replace("temp 68F", /(\\d+)F/, function($m) { $number($m.groups[0]) - 30 & "C" })',
    'temp 38C',
  ],
  ['$split("so, many , words", /\\s*,\\s*/)', ['so', 'many', 'words']],
  ['$split("a1b22c", /\\d+?/, 2)', ['a', 'b']],
  [
    '$match("ababbabbcc", /a(b+)/)',
    [
      { match: 'ab', index: 0, groups: ['b'] },
      { match: 'abb', index: 2, groups: ['bb'] },
      { match: 'abb', index: 5, groups: ['bb'] },
    ],
  ],
  ['$match("2021-03-04", /(?<y>\\d{4})-(\\d{2})/).groups', ['2021', '03']],
  ['$contains("say say", /(\\w+) \\1/)', true],
  ['$contains("say so", /\\b(\\w+) \\1\\b/)', false],
  ['$contains("price: 10", /(?<!\\$)\\b10/)', true],
  ['$contains("x]y{", /x\\]y\\{/)', true],
  ['$match("aab", /(?:(a)|b)*/)', { match: 'aab', index: 0, groups: [null] }],
  ['$match("foobar", /foo(baz)?/).match', 'foo'],
])('%s', async (text, expected) => {
  expect(await value(text)).toEqual(expected)
})

test.each(['/(a+)+b/', '/(a|aa)+$/', '/(.*)*x/', '/(a*)*(a*)*(a*)*b/'])(
  '%s comes to an end on a text that it does not match',
  async (pattern) => {
    const text = `$contains("${'a'.repeat(40)}c", ${pattern})`
    expect(await failure(text)).toBe(
      'threw an error during evaluation: The evaluation takes too many steps',
    )
  },
)

test('long texts are read by simple patterns', async () => {
  expect(await value(`$count($match($pad("", 100000, "word "), /\\w+/))`)).toBe(20_000)
})

test('a pattern with too many repetitions is refused', async () => {
  expect(await failure('$contains("a", /((a{1,99}){1,99}){1,99}/)')).toBe(
    'threw an error during evaluation: The pattern is too large',
  )
})

test('what a picture leaves out comes from model time', async () => {
  expect(await value('$toMillis("08:15", "[H01]:[m01]")')).toBe(Date.UTC(2030, 4, 17, 8, 15))
  expect(await value('$toMillis("Mar 5", "[MNn,3-3] [D]")')).toBe(Date.UTC(2030, 2, 5))
  expect(await value('$toMillis("2020-01-02T03:04:05Z")')).toBe(Date.UTC(2020, 0, 2, 3, 4, 5))
  expect(await value('"2020-01-02" ~> $toMillis()')).toBe(Date.UTC(2020, 0, 2))
})

test('$now and $millis are model time', async () => {
  expect(await value('[$now(), $now("[Y]/[M]/[D]"), $millis(), $fromMillis($millis())]')).toEqual([
    '2030-05-17T12:30:15.250Z',
    '2030/5/17',
    nowMs,
    '2030-05-17T12:30:15.250Z',
  ])
})

test('a picture that can be read in countless ways is refused', async () => {
  const text = `$toMillis("${'1'.repeat(60)}x", "${'[Y]'.repeat(20)}")`
  expect(await failure(text)).toBe(
    'threw an error during evaluation: The picture can be read in too many ways',
  )
})

test.each([
  ['$pad("x", 2000000000)', 'threw an error during evaluation: The text is too long'],
  ['($a := [1..1000]; $b := $a.[$a]; $b.[$b])', 'threw an error during evaluation'],
  [
    '($f := function($s, $n) { $n = 0 ? $s : $f($s & $s, $n - 1) }; $f("ab", 60))',
    'threw an error',
  ],
  ['$sum([1..900000])', 'threw an error during evaluation'],
  ['$eval("1")', 'threw an error during evaluation. T1006'],
])('%s fails', async (text, expected) => {
  expect(await failure(text)).toContain(expected)
})

test.each([
  '$sum([1..1000].$length($uppercase($states.input.long)))',
  '$map([1..1000], function($i) { $trim($states.input.long) })',
  '$join([1..5000].$states.input.long)',
  '[1..5000].$split($states.input.long, "b")',
  '[1..100000].$contains($states.input.long, "b")',
  '$string([1..5000].$states.input.long)',
])('%s ends before long', async (text) => {
  const began = performance.now()
  const said = await failure(text, { long: 'a'.repeat(100_000) })
  expect(said).toContain('The evaluation takes too many steps')
  expect(performance.now() - began).toBeLessThan(5000)
})

test('functions on texts take their context, and each other, as they always did', async () => {
  expect(
    await value(
      '[$uppercase("ß"), ("a b").$length(), ["x", "y"] ~> $join("-") ~> $uppercase, $map(["p"], $uppercase), $string({"a": 1}), $number("0x10"), $split("a1b", /[0-9]/), $replace("aba", /a/, function($m) { $m.match & "!" }), "é" ~> $base64encode, ($first := $substring(?, 0, 1); $first("xyz"))]',
    ),
  ).toEqual(['SS', 3, 'X-Y', 'P', '{"a":1}', 16, 'a', 'b', 'a!ba!', '6Q==', 'x'])
})

test('$pad pads as it always did', async () => {
  expect(
    await value('[$pad("foo", 5), $pad("foo", -5, "#"), $pad("foo", 8, "-+"), $pad("foo", 2)]'),
  ).toEqual(['foo  ', '##foo', 'foo-+-+-', 'foo'])
})
