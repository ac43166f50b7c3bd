import { expect, test } from 'vitest'
import { managedPolicy, managedPolicyArns } from './managed-policies.ts'

test('an AWS managed policy has its path, version, dates and document', () => {
  expect(managedPolicy('arn:aws:iam::aws:policy/AdministratorAccess')).toEqual({
    arn: 'arn:aws:iam::aws:policy/AdministratorAccess',
    name: 'AdministratorAccess',
    path: '/',
    defaultVersionId: 'v1',
    createDate: Date.parse('2015-02-06T18:39:46Z'),
    updateDate: Date.parse('2015-02-06T18:39:46Z'),
    document: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
    },
  })
})

test('a path is part of the ARN', () => {
  const arn = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'
  expect(managedPolicy(arn)).toMatchObject({
    name: 'AWSLambdaBasicExecutionRole',
    path: '/service-role/',
  })
})

test('all are listed in order, and another name is none of them', () => {
  const arns = managedPolicyArns()
  expect(arns.length).toBeGreaterThan(1300)
  expect(arns).toEqual([...arns].sort())
  expect(managedPolicy('arn:aws:iam::aws:policy/NoSuchPolicy')).toBeUndefined()
})
