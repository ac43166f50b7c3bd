import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { evaluate, PolicyError, type Principal, parsePolicy } from './index.ts'

const data =
  process.env['ORRERY_DATA'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url))
const file = `${data}/iam/managed-policies.json.gz`
const reason = existsSync(file) ? '' : ` (skipped: no ${file})`

interface ManagedPolicy {
  readonly document: unknown
}

function managedPolicies(): Readonly<Record<string, ManagedPolicy>> {
  return JSON.parse(gunzipSync(readFileSync(file)).toString())
}

test.skipIf(reason !== '')(`the managed policies of AWS are well formed${reason}`, () => {
  const refused = Object.entries(managedPolicies()).flatMap(([name, { document }]) => {
    try {
      parsePolicy(JSON.stringify(document), 'identity')
      return []
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error
      return [`${name}: ${error.message}`]
    }
  })
  // AWS lets itself write a variable in an ARN's account, which it refuses to its customers.
  expect(refused).toEqual([
    'AmazonTimestreamInfluxDBServiceRolePolicy: The policy failed legacy parsing',
  ])
})

const principal: Principal = {
  kind: 'user',
  accountId: '111122223333',
  arn: 'arn:aws:iam::111122223333:user/Ana',
  userId: 'AIDAANA',
  userName: 'Ana',
}

const object = 'arn:aws:s3:::amzn-s3-demo-bucket/key'
const facts = [
  ['ReadOnlyAccess', 's3:GetObject', object, true],
  ['ReadOnlyAccess', 's3:PutObject', object, false],
  ['AmazonS3ReadOnlyAccess', 's3:ListBucket', 'arn:aws:s3:::amzn-s3-demo-bucket', true],
  ['AmazonS3ReadOnlyAccess', 's3:DeleteObject', object, false],
  ['AmazonSQSFullAccess', 'sqs:SendMessage', 'arn:aws:sqs:us-east-1:111122223333:q', true],
  ['AmazonSQSFullAccess', 'sns:Publish', 'arn:aws:sns:us-east-1:111122223333:t', false],
  ['AWSLambdaBasicExecutionRole', 'logs:PutLogEvents', '*', true],
  ['IAMUserChangePassword', 'iam:ChangePassword', 'arn:aws:iam::111122223333:user/Ana', true],
  ['IAMUserChangePassword', 'iam:ChangePassword', 'arn:aws:iam::111122223333:user/Mary', false],
  ['AWSDenyAll', 's3:GetObject', object, false],
] as const

test.skipIf(reason !== '')(`what some managed policies allow${reason}`, () => {
  const managed = managedPolicies()
  const found = facts.map(([name, action, resource]) => {
    const document = parsePolicy(JSON.stringify(managed[name]?.document), 'identity')
    const request = { principal, action, resource, context: { 'aws:username': 'Ana' } }
    return [
      name,
      action,
      resource,
      evaluate(request, { identity: [{ source: name, document }] }).allowed,
    ]
  })
  expect(found).toEqual(facts)
})
