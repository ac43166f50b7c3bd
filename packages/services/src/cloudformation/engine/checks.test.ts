import { expect, test } from 'vitest'
import { neededCapabilities } from './capabilities.ts'
import { checkTemplate } from './check-template.ts'
import { dependencyGraph } from './graph.ts'
import type { JsonObject } from './json.ts'
import { chooseParameters, type GivenParameter } from './parameters.ts'
import { checkResourceTypes } from './resource-types.ts'
import { checkSecretReferences } from './secret-references.ts'
import { parseTemplate, type Template } from './template.ts'

const topic = { Type: 'AWS::SNS::Topic' }
const queue = (properties: object, more: object = {}) => ({
  Type: 'AWS::SQS::Queue',
  Properties: properties,
  ...more,
})

function parsed(body: object): Template {
  return parseTemplate(JSON.parse(JSON.stringify(body)) as JsonObject)
}

function checked(body: object): void {
  const template = parsed(body)
  checkTemplate(template)
  checkSecretReferences(template)
  dependencyGraph(template, () => false)
}

const many = (count: number, value: unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`N${i}`, value]))

test.each<[object, string]>([
  [{}, 'Template format error: At least one Resources member must be defined.'],
  [{ Resources: { A: topic }, Resource: {} }, 'Invalid template property or properties [Resource]'],
  [
    { Resources: { A: { ...topic, DeletionPolicy: 'Keep' } } },
    'Template format error: Unrecognized DeletionPolicy Keep for resource A',
  ],
  [
    { Resources: { A: { ...topic, DeletionPolicy: 'Snapshot' } } },
    'Template error: resource type AWS::SNS::Topic does not support deletion policy Snapshot',
  ],
  [
    { Resources: { A: { ...topic, UpdateReplacePolicy: 'RetainExceptOnCreate' } } },
    'Template format error: Unrecognized UpdateReplacePolicy RetainExceptOnCreate for resource A',
  ],
  [
    { AWSTemplateFormatVersion: '2010', Resources: { A: topic } },
    'Template format error: Unrecognized template format version: 2010',
  ],
  [
    { Description: 'x'.repeat(1025), Resources: { A: topic } },
    "Template format error: 'Description' length is greater than 1024.",
  ],
  [
    { Resources: { A: queue({ QueueName: { Ref: 'B' } }), C: queue({}, { DependsOn: 'D' }) } },
    'Template format error: Unresolved resource dependencies [B, D] in the Resources block of the template',
  ],
  [
    { Resources: { A: topic }, Outputs: { O: { Value: { Ref: 'B' } } } },
    'Template format error: Unresolved resource dependencies [B] in the Outputs block of the template',
  ],
  [
    { Resources: { A: queue({ QueueName: { 'Fn::GetAtt': ['B', 'Arn'] } }) } },
    'Template error: instance of Fn::GetAtt references undefined resource B',
  ],
  [
    { Resources: { A: queue({ QueueName: { Ref: 'B' } }), B: queue({ QueueName: { Ref: 'A' } }) } },
    'Circular dependency between resources: [A, B]',
  ],
  [
    { Resources: { A: queue({}, { DependsOn: 'A' }) } },
    'Circular dependency between resources: [A]',
  ],
  [
    {
      Conditions: {
        A: { 'Fn::Not': [{ Condition: 'B' }] },
        B: { 'Fn::Not': [{ Condition: 'A' }] },
      },
      Resources: { A: topic },
    },
    'Template error: Found circular condition dependency between B and A',
  ],
  [
    { Conditions: { C: { 'Fn::Equals': [{ Ref: 'T' }, 'a'] } }, Resources: { T: topic } },
    'Template format error: Unresolved dependencies [T]. Cannot reference resources in the Conditions block of the template',
  ],
  [
    { Resources: { A: { ...topic, Condition: 'Missing' } } },
    'Template format error: Unresolved condition dependency Missing in the Resources block of the template',
  ],
  [
    { Parameters: { P: { Type: 'Text' } }, Resources: { A: topic } },
    'Template format error: Unrecognized parameter type: Text',
  ],
  [
    { Resources: { 'not-a-name': topic } },
    'Template format error: Resource name not-a-name is non alphanumeric.',
  ],
  [
    { Resources: { A: queue({ QueueName: '{{resolve:ssm-secure:name:1}}' }) } },
    'SSM Secure reference is not supported in: [AWS::SQS::Queue/Properties/QueueName]',
  ],
  [{ Hooks: {}, Resources: { A: topic } }, 'Orrery does not model the template section Hooks.'],
])('%j is refused: %s', (body, message) => {
  expect(() => checked(body)).toThrow(message)
})

