import { expect, test } from 'vitest'
import type { StackResourceFacts } from './stack-resources.ts'
import { templateForm } from './template-form.ts'

const place = { accountId: '111122223333', region: 'eu-west-1' }

function resource(
  logicalId: string,
  type: string,
  physicalId: string,
  attributes: Record<string, string> = {},
): StackResourceFacts {
  return { stackName: 'shop', logicalId, type, physicalId, attributes, own: true, ...place }
}

const resources = [
  resource('Data', 'AWS::S3::Bucket', 'shop-data-1a2b3c4d'),
  resource('Jobs', 'AWS::SQS::Queue', 'https://sqs.eu-west-1.amazonaws.com/111122223333/jobs', {
    Arn: 'arn:aws:sqs:eu-west-1:111122223333:jobs',
  }),
  resource('Alerts', 'AWS::SNS::Topic', 'arn:aws:sns:eu-west-1:111122223333:alerts', {
    TopicArn: 'arn:aws:sns:eu-west-1:111122223333:alerts',
  }),
  resource('Sender', 'AWS::Lambda::Function', 'shop-sender-9z8y7x6w', {
    Arn: 'arn:aws:lambda:eu-west-1:111122223333:function:shop-sender-9z8y7x6w',
  }),
]

function inTemplate(text: string): unknown {
  return templateForm({ Statement: [{ Resource: text }] }, resources, place)
}

function wanted(value: unknown): unknown {
  return { Statement: [{ Resource: value }] }
}

test.each([
  ['arn:aws:sqs:eu-west-1:111122223333:jobs', { 'Fn::GetAtt': ['Jobs', 'Arn'] }],
  ['arn:aws:sns:eu-west-1:111122223333:alerts', { Ref: 'Alerts' }],
  ['arn:aws:s3:::shop-data-1a2b3c4d/in/*', { 'Fn::Sub': '${Data.Arn}/in/*' }],
  [
    'arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/shop-sender-9z8y7x6w:*',
    {
      'Fn::Sub':
        'arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/${Sender}:*',
    },
  ],
  // A longer name that begins alike is another queue.
  [
    'arn:aws:sqs:eu-west-1:111122223333:jobs-dead',
    { 'Fn::Sub': 'arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:jobs-dead' },
  ],
  // Another account's stays as it is; so does another region.
  [
    'arn:aws:sqs:us-east-1:999988887777:theirs',
    { 'Fn::Sub': 'arn:${AWS::Partition}:sqs:us-east-1:999988887777:theirs' },
  ],
  // A variable of the policy is none of Fn::Sub's.
  ['arn:aws:s3:::shop-data-1a2b3c4d/a${*}b', { 'Fn::Sub': '${Data.Arn}/a${!*}b' }],
  ['*', '*'],
])('%s', (text, value) => {
  expect(inTemplate(text)).toEqual(wanted(value))
})

test('actions and effects are no names; conditions may be', () => {
  const document = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['iam:PassRole'],
        Resource: '*',
        Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:sns:eu-west-1:111122223333:alerts' } },
      },
    ],
  }
  expect(templateForm(document, resources, place)).toEqual({
    ...document,
    Statement: [
      {
        ...document.Statement[0],
        Condition: { ArnEquals: { 'aws:SourceArn': { Ref: 'Alerts' } } },
      },
    ],
  })
})
