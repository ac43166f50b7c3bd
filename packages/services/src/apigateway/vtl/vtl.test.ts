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