test.each<[object, RegExp]>([
  [{ Resources: many(501, topic) }, /501.*500|resources/i],
  [{ Resources: { A: topic }, Parameters: many(201, { Type: 'String' }) }, /200/],
  [{ Resources: { A: topic }, Outputs: many(201, { Value: 'x' }) }, /200/],
  [{ Resources: { A: topic }, Mappings: many(201, { a: { b: 'c' } }) }, /200/],
])('a template beyond a limit is refused', (body, message) => {
  expect(() => checked(body)).toThrow(message)
})

test('a resource waits for what it refers to and for what it depends on', () => {
  const template = parsed({
    Conditions: { Yes: { 'Fn::Equals': ['a', 'a'] } },
    Resources: {
      A: topic,
      B: queue({ QueueName: { 'Fn::Sub': '${A.TopicName}' } }),
      C: queue({}, { DependsOn: ['A', 'B'] }),
      D: queue({ QueueName: { 'Fn::If': ['Yes', { Ref: 'A' }, { Ref: 'E' }] } }),
      E: { ...topic, Condition: 'No' },
    },
  })
  expect([...dependencyGraph(template, (name) => name === 'Yes')]).toEqual([
    ['A', []],
    ['B', ['A']],
    ['C', ['A', 'B']],
    ['D', ['A']],
  ])
})

const refusedTypes = async (types: readonly string[], handled: readonly string[] = []) =>
  checkResourceTypes(
    parsed({ Resources: Object.fromEntries(types.map((Type, i) => [`R${i}`, { Type }])) }),
    async (type) => handled.includes(type),
  )

test('types that AWS does not have and types that are not modelled are refused by name', async () => {
  await expect(
    refusedTypes(['AWS::Foo::Bar', 'AWS::SNS::Topic', 'AWS::Baz::Qux'], ['AWS::SNS::Topic']),
  ).rejects.toThrow(
    'Template format error: Unrecognized resource types: [AWS::Baz::Qux, AWS::Foo::Bar]',
  )
  await expect(refusedTypes(['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster'])).rejects.toThrow(
    'Orrery does not model the resource types [AWS::RDS::DBCluster, AWS::RDS::DBInstance].',
  )
  await expect(refusedTypes(['AWS::CDK::Metadata'])).resolves.toBeUndefined()
})

test('policies that no type of the model follows are refused by name', async () => {
  const refusal = (policies: object) =>
    checkResourceTypes(
      parsed({ Resources: { A: { Type: 'AWS::SNS::Topic', ...policies } } }),
      async () => true,
    )
  await expect(
    refusal({ UpdatePolicy: { AutoScalingReplacingUpdate: { WillReplace: true } } }),
  ).rejects.toThrow(
    'Orrery does not model the UpdatePolicy AutoScalingReplacingUpdate of A (AWS::SNS::Topic).',
  )
  await expect(refusal({ CreationPolicy: { ResourceSignal: { Count: 1 } } })).rejects.toThrow(
    'Orrery does not model the CreationPolicy of A (AWS::SNS::Topic).',
  )
})

