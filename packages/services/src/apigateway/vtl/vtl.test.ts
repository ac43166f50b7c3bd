import { expect, test } from 'vitest'
import { renderTemplate } from './render.ts'
import { inputVariable, utilVariable } from './variables.ts'

function rendered(template: string, body: unknown = {}): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const parameters = { path: { id: '7' }, querystring: { q: 'a b' }, header: { Accept: 'x/y' } }
  return renderTemplate(template, {
    input: inputVariable(text, parameters),
    util: utilVariable(),
    context: { stage: 'dev', responseOverride: { header: {} } },
  })
}

test('conditions, loops and sets', () => {
  const template = `#set($sum = 0)
#foreach($item in $input.path('$.items'))
#set($sum = $sum + $item.price * 2)
$foreach.count:$item.name#if($foreach.hasNext),#end

#end
#if($sum > 10 && !$missing)big#elseif($sum == 0)none#{else}small#end`
  const body = {
    items: [
      { name: 'a', price: 3 },
      { name: 'b', price: 4 },
    ],
  }
  expect(rendered(template, body)).toBe('1:a,\n2:b\nbig')
})

test('quotes, escapes, comments and what is not read', () => {
  expect(
    rendered('#set($x = "a ${context.stage} b")$x \\$x ## gone\n#* gone *#$!none#[[$x]]#'),
  ).toBe('a dev b $x $x')
  expect(rendered("#set($single = '$x')$single costs $5 #hash #1")).toBe('$x costs $5 #hash #1')
})

test('maps and lists of JSON and of the template', () => {
  expect(rendered("$input.path('$')", { foo: 'bar', list: [{ a: 1 }] })).toBe(
    '{foo=bar, list=[{"a":1}]}',
  )
  expect(rendered('#set($l = [1, "two", [3..5]])$l $l.size() $l[2][1]')).toBe(
    '[1, two, [3, 4, 5]] 3 4',
  )
  expect(rendered('#set($m = {"a": 1})$!m.put("b", 2)$m $m.keySet() $m.b')).toBe(
    '{a=1, b=2} [a, b] 2',
  )
  expect(
    rendered('#foreach($e in $input.path("$").entrySet())$e.key=$e.value;#end', { a: 1, b: 2 }),
  ).toBe('a=1;b=2;')
})

test('$input and $util', () => {
  expect(rendered("$input.json('$.a') $input.json('$.none') $input.body", { a: [1] })).toBe(
    '[1] "" {"a":[1]}',
  )
  expect(
    rendered("$input.params('id') $input.params('q') $input.params('accept') [$input.params('z')]"),
  ).toBe('7 a b x/y []')
  expect(rendered('$input.params().path.id $input.params().header.get("Accept")')).toBe('7 x/y')
  expect(
    rendered(
      `$util.escapeJavaScript($input.path('$.t')) $util.urlEncode("a b&c") $util.base64Encode("x")`,
      { t: `a"b'c\nd` },
    ),
  ).toBe('a\\"b\\\'c\\nd a+b%26c eA==')
  expect(rendered('#set($p = $util.parseJson($input.body))$p.a.b', { a: { b: 5 } })).toBe('5')
})

test('JSON paths with wildcards, slices and filters', () => {
  const body = {
    s: [
      { n: 'a', p: 1 },
      { n: 'b', p: 2 },
    ],
    'odd name': { x: true },
  }
  expect(
    rendered("$input.json('$.s[*].n') $input.json('$.s[-1].p') $input.json('$..p')", body),
  ).toBe('["a","b"] 2 [1,2]')
  expect(rendered(`$input.json("$.s[?(@.p > 1)].n") $input.json("$['odd name'].x")`, body)).toBe(
    '["b"] true',
  )
})

test('macros, definitions, texts in texts', () => {
  expect(rendered('#macro(hi $a)<$a>#end#hi("x")#hi($context.stage)')).toBe('<x><dev>')
  expect(rendered('#define($b)[$context.stage]#end$b$b')).toBe('[dev][dev]')
  expect(rendered(`#set($q = "say \\"$context.stage\\"")$q`)).toBe('say "dev"')
})

