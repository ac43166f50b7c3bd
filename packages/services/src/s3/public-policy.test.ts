import type { Statement } from '@cloud-orrery/policy'
import { expect, test } from 'vitest'
import { isPublicPolicy } from './public-policy.ts'

const everyone: Statement = {
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::b/*',
}

function isPublic(change: Partial<Statement>): boolean {
  return isPublicPolicy({ Version: '2012-10-17', Statement: [{ ...everyone, ...change }] })
}

/** Source: S3 User Guide, "Blocking public access to your Amazon S3 storage", "The meaning of public". */
test.each<[string, Partial<Statement>, boolean]>([
  ['everyone', {}, true],
  ['everyone, as an AWS principal', { Principal: { AWS: '*' } }, true],
  ['one account', { Principal: { AWS: '123456789012' } }, false],
  ['a service', { Principal: { Service: 's3.amazonaws.com' } }, false],
  ['a denial', { Effect: 'Deny' }, false],
  ['a fixed VPC', { Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-91237329' } } }, false],
  ['any VPC', { Condition: { StringLike: { 'aws:SourceVpc': 'vpc-*' } } }, true],
  ['a network', { Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } }, false],
  ['half of all addresses', { Condition: { IpAddress: { 'aws:SourceIp': '0.0.0.0/1' } } }, true],
  ['an organization', { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }, false],
  [
    'an organization or any',
    { Condition: { StringEquals: { 'aws:PrincipalOrgID': ['o-1', '*'] } } },
    true,
  ],
  ['a key of the request', { Condition: { StringEquals: { 's3:prefix': 'a' } } }, true],
  [
    'not from a network',
    { Condition: { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } },
    true,
  ],
  [
    'a variable',
    { Condition: { StringEquals: { 'aws:SourceAccount': '${aws:PrincipalAccount}' } } },
    true,
  ],
  [
    'a source of one account',
    { Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:123456789012:*' } } },
    false,
  ],
  [
    'a source of any account',
    { Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:*:*' } } },
    true,
  ],
])('a policy for %s', (_who, change, expected) => {
  expect(isPublic(change)).toBe(expected)
})
