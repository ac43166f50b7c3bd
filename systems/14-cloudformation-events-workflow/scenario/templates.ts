/** Five queues at once, one of them impossible: the others are cancelled. */
export const stormTemplate = {
  Resources: {
    Broken: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 43_201 } },
    Fine1: { Type: 'AWS::SQS::Queue' },
    Fine2: { Type: 'AWS::SQS::Queue' },
    Fine3: { Type: 'AWS::SQS::Queue' },
    Fine4: { Type: 'AWS::SQS::Queue' },
  },
}

/** The rule as it was first published: every failure, whatever its reason, raw, with no dead-letter queue. */
export const originalPost = {
  Parameters: { SNSTopicARN: { Type: 'String' } },
  Resources: {
    CFNEventsRule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Name: 'cfn-stack-failure-test',
        State: 'ENABLED',
        EventPattern: {
          source: ['aws.cloudformation'],
          'detail-type': ['CloudFormation Resource Status Change'],
          detail: {
            'status-details': { status: ['CREATE_FAILED', 'UPDATE_FAILED', 'DELETE_FAILED'] },
          },
        },
        Targets: [
          {
            Id: 'opsitems',
            Arn: { 'Fn::Sub': 'arn:aws:ssm:${AWS::Region}:${AWS::AccountId}:opsitem' },
            RoleArn: { 'Fn::GetAtt': ['TargetInvocationRole', 'Arn'] },
          },
          { Id: 'sns', Arn: { Ref: 'SNSTopicARN' } },
        ],
      },
    },
    TargetInvocationRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        Path: '/',
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sts:AssumeRole',
          },
        },
        Policies: [
          {
            PolicyName: 'createopsitem',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: { Effect: 'Allow', Action: 'ssm:CreateOpsItem', Resource: '*' },
            },
          },
        ],
      },
    },
    AllowSNSPublish: {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: {
        Topics: [{ Ref: 'SNSTopicARN' }],
        PolicyDocument: {
          Statement: {
            Sid: 'grant-eventbridge-publish',
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: { Ref: 'SNSTopicARN' },
          },
        },
      },
    },
  },
}