test('a template that does not parse or does not end is refused', () => {
  expect(() => rendered('#if($x)')).toThrow('#if has no #end')
  expect(() => rendered('#set($x = )')).toThrow('where a value was expected')
  expect(() => rendered('#foreach($i in [1..1001])x#end')).toThrow('1000 rounds')
  expect(() =>
    rendered(
      '#set($r=[1..1000])#foreach($a in $r)#foreach($b in $r)#foreach($c in $r).#end#end#end',
    ),
  ).toThrow('too many steps')
  expect(() => rendered('#macro(f)#f()#end#f()')).toThrow('20 deep')
  expect(() => rendered(`$context.stage.matches('(a+)+b')`)).toThrow('regular expression')
})

const twice = (change: string) => `#foreach($i in [1..60])#set($x = ${change})#end`
const largest = '"'.padEnd(1000, 'a').concat('"')

test.each([
  ['texts that double', `#set($x = ${largest})${twice('"$x$x"')}`, 'too large'],
  ['sums that double', `#set($x = ${largest})${twice('$x + $x')}`, 'too large'],
  ['joined texts', `#set($x = ${largest})${twice('$x.concat($x)')}`, 'too large'],
  ['replacements', `#set($x = ${largest})${twice(`$x.replace("a", ${largest})`)}`, 'too large'],
  ['patterns', `#set($x = ${largest})${twice(`$x.replaceAll("a", ${largest})`)}`, 'too large'],
  ['groups', `#set($x = ${largest})${twice('$x.replaceAll("(a+)", "$1$1")')}`, 'too large'],
  ['encodings', `#set($x = ${largest})${twice('$util.escapeJavaScript("$x$x")')}`, 'too large'],
  ['lists within lists', `#set($x = [1])${twice('[$x, $x]')}$x`, 'too large'],
  ['maps within maps', `#set($x = {})${twice('{"a": $x, "b": $x}')}$x`, 'too large'],
  ['a list in itself', '#set($x = [])$x.add($x)$x', 'nested too deeply'],
  ['a map in itself', '#set($x = {})#set($x.a = $x)$x', 'nested too deeply'],
  ['JSON in itself', `#set($x = $input.path('$.list'))$x.add($x)$x`, 'nested too deeply'],
  [
    'a list that grows by itself',
    '#set($x = [1])#foreach($i in [1..60])#set($y = $x.addAll($x))#end',
    'too long',
  ],
  ['a block in itself', '#define($x)$x#end$x', 'nested too deeply'],
  ['blocks in each other', '#define($x)$y$y#end#define($y)$x$x#end$x', 'nested too deeply'],
  ['a long range', '#set($x = [1..2000000000])', 'too long'],
  ['parentheses', `#set($x = ${'('.repeat(100_000)}1)`, 'nested too deeply'],
  ['lists', `#set($x = ${'['.repeat(100_000)}1])`, 'nested too deeply'],
  ['negations', `#if(${'!'.repeat(100_000)}$x)#end`, 'nested too deeply'],
  ['conditions', '#if(true)'.repeat(50_000), 'nested too deeply'],
])('what would take all memory or never end is refused: %s', (_, template, words) => {
  expect(() => rendered(template, { list: [1] })).toThrow(words)
})

test('what a template says of prototypes is its own', () => {
  expect(rendered('#set($x = {})#set($x.__proto__.a = 1)#set($__proto__ = {"b": 2})$!b')).toBe('')
  expect(rendered('$!x.constructor.constructor("return 1")')).toBe('')
  expect(Object.hasOwn(Object.prototype, 'a')).toBe(false)
})

test('replacements name groups as in Java', () => {
  expect(rendered(`#set($x = "a-b")$x.replaceAll("(a)-(b)", '$2-$1-\\$2')`)).toBe('b-a-$2')
})

test('overrides are set into the context', () => {
  const context = { responseOverride: { header: {} } }
  renderTemplate(
    '#set($context.responseOverride.status = 404)#set($context.responseOverride.header.x = "y")',
    {
      context,
    },
  )
  expect(context).toEqual({ responseOverride: { status: 404, header: { x: 'y' } } })
})
