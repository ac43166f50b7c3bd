import type { Service } from './define.ts'
import { httpApiHosts, restApiHosts } from './shared/apis/api-hosts.ts'
import { loginHosts } from './shared/login-hosts.ts'

export interface ServiceEntry {
  /** Loaded on first use. */
  readonly load: () => Promise<Service>
  /** Prefixes of the CloudFormation resource types that the service owns. */
  readonly resourcePrefixes?: readonly string[]
  /** Names in credential scopes and host names, where they are not the folder's name. */
  readonly endpointNames?: readonly string[]
  /** Its name in credential scopes, where that is another service's: the target tells them apart. */
  readonly signedAs?: string
  /** Before the dot in `X-Amz-Target`: how an unsigned request is recognised. */
  readonly targetPrefix?: string
  /** `Version` of its query protocol: likewise. */
  readonly queryVersion?: string
  /** Query actions that need neither signature nor `Version`: links that people are sent. */
  readonly linkActions?: readonly string[]
  /** Paths of plain HTTP that is no API call and that `http` of the service answers, on any host. */
  readonly plainPaths?: RegExp
  /** Host names of plain HTTP, and the `httpOperation` that answers for them. */
  readonly hosts?: { readonly names: RegExp; readonly operation: string }
  /** How the paths of its requests begin, where it shares endpoint and signing name with another folder's service. */
  readonly paths?: { readonly of: string; readonly prefix: string }
}

