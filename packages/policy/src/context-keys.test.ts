import { expect, test } from 'vitest'
import { missingContextKeys, type PolicyDocument, usedContextKeys } from './index.ts'

const document: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: 'arn:aws:s3:::${aws:PrincipalTag/team}',
      Condition: {
        StringLike: { 's3:prefix': ["${aws:username, 'anyone'}/*", '${*}'] },
        DateLessThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' },
      },
    },
    {
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { DateGreaterThan: { 'AWS:currenttime': '2031-01-01T00:00:00Z' } },
    },
  ],
}

test('the keys of a document are those of its conditions and its variables, each once', () => {
  expect(usedContextKeys(document)).toEqual([
    'aws:PrincipalTag/team',
    's3:prefix',
    'aws:username',
    'aws:CurrentTime',
  ])
})

test('a document of version 2008-10-17 has no variables', () => {
  expect(usedContextKeys({ ...document, Version: '2008-10-17' })).toEqual([
    's3:prefix',
    'aws:CurrentTime',
  ])
})

test('keys that the request lacks are told once, whatever their letter case', () => {
  const context = { 'S3:Prefix': 'a/', 'aws:username': 'Ana' }
  expect(missingContextKeys([document, document], context)).toEqual([
    'aws:PrincipalTag/team',
    'aws:CurrentTime',
  ])
})
