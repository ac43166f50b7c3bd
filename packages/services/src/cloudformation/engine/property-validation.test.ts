import { expect, test } from 'vitest'
import { differences } from './drift.ts'
import type { JsonObject } from './json.ts'
import { typedProperties, validationReason } from './property-validation.ts'
import { schemaOf } from './resource-types.ts'

function reason(type: string, properties: JsonObject): string | undefined {
  const schema = schemaOf(type)
  if (schema === undefined) throw new Error(`${type} has no schema`)
  return validationReason(schema, 'R', properties)
}

const failed = (...lines: string[]) =>
  `Properties validation failed for resource R with message:\n${lines.join('\n')}`

test.each<[string, JsonObject, string | undefined]>([
  ['AWS::SQS::Queue', { QueueName: 'q', DelaySeconds: '5' }, undefined],
  ['AWS::SQS::Queue', { QueueNam: 'q' }, failed('#: extraneous key [QueueNam] is not permitted')],
  [
    'AWS::SQS::Queue',
    { DelaySeconds: 'many' },
    failed('#/DelaySeconds: expected type: Integer, found: String'),
  ],
  ['AWS::SNS::Subscription', { TopicArn: 'arn' }, failed('#: required key [Protocol] not found')],
  [
    'AWS::SSM::Parameter',
    { Value: 'x' },
    'Property validation failure: [The property {/Type} is required]',
  ],
  [
    'AWS::SSM::Parameter',
    { Type: 'String', Value: 'x', Colour: 'red' },
    'Encountered unsupported property Colour',
  ],
])('%s %j: %s', (type, properties, expected) => {
  expect(reason(type, properties)).toBe(expected)
})

test('texts that the template gives become what the schema says', () => {
  const schema = schemaOf('AWS::SQS::Queue')
  if (schema === undefined) throw new Error('queues have a schema')
  expect(
    typedProperties(schema, {
      DelaySeconds: '5',
      FifoQueue: 'true',
      QueueName: 7,
      RedrivePolicy: { maxReceiveCount: '3' },
    }),
  ).toEqual({
    DelaySeconds: 5,
    FifoQueue: true,
    QueueName: '7',
    RedrivePolicy: { maxReceiveCount: '3' },
  })
})

test('drift looks only at what the template sets', () => {
  expect(
    differences(
      { A: '1', B: { C: 'x', D: 'y' }, E: ['a', 'b'], F: 'gone' },
      { A: 1, B: { C: 'z', D: 'y', G: 'new' }, E: ['b', 'c'], H: 'left to AWS' },
    ).map(({ path, type }) => `${path} ${type}`),
  ).toEqual(['/B/C NOT_EQUAL', '/B/G ADD', '/E/0 NOT_EQUAL', '/E/1 NOT_EQUAL', '/F REMOVE'])
})
