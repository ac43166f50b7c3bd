/**
 * Which source describes which of our services. Folder names are ours (`events`, `logs`, `states`);
 * AWS calls the same service differently in each of its data sets.
 */
export interface ServiceEntry {
  /** Artefact id in the group `software.amazon.api.models`. */
  readonly smithy: string
  /** Folder and API version in botocore's data. */
  readonly botocore: string
  /** Namespaces of CloudFormation types: `AWS::SQS`. */
  readonly cloudFormation: readonly string[]
  /** Prefixes of IAM actions: `sqs`. */
  readonly iam: readonly string[]
  /**
   * Name of the Smithy service shape, which is the prefix of `X-Amz-Target` and part of the path of
   * rpcv2Cbor. Only needed where the model in use has none (query and rest services in botocore).
   */
  readonly shapeName?: string
  /** Where it is not `<signing name>.amazonaws.com`. */
  readonly eventSource?: string
  /** Where it is not the signing name. */
  readonly arnNamespace?: string
  /** Older protocols that AWS still answers although the model has dropped them. */
  readonly olderProtocols?: readonly ('awsQuery' | 'awsJson1_0' | 'awsJson1_1')[]
  /** Namespace of XML answers, where the model in use does not name it. */
  readonly xmlNamespace?: string
  /** restXml errors stand alone, without an `ErrorResponse` around them: S3. */
  readonly noErrorWrapping?: boolean
  /** Signs and answers in one region whatever the caller's. */
  readonly global?: boolean
}

function entry(
  smithy: string,
  botocore: string,
  cloudFormation: string | readonly string[],
  iam: string | readonly string[],
  more: Partial<ServiceEntry> = {},
): ServiceEntry {
  return {
    smithy,
    botocore,
    cloudFormation: typeof cloudFormation === 'string' ? [cloudFormation] : cloudFormation,
    iam: typeof iam === 'string' ? [iam] : iam,
    ...more,
  }
}