test('a pattern is matched in bounded time, and one that only backtracking reads is refused', () => {
  const given = [{ key: 'Text', value: `${'a'.repeat(60)}!` }]
  const choose = (AllowedPattern: string) =>
    chooseParameters(
      parsed({ Parameters: { Text: { Type: 'String', AllowedPattern } }, Resources: { A: topic } })
        .parameters,
      given,
      undefined,
    )
  expect(() => choose('(a+)+')).toThrow("Parameter 'Text' must match pattern (a+)+")
  expect(choose('(a+)+!')).toEqual([{ key: 'Text', value: given[0]?.value }])
  expect(() => choose('(?!b).*')).toThrow('Orrery does not model (?! in AllowedPattern.')
  expect(() => choose('[')).toThrow('AllowedPattern [ is not a valid regular expression')
})

test('capabilities follow from the types and the names that a template gives', () => {
  const role = (properties: object) => ({ Type: 'AWS::IAM::Role', Properties: properties })
  const needed = (Resources: object) => neededCapabilities(parsed({ Resources })).capabilities
  expect(needed({ A: topic })).toEqual([])
  expect(needed({ A: role({}) })).toEqual(['CAPABILITY_IAM'])
  expect(needed({ A: role({}), B: role({ RoleName: 'b' }) })).toEqual(['CAPABILITY_NAMED_IAM'])
})

const parameters = {
  Name: { Type: 'String', MinLength: 2, MaxLength: 4, AllowedPattern: '[a-z]*' },
  Size: { Type: 'Number', MinValue: 1, MaxValue: 10, Default: 5 },
  Kind: {
    Type: 'String',
    AllowedValues: ['a', 'b'],
    Default: 'a',
    ConstraintDescription: 'a or b',
  },
  List: { Type: 'List<Number>', Default: '1, 2' },
}

function chosen(
  given: readonly GivenParameter[],
  previous?: Parameters<typeof chooseParameters>[2],
) {
  const { parameters: definitions } = parsed({ Parameters: parameters, Resources: { A: topic } })
  return chooseParameters(definitions, given, previous)
}

test('parameters take what is given, what was, or their default', () => {
  expect(
    chosen(
      [
        { key: 'Name', value: 'abc' },
        { key: 'Size', usePrevious: true },
      ],
      [{ key: 'Size', value: '7' }],
    ),
  ).toEqual([
    { key: 'Name', value: 'abc' },
    { key: 'Size', value: '7' },
    { key: 'Kind', value: 'a' },
    { key: 'List', value: '1, 2' },
  ])
})

test.each<[readonly GivenParameter[], string]>([
  [[], 'Parameters: [Name] must have values'],
  [
    [
      { key: 'Name', value: 'abc' },
      { key: 'Other', value: 'x' },
    ],
    'Parameters: [Other] do not exist in the template',
  ],
  [[{ key: 'Name', value: 'a' }], "Parameter 'Name' must contain at least 2 characters"],
  [[{ key: 'Name', value: 'abcde' }], "Parameter 'Name' must contain at most 4 characters"],
  [[{ key: 'Name', value: 'ABC' }], "Parameter 'Name' must match pattern [a-z]*"],
  [
    [
      { key: 'Name', value: 'abc' },
      { key: 'Size', value: 'x' },
    ],
    "Parameter 'Size' must be a number.",
  ],
  [
    [
      { key: 'Name', value: 'abc' },
      { key: 'Size', value: '11' },
    ],
    "Parameter 'Size' must be a number not greater than 10",
  ],
  [
    [
      { key: 'Name', value: 'abc' },
      { key: 'Kind', value: 'c' },
    ],
    "Parameter 'Kind' failed to satisfy constraint: a or b",
  ],
  [
    [
      { key: 'Name', value: 'abc' },
      { key: 'List', value: '1,x' },
    ],
    "Parameter 'List' must be a number.",
  ],
  [
    [{ key: 'Name', usePrevious: true }],
    'Invalid input for parameter key Name. Cannot specify usePreviousValue as true for a parameter key not in the previous template',
  ],
])('%j: %s', (given, message) => {
  expect(() => chosen(given)).toThrow(message)
})
