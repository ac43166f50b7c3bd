import { expect, test } from 'vitest'
import { knownResourceTypes, resourceSchema } from './resources.ts'

test('a queue: names and kinds replace it, Ref is its URL', () => {
  expect(resourceSchema('AWS::SQS::Queue')).toMatchObject({
    typeName: 'AWS::SQS::Queue',
    properties: {
      QueueName: { type: 'string', causesReplacement: 'yes' },
      FifoQueue: { type: 'boolean', causesReplacement: 'yes' },
      DelaySeconds: { type: 'integer' },
      Tags: { type: { list: 'tag' } },
    },
    definitions: {},
    attributes: { Arn: 'string', QueueName: 'string', QueueUrl: 'string' },
    primaryIdentifier: ['QueueUrl'],
    ref: ['QueueUrl'],
    tags: { property: 'Tags', style: 'standard' },
    stateful: true,
  })
})

test('what Ref answers is not always the identifier', () => {
  const refOf = (typeName: string): unknown => resourceSchema(typeName)?.ref
  expect(refOf('AWS::Events::Rule')).toEqual(['EventBusName', 'Name'])
  expect(refOf('AWS::Logs::SubscriptionFilter')).toEqual(['FilterName'])
  expect(refOf('AWS::Logs::MetricFilter')).toEqual(['FilterName'])
  expect(refOf('AWS::SNS::Topic')).toEqual(['TopicArn'])
  expect(refOf('AWS::IAM::Role')).toEqual(['RoleName'])
})

test('nested definitions are there, with what they name themselves', () => {
  const rule = resourceSchema('AWS::Events::Rule')
  expect(rule?.properties['Targets']).toEqual({ type: { list: { definition: 'Target' } } })
  expect(rule?.definitions['Target']?.['Arn']).toEqual({ type: 'string', required: true })
  expect(Object.keys(rule?.definitions ?? {})).toContain('AwsVpcConfiguration')
})

test('a type that AWS has and the model lacks is told apart from one that nobody has', () => {
  const types = knownResourceTypes()
  expect(types.size).toBeGreaterThan(1800)
  expect(types.get('AWS::SQS::Queue')).toBe('sqs')
  expect(types.has('AWS::GameLift::Fleet')).toBe(true)
  expect(types.get('AWS::GameLift::Fleet')).toBeUndefined()
  expect(types.has('AWS::SQS::Kew')).toBe(false)
  expect(resourceSchema('AWS::GameLift::Fleet')).toBeUndefined()
  expect(resourceSchema('AWS::SQS::Kew')).toBeUndefined()
})

test("CDK's metadata type is known, though no registry lists it", () => {
  expect(knownResourceTypes().get('AWS::CDK::Metadata')).toBe('cloudformation')
  expect(resourceSchema('AWS::CDK::Metadata')?.properties['Analytics']).toEqual({ type: 'string' })
})
