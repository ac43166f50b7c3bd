import { expect, test } from 'vitest'
import { graphOf } from './graph.ts'

test('calls by the id of an API and by the ARN of a user pool come from the stack’s own resources', () => {
  const functionArn = 'arn:aws:lambda:us-east-1:123456789012:function:work'
  const call = (sequence: number, sourceArn: string) => ({
    sequence,
    kind: 'call',
    name: 'lambda.Invoke',
    data: { sourceArn, decisions: [{ resource: functionArn }] },
  })
  const { nodes, edges } = graphOf(
    'web',
    [
      { logicalId: 'Api', type: 'AWS::ApiGatewayV2::Api', physicalId: 'a1b2c3' },
      { logicalId: 'Pool', type: 'AWS::Cognito::UserPool', physicalId: 'us-east-1_Abc' },
      { logicalId: 'Work', type: 'AWS::Lambda::Function', physicalId: 'work' },
    ],
    [
      [
        call(1, 'arn:aws:execute-api:us-east-1:123456789012:a1b2c3/$default/GET/work'),
        call(2, 'arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Abc'),
        call(3, 'arn:aws:execute-api:us-east-1:123456789012:other/$default/GET/work'),
      ],
    ],
  )
  expect(nodes.filter(({ outside }) => outside).map(({ id }) => id)).toEqual(['execute-api:other'])
  expect(edges.map(({ from, to }) => [from, to])).toEqual([
    ['Api', 'Work'],
    ['Pool', 'Work'],
    ['execute-api:other', 'Work'],
  ])
})
