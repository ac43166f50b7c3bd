import { expect, test } from 'vitest'
import { readDeadLetter, readFailedInvocation, ruleOf, transform } from './logic.ts'

test('a placeholder between quotes gives text, outside it gives JSON', () => {
  const event = { detail: { 'stack-id': 'arn:stack', reason: 'say "no"' } }
  const InputPathsMap = { stack: '$.detail.stack-id', reason: '$.detail.reason' }
  const InputTemplate = '{"title":"<stack> failed: <reason>","value":<reason>}'
  expect(JSON.parse(transform(event, { InputPathsMap, InputTemplate }))).toEqual({
    title: 'arn:stack failed: say "no"',
    value: 'say "no"',
  })
})

test('a path that the event lacks gives empty text', () => {
  expect(transform({}, { InputPathsMap: { a: '$.x.y' }, InputTemplate: '"<a>"' })).toBe('""')
})

test('a rule is named by the end of its ARN, with its bus if it has one', () => {
  expect(ruleOf('arn:aws:events:eu-west-1:1:rule/failures')).toEqual({ Name: 'failures' })
  expect(ruleOf('arn:aws:events:eu-west-1:1:rule/bus/failures')).toEqual({
    EventBusName: 'bus',
    Name: 'failures',
  })
})

test('a dead letter tells the rule, the target and the error', () => {
  expect(
    readDeadLetter('{"id":"1"}', {
      RULE_ARN: { StringValue: 'rule' },
      TARGET_ARN: { StringValue: 'target' },
      ERROR_CODE: { StringValue: 'AccessDenied' },
    }),
  ).toEqual({ event: { id: '1' }, ruleArn: 'rule', targetArn: 'target', errorCode: 'AccessDenied' })
})

test('a failed invocation names its function and the event; other letters do not', () => {
  const functionArn = 'arn:aws:lambda:eu-west-1:111111111111:function:keeper'
  const letter = {
    requestContext: { functionArn: `${functionArn}:$LATEST` },
    requestPayload: { a: 1 },
  }
  expect(readFailedInvocation(JSON.stringify(letter))).toEqual({ functionArn, event: { a: 1 } })
  expect(readFailedInvocation('{"id":"1"}')).toBeUndefined()
})
