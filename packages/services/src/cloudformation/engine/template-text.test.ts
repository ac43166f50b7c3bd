import { AwsError } from '@cloud-orrery/models'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkTemplate } from './check-template.ts'
import { environment } from './environment.ts'
import { evaluate } from './evaluate.ts'
import { dependencyGraph } from './graph.ts'
import { isObject } from './json.ts'
import { parseTemplate } from './template.ts'
import { readTemplateText } from './template-text.ts'

test('short forms in YAML are the functions that they stand for', () => {
  const text = `
Resources:
  Q:
    Type: AWS::SQS::Queue
    Condition: Wanted
    Properties:
      A: !Ref Name
      B: !GetAtt Other.Arn
      C: !GetAtt [Other, Nested.Arn]
      D: !Sub '\${Name}-x'
      E: !Join ['-', [a, !Select [0, !Split [',', 'b,c']]]]
      F: !If [Wanted, !Base64 x, !ImportValue y]
      G: !FindInMap [Map, Key, Attribute]
      H: !Cidr [10.0.0.0/16, 2, 8]
      I: !GetAZs ''
      J: !Transform { Name: AWS::Include, Parameters: { Location: s3://a/b } }
Conditions:
  Wanted: !And [!Condition Other, !Not [!Equals [a, b]], !Or [!Condition A, !Condition B]]
`
  expect(readTemplateText(text)).toEqual({
    Resources: {
      Q: {
        Type: 'AWS::SQS::Queue',
        Condition: 'Wanted',
        Properties: {
          A: { Ref: 'Name' },
          B: { 'Fn::GetAtt': ['Other', 'Arn'] },
          C: { 'Fn::GetAtt': ['Other', 'Nested.Arn'] },
          D: { 'Fn::Sub': '${Name}-x' },
          E: { 'Fn::Join': ['-', ['a', { 'Fn::Select': [0, { 'Fn::Split': [',', 'b,c'] }] }]] },
          F: { 'Fn::If': ['Wanted', { 'Fn::Base64': 'x' }, { 'Fn::ImportValue': 'y' }] },
          G: { 'Fn::FindInMap': ['Map', 'Key', 'Attribute'] },
          H: { 'Fn::Cidr': ['10.0.0.0/16', 2, 8] },
          I: { 'Fn::GetAZs': '' },
          J: { 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: 's3://a/b' } } },
        },
      },
    },
    Conditions: {
      Wanted: {
        'Fn::And': [
          { Condition: 'Other' },
          { 'Fn::Not': [{ 'Fn::Equals': ['a', 'b'] }] },
          { 'Fn::Or': [{ Condition: 'A' }, { Condition: 'B' }] },
        ],
      },
    },
  })
})

test('scalars are what YAML 1.1 makes of them, and numbers that would lose digits stay texts', () => {
  const text = `
version: 2012-10-17
account: 012345678901
yes: on
no: off
null: ~
number: 1.5
octal: 0755
big: 123456789012345678901
quoted: "true"
block: |
  one
  two
`
  expect(readTemplateText(text)).toEqual({
    version: '2012-10-17',
    account: '012345678901',
    yes: true,
    no: false,
    null: null,
    number: 1.5,
    octal: '0755',
    big: '123456789012345678901',
    quoted: 'true',
    block: 'one\ntwo\n',
  })
})

const refused = (text: string) => {
  try {
    readTemplateText(text)
  } catch (error) {
    if (error instanceof AwsError) return error.message
    throw error
  }
  return 'read'
}

// AWS's JSON reader points behind what it stumbled over, its YAML reader at it.
test('a single y or n is a letter, as it is to the reader of AWS', () => {
  expect(readTemplateText('A: [y, Y, n, N, !Equals [N, Y]]\nB: [yes, No, on, OFF]\n')).toEqual({
    A: ['y', 'Y', 'n', 'N', { 'Fn::Equals': ['N', 'Y'] }],
    B: [true, false, true, false],
  })
})

test.each([
  ['', 'Template format error: unsupported structure.'],
  ['just words', 'Template format error: unsupported structure.'],
  ['[]', 'Template format error: unsupported structure.'],
  ['{"a": 1,}', 'Template format error: JSON not well-formed. (line 1, column 10)'],
  ['{\n  "a": tru\n}', 'Template format error: JSON not well-formed. (line 2, column 9)'],
  ['a: [1, 2', 'Template format error: YAML not well-formed. (line 1, column 9)'],
  ['a: 1\na: 2', 'Template format error: YAML not well-formed. (line 2, column 1)'],
  ['a: !Unknown x', 'Template format error: YAML not well-formed. (line 1, column 4)'],
  [
    'a: &x 1\nb: *x',
    'Template format error: YAML aliases are not allowed in CloudFormation templates',
  ],
])('%j: %s', (text, message) => {
  expect(refused(text)).toBe(message)
})

