import { expect, test } from 'vitest'
import { iamActionNames, iamActions, iamPrefixes, iamService } from './iam.ts'

test('an action names its level, its resources and its condition keys', () => {
  expect(iamActions('sqs')?.['SendMessage']).toEqual({
    name: 'SendMessage',
    accessLevels: ['Write'],
    resources: [{ name: 'queue', required: true }],
    conditionKeys: [],
  })
  expect(iamActions('events')?.['PutTargets']).toEqual({
    name: 'PutTargets',
    accessLevels: ['Write'],
    resources: [{ name: 'rule-on-custom-event-bus' }, { name: 'rule-on-default-event-bus' }],
    conditionKeys: ['events:ManagedBy', 'events:TargetArn', 'events:creatorAccount'],
  })
})

test('resource types have ARN patterns, condition keys have types', () => {
  expect(iamService('sqs')?.resourceTypes['queue']).toEqual({
    name: 'queue',
    arn: `arn:\${Partition}:sqs:\${Region}:\${Account}:\${QueueName}`,
    conditionKeys: [`aws:ResourceTag/\${TagKey}`],
  })
  expect(iamService('sqs')?.conditionKeys['aws:TagKeys']).toBe('ArrayOfString')
})

test('every action of every service is known by name and level', () => {
  expect(iamPrefixes().length).toBeGreaterThan(400)
  expect(iamActionNames('dynamodb')?.get('PutItem')).toEqual(['Write'])
  expect(iamActionNames('sqs')?.get('AddPermission')).toEqual(['Permissions management', 'Write'])
  for (const prefix of [
    'iam',
    'sts',
    's3',
    'sqs',
    'sns',
    'events',
    'logs',
    'ssm',
    'cloudformation',
  ]) {
    expect([prefix, [...(iamActionNames(prefix)?.keys() ?? [])].sort()]).toEqual([
      prefix,
      Object.keys(iamActions(prefix) ?? {}).sort(),
    ])
  }
})

test('a prefix that is no service, or no prefix at all, has no data', () => {
  expect(iamActionNames('nothing')).toBeUndefined()
  expect(iamActionNames('constructor')).toBeUndefined()
  expect(iamService('nothing')).toBeUndefined()
  expect(iamService('../package')).toBeUndefined()
})
