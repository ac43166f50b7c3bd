import { expect, test } from 'vitest'
import { environment } from './environment.ts'
import { evaluate, noValue } from './evaluate.ts'
import type { Json, JsonObject } from './json.ts'
import { parseTemplate } from './template.ts'

const template: JsonObject = {
  Transform: 'AWS::LanguageExtensions',
  Parameters: {
    Name: { Type: 'String', Default: 'orders' },
    Names: { Type: 'CommaDelimitedList', Default: 'a, b,c' },
    Empty: { Type: 'CommaDelimitedList', Default: '' },
  },
  Mappings: { Map: { 'us-east-1': { Size: 'big', List: ['x', 'y'] } } },
  Conditions: {
    Yes: { 'Fn::Equals': [{ Ref: 'Name' }, 'orders'] },
    No: { 'Fn::Not': [{ Condition: 'Yes' }] },
    Both: { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] },
    Either: { 'Fn::Or': [{ Condition: 'Yes' }, { Condition: 'No' }] },
  },
  Resources: { Q: { Type: 'AWS::SQS::Queue' } },
}

function worked(value: Json, more: JsonObject = {}): Json | typeof noValue {
  const parsed = parseTemplate({ ...template, ...more })
  const env = environment(
    parsed,
    {
      accountId: '123456789012',
      region: 'us-east-1',
      partition: 'aws',
      stackId: 'arn:aws:cloudformation:us-east-1:123456789012:stack/s/id',
      stackName: 's',
      notificationArns: ['arn:a', 'arn:b'],
    },
    Object.entries(parsed.parameters).map(([key, each]) => ({ key, value: each.default ?? '' })),
    {
      resource: (name) => (name === 'Q' ? 'https://q' : undefined),
      attribute: (name, attribute) => `${name}/${attribute}`,
      importValue: (name) => `imported ${name}`,
    },
  )
  return evaluate(value, env)
}

const none = { Ref: 'AWS::NoValue' }

test.each<[Json, Json]>([
  [{ Ref: 'Name' }, 'orders'],
  [{ Ref: 'Names' }, ['a', 'b', 'c']],
  [{ Ref: 'Empty' }, []],
  [{ Ref: 'Q' }, 'https://q'],
  [{ Ref: 'AWS::Region' }, 'us-east-1'],
  [{ Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
  [{ Ref: 'AWS::NotificationARNs' }, ['arn:a', 'arn:b']],
  [{ 'Fn::GetAtt': ['Q', 'Arn'] }, 'Q/Arn'],
  [{ 'Fn::GetAtt': 'Q.Nested.Arn' }, 'Q/Nested.Arn'],
  [
    { 'Fn::Sub': '${Name}-${Q.Arn}-${AWS::AccountId}-${!Name}-$x' },
    'orders-Q/Arn-123456789012-${Name}-$x',
  ],
  [{ 'Fn::Sub': ['${Own}-${Name}', { Own: { 'Fn::Select': [1, { Ref: 'Names' }] } }] }, 'b-orders'],
  [{ 'Fn::Join': [', ', ['a', none, 1, true, { Ref: 'Name' }]] }, 'a, 1, true, orders'],
  [{ 'Fn::Join': ['', { 'Fn::Split': ['-', 'a-b-'] }] }, 'ab'],
  [{ 'Fn::Split': ['|', 'a||c'] }, ['a', '', 'c']],
  [{ 'Fn::Select': ['2', { Ref: 'Names' }] }, 'c'],
  [{ 'Fn::Select': [{ 'Fn::Length': ['x'] }, ['a', 'b']] }, 'b'],
  [{ 'Fn::FindInMap': ['Map', { Ref: 'AWS::Region' }, 'Size'] }, 'big'],
  [{ 'Fn::FindInMap': ['Map', 'us-east-1', 'List'] }, ['x', 'y']],
  [{ 'Fn::FindInMap': ['Map', 'mars', 'Size', { DefaultValue: { Ref: 'Name' } }] }, 'orders'],
  [{ 'Fn::If': ['Yes', 'a', 'b'] }, 'a'],
  [{ 'Fn::If': ['Both', 'a', { 'Fn::If': ['Either', 'b', 'c'] }] }, 'b'],
  [{ 'Fn::ImportValue': { 'Fn::Sub': '${Name}-arn' } }, 'imported orders-arn'],
  [{ 'Fn::Base64': 'grüße' }, 'Z3LDvMOfZQ=='],
  [{ 'Fn::Cidr': ['10.0.0.0/24', 3, 5] }, ['10.0.0.0/27', '10.0.0.32/27', '10.0.0.64/27']],
  [{ 'Fn::Cidr': ['2001:db8::/56', '2', '64'] }, ['2001:db8::/64', '2001:db8:0:1::/64']],
  [{ 'Fn::Cidr': ['10.0.0.0/16', 2] }, ['10.0.0.0/24', '10.0.1.0/24']],
  [{ 'Fn::GetAZs': 'eu-west-1' }, ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']],
  [{ 'Fn::Length': { Ref: 'Names' } }, 3],
  [{ 'Fn::ToJsonString': { a: { Ref: 'Name' }, b: [1, none] } }, '{"a":"orders","b":[1]}'],
  [
    { a: none, b: [none, 1], c: { d: none } },
    { b: [1], c: {} },
  ],
  [{ Statement: [{ Condition: { Bool: 'x' } }] }, { Statement: [{ Condition: { Bool: 'x' } }] }],
])('%j is %j', (value, expected) => {
  expect(worked(value)).toEqual(expected)
})

test('a value that is left out is left out', () => {
  expect(worked({ 'Fn::If': ['No', 'x', none] })).toBe(noValue)
})

test.each<[Json, string]>([
  [
    { 'Fn::Join': ['-', 'a'] },
    'Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.',
  ],
  [
    { 'Fn::Select': [3, { Ref: 'Names' }] },
    'Template error: Fn::Select cannot select nonexistent value at index 3',
  ],
  [
    { 'Fn::FindInMap': ['Map', 'mars', 'Size'] },
    'Template error: Unable to get mapping for Map::mars::Size',
  ],
  [
    { 'Fn::FindInMap': ['Other', 'a', 'b'] },
    "Template error: Mapping named 'Other' is not present in the 'Mappings' section of template.",
  ],
  [
    { 'Fn::Cidr': ['10.0.0.0/24', 300, 5] },
    'Template error: Fn::Cidr count must be an integer from 1 to 256',
  ],
  [
    { Ref: 'Missing' },
    'Template format error: Unresolved resource dependencies [Missing] in the Resources block of the template',
  ],
  [
    { 'Fn::GetAtt': ['Q', ''] },
    'Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute',
  ],
])('%j is refused: %s', (value, message) => {
  expect(() => worked(value)).toThrow(message)
})

test('functions of the language extensions need them', () => {
  expect(() => worked({ 'Fn::Length': [1] }, { Transform: [] })).toThrow(
    'Template error: Encountered unsupported function: Fn::Length Supported functions are: [',
  )
})