test('no bomb of aliases, of depth or of brackets is built', () => {
  const aliases = Array.from({ length: 20 }, (_, i) =>
    i === 0 ? 'a0: &a0 [x]' : `a${i}: &a${i} [${`*a${i - 1},`.repeat(9)}]`,
  ).join('\n')
  for (const text of [
    aliases,
    `a: ${'['.repeat(20_000)}`,
    `{"a": ${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
    `a: ${'{a: '.repeat(5000)}`,
    Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
  ]) {
    const start = performance.now()
    expect(refused(text)).toMatch(/^Template format error: /)
    expect(performance.now() - start).toBeLessThan(1000)
  }
})

/** Runs a text through everything that the engine does to a template before it looks anything up. */
function digest(text: string): void {
  const template = parseTemplate(readTemplateText(text))
  checkTemplate(template)
  const parameters = Object.entries(template.parameters).map(([key, definition]) => ({
    key,
    value: definition.default ?? 'x',
  }))
  const stack = {
    accountId: '123456789012',
    region: 'us-east-1',
    partition: 'aws',
    stackId: 'arn:aws:cloudformation:us-east-1:123456789012:stack/s/id',
    stackName: 's',
    notificationArns: [],
  }
  const env = environment(template, stack, parameters, {
    resource: (name) => name,
    attribute: (name, attribute) => `${name}.${attribute}`,
    importValue: (name) => name,
  })
  for (const name of dependencyGraph(template, env.condition).keys()) {
    evaluate(template.resources[name]?.properties ?? {}, env)
  }
  for (const { value } of Object.values(template.outputs)) evaluate(value, env)
}

function refusesOnlyAsAws(text: string): void {
  try {
    digest(text)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    expect(error.code).toMatch(/^(ValidationError|NotImplemented)$/)
  }
}

const names = fc.constantFrom('A', 'B', 'C', 'AWS::Region', 'AWS::NoValue', 'Nothing', '__proto__')
const functions = fc.constantFrom(
  'Ref',
  'Condition',
  ...['And', 'Base64', 'Cidr', 'Equals', 'FindInMap', 'GetAZs', 'GetAtt', 'If', 'ImportValue'].map(
    (name) => `Fn::${name}`,
  ),
  ...['Join', 'Length', 'Not', 'Or', 'Select', 'Split', 'Sub', 'ToJsonString', 'Transform'].map(
    (name) => `Fn::${name}`,
  ),
  'Fn::Unknown',
)
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    names,
    fc.string({ maxLength: 8 }),
    fc.constantFrom('${A}', '${B.Arn}', '${!C}', '${', '0', ''),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(names, tie('value'), { maxKeys: 3 }),
    fc.tuple(functions, tie('value')).map(([name, argument]) => ({ [name]: argument })),
  ),
}))
const sections = fc.record(
  {
    AWSTemplateFormatVersion: fc.constantFrom('2010-09-09', '1'),
    Parameters: fc.dictionary(
      names,
      fc.record(
        { Type: fc.constantFrom('String', 'Number'), Default: value },
        { requiredKeys: [] },
      ),
      { maxKeys: 3 },
    ),
    Mappings: fc.dictionary(names, fc.dictionary(names, fc.dictionary(names, value))),
    Conditions: fc.dictionary(names, value, { maxKeys: 3 }),
    Resources: fc.dictionary(
      names,
      fc.record(
        {
          Type: fc.constantFrom('AWS::SQS::Queue', 'AWS::SNS::Topic'),
          Properties: fc.oneof(fc.dictionary(names, value), value),
          DependsOn: fc.oneof(names, fc.array(names)),
          Condition: names,
          DeletionPolicy: fc.constantFrom('Retain', 'Delete', 'Never'),
        },
        { requiredKeys: ['Type'] },
      ),
      { maxKeys: 4 },
    ),
    Outputs: fc.dictionary(names, fc.record({ Value: value }), { maxKeys: 3 }),
  },
  { requiredKeys: ['Resources'] },
)

test('whatever a template holds, it is taken or refused in words of AWS', () => {
  fc.assert(
    fc.property(sections, (template) => refusesOnlyAsAws(JSON.stringify(template))),
    { numRuns: 1000, seed: 20240101 },
  )
})

test('whatever a text is, it is read or refused in words of AWS', () => {
  const lines = fc.array(
    fc.tuple(
      fc.nat(6),
      fc.constantFrom('a: ', '- ', '? ', '!Ref ', '&x ', '*x', '| ', '> ', '"', "'", '{', ']', '#'),
      fc.string({ maxLength: 6 }),
    ),
    { maxLength: 20 },
  )
  const yaml = lines.map((each) =>
    each.map(([indent, sign, rest]) => ' '.repeat(indent) + sign + rest).join('\n'),
  )
  fc.assert(fc.property(fc.oneof(yaml, fc.string({ unit: 'binary' })), refusesOnlyAsAws), {
    numRuns: 2000,
    seed: 20240102,
  })
})

test('what JSON reads, YAML reads the same', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (json) => {
      if (!isObject(json)) return
      const text = JSON.stringify(json)
      if (/__proto__|[\u0080-\uffff]/.test(text)) return
      expect(readTemplateText(text)).toEqual(JSON.parse(text))
    }),
    { numRuns: 300, seed: 20240103 },
  )
})