/** Every service of the model, by folder name. One line a service; nothing else to register. */
export const registry: Readonly<Record<string, ServiceEntry>> = {
  acm: {
    load: async () => (await import('./acm/service.ts')).acm,
    targetPrefix: 'CertificateManager',
    hosts: {
      names: /^[a-z0-9-]+\.acm-certificates\.amazon\.com$/,
      operation: 'ApprovalRequest',
    },
    resourcePrefixes: ['AWS::CertificateManager::'],
  },
  apigateway: {
    load: async () => (await import('./apigateway/service.ts')).apigateway,
    hosts: { names: restApiHosts, operation: 'InvokeRestApi' },
    resourcePrefixes: ['AWS::ApiGateway::'],
  },
  apigatewayv2: {
    load: async () => (await import('./apigatewayv2/service.ts')).apigatewayv2,
    paths: { of: 'apigateway', prefix: '/v2/' },
    hosts: { names: httpApiHosts, operation: 'InvokeApi' },
    resourcePrefixes: ['AWS::ApiGatewayV2::'],
  },
  cloudformation: {
    load: async () => (await import('./cloudformation/service.ts')).cloudformation,
    queryVersion: '2010-05-15',
    resourcePrefixes: ['AWS::CloudFormation::', 'AWS::CDK::'],
  },
  cloudtrail: {
    load: async () => (await import('./cloudtrail/service.ts')).cloudtrail,
    targetPrefix: 'CloudTrail_20131101',
    resourcePrefixes: ['AWS::CloudTrail::'],
  },
  dynamodb: {
    load: async () => (await import('./dynamodb/service.ts')).dynamodb,
    targetPrefix: 'DynamoDB_20120810',
    resourcePrefixes: ['AWS::DynamoDB::'],
  },
  dynamodbstreams: {
    load: async () => (await import('./dynamodbstreams/service.ts')).dynamodbstreams,
    endpointNames: ['streams.dynamodb'],
    signedAs: 'dynamodb',
    targetPrefix: 'DynamoDBStreams_20120810',
  },
  cloudwatch: {
    load: async () => (await import('./cloudwatch/service.ts')).cloudwatch,
    endpointNames: ['monitoring'],
    targetPrefix: 'GraniteServiceVersion20100801',
    queryVersion: '2010-08-01',
    resourcePrefixes: ['AWS::CloudWatch::'],
  },
  cognitoidp: {
    load: async () => (await import('./cognitoidp/service.ts')).cognitoidp,
    endpointNames: ['cognito-idp'],
    targetPrefix: 'AWSCognitoIdentityProviderService',
    hosts: { names: loginHosts, operation: 'HostedLogin' },
    resourcePrefixes: ['AWS::Cognito::'],
  },
  ec2: {
    load: async () => (await import('./ec2/service.ts')).ec2,
    queryVersion: '2016-11-15',
    resourcePrefixes: ['AWS::EC2::'],
  },
  ecr: {
    load: async () => (await import('./ecr/service.ts')).ecr,
    endpointNames: ['ecr', 'api.ecr'],
    targetPrefix: 'AmazonEC2ContainerRegistry_V20150921',
    resourcePrefixes: ['AWS::ECR::'],
  },
  elbv2: {
    load: async () => (await import('./elbv2/service.ts')).elbv2,
    endpointNames: ['elasticloadbalancing'],
    queryVersion: '2015-12-01',
    hosts: {
      names:
        /^(?:(?:dualstack\.)?[a-z0-9-]+-\d{9,10}\.[a-z0-9-]+\.elb|public-keys\.auth\.elb\.[a-z0-9-]+)\.(?:amazonaws\.com|localhost)$/,
      operation: 'LoadBalancerRequest',
    },
    resourcePrefixes: ['AWS::ElasticLoadBalancingV2::'],
  },
  events: {
    load: async () => (await import('./events/service.ts')).events,
    targetPrefix: 'AWSEvents',
    resourcePrefixes: ['AWS::Events::'],
  },
  hello: {
    load: async () => (await import('./hello/service.ts')).hello,
    targetPrefix: 'Hello_20260101',
    resourcePrefixes: ['Orrery::Hello::'],
  },
  iam: {
    load: async () => (await import('./iam/service.ts')).iam,
    queryVersion: '2010-05-08',
    resourcePrefixes: ['AWS::IAM::'],
  },
  kms: {
    load: async () => (await import('./kms/service.ts')).kms,
    targetPrefix: 'TrentService',
    resourcePrefixes: ['AWS::KMS::'],
  },
  lambda: {
    load: async () => (await import('./lambda/service.ts')).lambda,
    hosts: {
      names: /^[a-z2-7]{32}\.lambda-url\.[a-z0-9-]+\.on\.aws$/,
      operation: 'InvokeFunctionUrl',
    },
    resourcePrefixes: ['AWS::Lambda::'],
  },
  logs: {
    load: async () => (await import('./logs/service.ts')).logs,
    targetPrefix: 'Logs_20140328',
    resourcePrefixes: ['AWS::Logs::'],
  },
  route53: {
    load: async () => (await import('./route53/service.ts')).route53,
    resourcePrefixes: ['AWS::Route53::'],
  },
  s3: {
    load: async () => (await import('./s3/service.ts')).s3,
    endpointNames: ['s3'],
    hosts: {
      names: /\.s3-website(?:[.-][a-z]{2}(?:-[a-z]+)+-\d)?\.(?:amazonaws\.com|localhost)$/,
      operation: 'WebsiteRequest',
    },
    resourcePrefixes: ['AWS::S3::'],
  },
  scheduler: {
    load: async () => (await import('./scheduler/service.ts')).scheduler,
    resourcePrefixes: ['AWS::Scheduler::'],
  },
  secretsmanager: {
    load: async () => (await import('./secretsmanager/service.ts')).secretsmanager,
    targetPrefix: 'secretsmanager',
    resourcePrefixes: ['AWS::SecretsManager::'],
  },
  ses: {
    load: async () => (await import('./ses/service.ts')).ses,
    endpointNames: ['ses', 'email'],
    queryVersion: '2010-12-01',
    hosts: {
      names:
        /^(?:email-verification\.[a-z0-9-]+\.amazonaws\.com|sending-limits\.[a-z0-9-]+\.orrery)$/,
      operation: 'MailRequest',
    },
  },
  sesv2: {
    load: async () => (await import('./sesv2/service.ts')).sesv2,
    paths: { of: 'ses', prefix: '/v2/email/' },
    hosts: {
      names: /^(?:[a-z0-9]+\.r\.[a-z0-9-]+\.awstrack\.me|unsubscribe\.[a-z0-9-]+\.amazonses\.com)$/,
      operation: 'MailLinkRequest',
    },
    resourcePrefixes: ['AWS::SES::'],
  },
  sns: {
    load: async () => (await import('./sns/service.ts')).sns,
    queryVersion: '2010-03-31',
    linkActions: ['ConfirmSubscription', 'Unsubscribe'],
    plainPaths: /^\/SimpleNotificationService-[0-9a-f]+\.pem$/,
    resourcePrefixes: ['AWS::SNS::'],
  },
  sqs: {
    load: async () => (await import('./sqs/service.ts')).sqs,
    targetPrefix: 'AmazonSQS',
    queryVersion: '2012-11-05',
    resourcePrefixes: ['AWS::SQS::'],
  },
  ssm: {
    load: async () => (await import('./ssm/service.ts')).ssm,
    targetPrefix: 'AmazonSSM',
    resourcePrefixes: ['AWS::SSM::'],
  },
  states: {
    load: async () => (await import('./states/service.ts')).states,
    targetPrefix: 'AWSStepFunctions',
    resourcePrefixes: ['AWS::StepFunctions::'],
  },
  sts: {
    load: async () => (await import('./sts/service.ts')).sts,
    queryVersion: '2011-06-15',
  },
  tagging: {
    load: async () => (await import('./tagging/service.ts')).tagging,
    targetPrefix: 'ResourceGroupsTaggingAPI_20170126',
  },
}
