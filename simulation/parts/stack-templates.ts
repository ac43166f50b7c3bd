/** What a stack of the simulation is asked to be. */
export interface StackShape {
  /** The value of its parameter, and the delay of its queue: what an update changes. */
  readonly value: number
  readonly hasTopic: boolean
  /** One resource cannot be made. */
  readonly isBad: boolean
}

/** A few resources that need each other. */
export function templateOf({ value, hasTopic, isBad }: StackShape): string {
  const Queue = { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: value } }
  const Value = {
    Type: 'AWS::SSM::Parameter',
    Properties: { Type: 'String', Value: { 'Fn::Sub': `\${Queue.QueueName} ${value}` } },
  }
  const Role = {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { Service: 'lambda.amazonaws.com' },
          Action: 'sts:AssumeRole',
        },
      },
    },
  }
  const Group = { Type: 'AWS::Logs::LogGroup', DependsOn: 'Role' }
  const Topic = { Type: 'AWS::SNS::Topic' }
  const Subscription = {
    Type: 'AWS::SNS::Subscription',
    Properties: {
      TopicArn: { Ref: 'Topic' },
      Protocol: 'sqs',
      Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] },
    },
  }
  const Bad = {
    Type: 'AWS::SNS::Subscription',
    DependsOn: ['Queue', 'Role'],
    Properties: {
      TopicArn: 'arn:aws:sns:us-east-1:123456789012:no-such-topic',
      Protocol: 'sqs',
      Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] },
    },
  }
  return JSON.stringify({
    Resources: {
      Queue,
      Value,
      Role,
      Group,
      ...(hasTopic ? { Topic, Subscription } : {}),
      ...(isBad ? { Bad } : {}),
    },
    Outputs: { Queue: { Value: { Ref: 'Queue' } } },
  })
}