export const services: Readonly<Record<string, ServiceEntry>> = {
  acm: entry('acm', 'acm/2015-12-08', 'AWS::CertificateManager', 'acm'),
  apigateway: entry('api-gateway', 'apigateway/2015-07-09', 'AWS::ApiGateway', 'apigateway', {
    shapeName: 'BackplaneControlService',
  }),
  apigatewaymanagementapi: entry(
    'apigatewaymanagementapi',
    'apigatewaymanagementapi/2018-11-29',
    [],
    'execute-api',
    { eventSource: 'apigateway.amazonaws.com' },
  ),
  apigatewayv2: entry('apigatewayv2', 'apigatewayv2/2018-11-29', 'AWS::ApiGatewayV2', [], {
    eventSource: 'apigateway.amazonaws.com',
  }),
  athena: entry('athena', 'athena/2017-05-18', 'AWS::Athena', 'athena'),
  cloudformation: entry(
    'cloudformation',
    'cloudformation/2010-05-15',
    'AWS::CloudFormation',
    'cloudformation',
    { shapeName: 'CloudFormation' },
  ),
  cloudtrail: entry('cloudtrail', 'cloudtrail/2013-11-01', 'AWS::CloudTrail', 'cloudtrail'),
  cloudwatch: entry('cloudwatch', 'cloudwatch/2010-08-01', 'AWS::CloudWatch', 'cloudwatch', {
    shapeName: 'GraniteServiceVersion20100801',
    arnNamespace: 'cloudwatch',
  }),
  cognitoidp: entry(
    'cognito-identity-provider',
    'cognito-idp/2016-04-18',
    'AWS::Cognito',
    'cognito-idp',
  ),
  codebuild: entry('codebuild', 'codebuild/2016-10-06', 'AWS::CodeBuild', 'codebuild'),
  dynamodb: entry('dynamodb', 'dynamodb/2012-08-10', 'AWS::DynamoDB', 'dynamodb'),
  dynamodbstreams: entry('dynamodb-streams', 'dynamodbstreams/2012-08-10', [], 'dynamodb', {
    eventSource: 'dynamodb.amazonaws.com',
  }),
  ec2: entry('ec2', 'ec2/2016-11-15', 'AWS::EC2', 'ec2', { shapeName: 'AmazonEC2' }),
  ecr: entry('ecr', 'ecr/2015-09-21', 'AWS::ECR', 'ecr'),
  ecs: entry('ecs', 'ecs/2014-11-13', 'AWS::ECS', 'ecs'),
  elbv2: entry(
    'elastic-load-balancing-v2',
    'elbv2/2015-12-01',
    'AWS::ElasticLoadBalancingV2',
    'elasticloadbalancing',
    { shapeName: 'ElasticLoadBalancing_v10' },
  ),
  events: entry('eventbridge', 'events/2015-10-07', 'AWS::Events', 'events'),
  firehose: entry('firehose', 'firehose/2015-08-04', 'AWS::KinesisFirehose', 'firehose'),
  glue: entry('glue', 'glue/2017-03-31', 'AWS::Glue', 'glue'),
  iam: entry('iam', 'iam/2010-05-08', 'AWS::IAM', 'iam', {
    shapeName: 'AWSIdentityManagementV20100508',
    global: true,
  }),
  kinesis: entry('kinesis', 'kinesis/2013-12-02', 'AWS::Kinesis', 'kinesis'),
  kms: entry('kms', 'kms/2014-11-01', 'AWS::KMS', 'kms'),
  lambda: entry('lambda', 'lambda/2015-03-31', 'AWS::Lambda', 'lambda', {
    shapeName: 'AWSGirApiService',
  }),
  logs: entry('cloudwatch-logs', 'logs/2014-03-28', 'AWS::Logs', 'logs'),
  route53: entry('route-53', 'route53/2013-04-01', 'AWS::Route53', 'route53', {
    shapeName: 'AWSDnsV20130401',
    xmlNamespace: 'https://route53.amazonaws.com/doc/2013-04-01/',
    global: true,
  }),
  s3: entry('s3', 's3/2006-03-01', 'AWS::S3', 's3', {
    shapeName: 'AmazonS3',
    xmlNamespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
    noErrorWrapping: true,
  }),
  scheduler: entry('scheduler', 'scheduler/2021-06-30', 'AWS::Scheduler', 'scheduler', {
    shapeName: 'AWSChronosService',
  }),
  secretsmanager: entry(
    'secrets-manager',
    'secretsmanager/2017-10-17',
    'AWS::SecretsManager',
    'secretsmanager',
  ),
  ses: entry('ses', 'ses/2010-12-01', [], 'ses', { eventSource: 'ses.amazonaws.com' }),
  sesv2: entry('sesv2', 'sesv2/2019-09-27', 'AWS::SES', 'ses', {
    eventSource: 'ses.amazonaws.com',
  }),
  sns: entry('sns', 'sns/2010-03-31', 'AWS::SNS', 'sns', {
    shapeName: 'AmazonSimpleNotificationService',
  }),
  sqs: entry('sqs', 'sqs/2012-11-05', 'AWS::SQS', 'sqs', {
    olderProtocols: ['awsQuery'],
    xmlNamespace: 'http://queue.amazonaws.com/doc/2012-11-05/',
  }),
  ssm: entry('ssm', 'ssm/2014-11-06', 'AWS::SSM', 'ssm'),
  states: entry('sfn', 'stepfunctions/2016-11-23', 'AWS::StepFunctions', 'states'),
  sts: entry('sts', 'sts/2011-06-15', [], 'sts', { shapeName: 'AWSSecurityTokenServiceV20110615' }),
  tagging: entry('resource-groups-tagging-api', 'resourcegroupstaggingapi/2017-01-26', [], 'tag', {
    shapeName: 'ResourceGroupsTaggingAPI_20170126',
    eventSource: 'resourcegroupstaggingapi.amazonaws.com',
  }),
}

/** The table's row for a folder name; throws with the way to add one. */
export function serviceEntry(name: string): ServiceEntry {
  const found = services[name]
  if (found === undefined)
    throw new Error(`no service "${name}": add a row to tools/models/services.ts`)
  return found
}
