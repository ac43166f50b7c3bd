import { expect, test } from 'vitest'
import { arnOf, placeOf } from './arns.ts'
import { batchesOf, failureText, itemOf, live, readChange, stackNameOf } from './logic.ts'

const stackId = 'arn:aws:cloudformation:eu-west-1:111111111111:stack/shop/5f0c'
const place = placeOf(stackId)
const resource = (logicalId: string, status = 'CREATE_COMPLETE', physicalId = logicalId) => ({
  logicalId,
  physicalId,
  type: 'AWS::S3::Bucket',
  status,
  changedAt: '2026-01-01T00:00:00.000Z',
})

test('events of resources name one, events of stacks none, others are refused', () => {
  expect(readChange({ detail: { 'stack-id': stackId, 'logical-resource-id': 'Data' } })).toEqual({
    stackId,
    logicalId: 'Data',
  })
  expect(readChange({ detail: { 'stack-id': stackId } })).toEqual({ stackId })
  for (const event of [null, {}, { detail: {} }, 'text']) {
    expect(() => readChange(event)).toThrow('The event names no stack.')
  }
  expect(stackNameOf(stackId)).toBe('shop')
})

test('physical ids become the ARNs by which resources are tagged', () => {
  const url = 'https://sqs.eu-west-1.amazonaws.com/111111111111/jobs'
  expect(arnOf('AWS::SQS::Queue', url, place)).toBe('arn:aws:sqs:eu-west-1:111111111111:jobs')
  expect(arnOf('AWS::S3::Bucket', 'papers', place)).toBe('arn:aws:s3:::papers')
  expect(arnOf('AWS::Events::Rule', 'bus|rule', place)).toBe(
    'arn:aws:events:eu-west-1:111111111111:rule/bus/rule',
  )
  for (const name of ['flag', '/flag']) {
    expect(arnOf('AWS::SSM::Parameter', name, place)).toBe(
      'arn:aws:ssm:eu-west-1:111111111111:parameter/flag',
    )
  }
  expect(arnOf('AWS::IAM::Role', 'role', place)).toBeUndefined()
})

test('what failed to be made or is deleted is not in the inventory', () => {
  const resources = [
    resource('Kept'),
    resource('Stuck', 'DELETE_FAILED'),
    resource('Broken', 'CREATE_FAILED'),
    resource('Gone', 'DELETE_COMPLETE'),
    resource('Never', 'UPDATE_COMPLETE', ''),
  ]
  expect(live(resources).map(({ logicalId }) => logicalId)).toEqual(['Kept', 'Stuck'])
})

test('a stack of 45 resources is tagged in three calls, those that cannot be are left out', () => {
  const items = Array.from({ length: 45 }, (_, at) => itemOf(stackId, resource(`b${at}`)))
  const role = itemOf(stackId, { ...resource('Role'), type: 'AWS::IAM::Role' })
  expect(batchesOf([role, ...items]).map(({ length }) => length)).toEqual([20, 20, 5])
  expect(batchesOf([role])).toEqual([])
})

test('what was not tagged is told line by line', () => {
  expect(failureText({})).toBeUndefined()
  expect(failureText({ a: { ErrorCode: 'AccessDenied', ErrorMessage: 'no' } })).toBe(
    'Not tagged:\na: AccessDenied: no',
  )
})
