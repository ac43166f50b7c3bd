import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import type { Aws } from '../aws.ts'
import { explore, WrongByItself } from './index.ts'

/** Charges a card for every message: a message in the queue of charges is a charge. */
const consumer = `
const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs')
const sqs = new SQSClient({})
exports.handler = async ({ Records }) => {
  for (const { body } of Records) {
    await sqs.send(new SendMessageCommand({ QueueUrl: process.env.CHARGES, MessageBody: body }))
  }
}
`

const statement = (Action: string | string[]) => ({ Effect: 'Allow', Action, Resource: '*' })

const template = {
  Resources: {
    Orders: { Type: 'AWS::SQS::Queue' },
    Charges: { Type: 'AWS::SQS::Queue' },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: 'sts:AssumeRole',
              Principal: { Service: 'lambda.amazonaws.com' },
            },
          ],
        },
        Policies: [
          {
            PolicyName: 'all',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [statement(['sqs:*', 'logs:*'])],
            },
          },
        ],
      },
    },
    Consumer: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Code: { ZipFile: consumer },
        Environment: { Variables: { CHARGES: { Ref: 'Charges' } } },
      },
    },
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        FunctionName: { Ref: 'Consumer' },
        EventSourceArn: { 'Fn::GetAtt': ['Orders', 'Arn'] },
      },
    },
  },
  Outputs: { Orders: { Value: { Ref: 'Orders' } }, Charges: { Value: { Ref: 'Charges' } } },
}

async function setUp(aws: Aws) {
  const { outputs } = await aws.deploy(template)
  return { orders: outputs['Orders'] ?? '', charges: outputs['Charges'] ?? '' }
}

async function chargesOf(aws: Aws, QueueUrl: string): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages' as const]
  const { Attributes } = await aws
    .client(SQSClient)
    .send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }))
  return Number(Attributes?.['ApproximateNumberOfMessages'])
}

async function orderOnce({ aws, orders, charges }: { aws: Aws; orders: string; charges: string }) {
  const sqs = aws.client(SQSClient)
  await sqs.send(new SendMessageCommand({ QueueUrl: orders, MessageBody: 'book' }))
  await aws.clock.advance({ minutes: 5 })
  expect(await chargesOf(aws, charges)).toBe(1)
}

test('the duplicate of a naive consumer is found, and told in at most ten steps', async () => {
  const finding = await explore({ setUp, run: orderOnce }, { seeds: 200 })
  expect(finding?.error).toContain('expected 2 to be 1')
  expect(Object.keys(finding?.choices.only ?? {})).toHaveLength(1)
  expect(finding?.trace.length).toBeLessThanOrEqual(10)
  expect(finding?.trace[0]).toContain('sqs.SendMessage')
  expect(finding?.trace.at(-1)).toContain('and it ends: expected 2 to be 1')
  expect(finding?.trace.some((step) => step.includes('departs from the usual'))).toBe(true)

  const from = finding?.seed ?? 0
  expect(await explore({ setUp, run: orderOnce }, { seeds: 1, from })).toEqual(finding)
})

test('nothing is found where nothing can go wrong, and what is wrong by itself is told at once', async () => {
  const sends = {
    setUp,
    run: async (given: Parameters<typeof orderOnce>[0]) => {
      await given.aws
        .client(SQSClient)
        .send(new SendMessageCommand({ QueueUrl: given.orders, MessageBody: 'x' }))
    },
  }
  expect(await explore(sends, { seeds: 3 })).toBeUndefined()
  const wrong = { run: async () => expect(1).toBe(2) }
  await expect(explore(wrong, { seeds: 3 })).rejects.toThrow(WrongByItself)
})
