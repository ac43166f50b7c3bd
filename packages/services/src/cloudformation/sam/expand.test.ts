import { readFileSync } from 'node:fs'
import { AwsError } from '@cloud-orrery/models'
import { describe, expect, test } from 'vitest'
import { isList, isObject, type Json, type JsonObject } from '../engine/json.ts'
import { expandServerless } from './expand.ts'

interface Expectation {
  readonly template?: JsonObject
  readonly error?: string
}

const read = <T>(file: string) =>
  JSON.parse(readFileSync(new URL(`testdata/${file}`, import.meta.url), 'utf8')) as T

interface Expectations {
  readonly source: string
  readonly expected: Record<string, Expectation>
}

const inputs = {
  ...read<Record<string, JsonObject>>('inputs.json'),
  ...read<Record<string, JsonObject>>('http-api-inputs.json'),
}
const { source, expected: withoutApis } = read<Expectations>('expected.json')
const expected = { ...withoutApis, ...read<Expectations>('http-api-expected.json').expected }

/** DependsOn is a set to the transform. */
function sortedDependencies(value: Json): Json {
  if (isList(value)) return value.map(sortedDependencies)
  if (!isObject(value)) return value
  const members = Object.entries(value).map(([key, item]) => [
    key,
    key === 'DependsOn' && isList(item) ? [...item].sort() : sortedDependencies(item),
  ])
  return Object.fromEntries(members)
}

const prefix = 'Transform AWS::Serverless-2016-10-31 failed with: '

function expansion(template: JsonObject): Expectation {
  try {
    const made = expandServerless(template, {
      region: 'us-east-1',
      partition: 'aws',
      parameters: {},
    })
    return { template: sortedDependencies(made) as JsonObject } // An object stays one.
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return { error: error.message.replace(prefix, '') }
  }
}

describe(`a serverless template becomes what ${source} makes of it`, () => {
  test.each(Object.entries(inputs))('%s', (name, template) => {
    expect(expansion(template)).toEqual(expected[name])
  })
})

const inlineFunction = (properties: JsonObject): JsonObject => ({
  Type: 'AWS::Serverless::Function',
  Properties: { Handler: 'index.handler', Runtime: 'nodejs22.x', InlineCode: '', ...properties },
})

const settings = { region: 'us-east-1', partition: 'aws', parameters: {} }

test.each<[string, JsonObject, string]>([
  [
    'a WebSocket API',
    { Type: 'AWS::Serverless::WebSocketApi' },
    'the resource type AWS::Serverless::WebSocketApi',
  ],
  [
    'an application',
    { Type: 'AWS::Serverless::Application' },
    'the resource type AWS::Serverless::Application',
  ],
  [
    'an event of a broker',
    inlineFunction({ Events: { Get: { Type: 'MQ' } } }),
    'events of type MQ of AWS::Serverless::Function',
  ],
  [
    'a gradual deployment',
    inlineFunction({ AutoPublishAlias: 'live', DeploymentPreference: { Type: 'AllAtOnce' } }),
    'the property DeploymentPreference of AWS::Serverless::Function',
  ],
])('%s is refused by name', (_, definition, what) => {
  const refusal = () => expandServerless({ Resources: { It: definition } }, settings)
  expect(refusal).toThrow(`Orrery does not model ${what}.`)
})

test('a deployment preference that is switched off makes nothing', () => {
  const off = { AutoPublishAlias: 'live', DeploymentPreference: { Enabled: false } }
  const Resources = { It: inlineFunction(off) }
  expect(Object.keys(expandServerless({ Resources }, settings)['Resources'] ?? {})).toEqual([
    'It',
    'ItVersiona0d197587e',
    'ItAliaslive',
    'ItRole',
  ])
})

test('values of parameters decide the logical id of a version', () => {
  const Resources = {
    It: {
      Type: 'AWS::Serverless::Function',
      Properties: {
        Handler: 'index.handler',
        Runtime: 'nodejs22.x',
        CodeUri: { Bucket: 'code', Key: { Ref: 'Key' } },
        AutoPublishAlias: 'live',
      },
    },
  }
  const versionOf = (Key: string) => {
    const made = expandServerless(
      { Parameters: { Key: { Type: 'String' } }, Resources },
      { ...settings, parameters: { Key } },
    )
    return Object.keys(made['Resources'] ?? {}).find((id) => id.startsWith('ItVersion'))
  }
  expect(versionOf('one.zip')).toBe(versionOf('one.zip'))
  expect(versionOf('one.zip')).not.toBe(versionOf('two.zip'))
})
