import { fileURLToPath } from 'node:url'
import {
  Aws,
  CfnOutput,
  CfnResource,
  Duration,
  RemovalPolicy,
  Stack,
  type StackProps,
} from 'aws-cdk-lib'
import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Runtime } from 'aws-cdk-lib/aws-lambda'
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations'
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { tagPermissions } from './tag-permissions.ts'

const source = ['aws.cloudformation']

/**
 * Listens to what CloudFormation has done, keeps an inventory of every stack's resources and tags them with their
 * stack, so that the context of the stack is there wherever tags are shown.
 */
export class StackInventory extends Stack {
  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props)
    const inventory = this.#bucket()
    const unprocessed = new Queue(this, 'Unprocessed', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.DESTROY,
    })
    const logGroup = new LogGroup(this, 'Log', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    const role = this.#role(inventory, unprocessed, logGroup)
    const keeper = new NodejsFunction(this, 'Keeper', {
      description: 'Keeps the inventory of stack resources and tags them with their stack.',
      entry: fileURLToPath(new URL('../src/inventory/handler.ts', import.meta.url)),
      runtime: Runtime.NODEJS_24_X,
      timeout: Duration.minutes(1),
      memorySize: 256,
      logGroup,
      // Its permissions are written out in one place; constructs would give it more than it uses.
      role: role.withoutPolicyUpdates(),
      environment: { INVENTORY_BUCKET: inventory.bucketName },
      // Of the SDK's modules only what is used: it starts faster.
      bundling: { externalModules: [], minify: true, mainFields: ['module', 'main'] },
      onFailure: new SqsDestination(unprocessed),
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
    })
    keeper.node.addDependency(role)
    // Its own resources are no work: they go while it does.
    const others = [{ 'anything-but': [Aws.STACK_ID] }]
    const patterns: Record<string, EventPattern> = {
      ResourceChanges: {
        source,
        detailType: ['CloudFormation Resource Status Change'],
        detail: {
          'stack-id': others,
          'physical-resource-id': [{ 'anything-but': '' }],
          'status-details': { status: ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'DELETE_COMPLETE'] },
        },
      },
      StackChanges: {
        source,
        detailType: ['CloudFormation Stack Status Change'],
        detail: { 'stack-id': others, 'status-details': { status: [{ suffix: '_COMPLETE' }] } },
      },
    }
    for (const [name, eventPattern] of Object.entries(patterns)) {
      new Rule(this, name, {
        description: 'What CloudFormation has done to other stacks.',
        eventPattern,
        targets: [new LambdaFunction(keeper, { deadLetterQueue: unprocessed })],
      })
    }
    new CfnOutput(this, 'InventoryBucket', { value: inventory.bucketName })
    new CfnOutput(this, 'UnprocessedUrl', { value: unprocessed.queueUrl })
    new CfnOutput(this, 'KeeperName', { value: keeper.functionName })
    new CfnOutput(this, 'KeeperRoleName', { value: role.roleName })
  }

  /** Empties itself before it goes: the rows are made of what CloudFormation knows, and can be made again. */
  #bucket(): Bucket {
    const bucket = new Bucket(this, 'Inventory', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
    })
    const handler = this.node
      .findChild('Custom::S3AutoDeleteObjectsCustomResourceProvider')
      .node.findChild('Handler')
    if (!CfnResource.isCfnResource(handler)) throw new Error('The provider has no handler.')
    // The CDK's function would leave its log group behind.
    const log = new LogGroup(this, 'EmptyingLog', {
      logGroupName: `/aws/lambda/${handler.ref}`,
      retention: RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    bucket.node.findChild('AutoDeleteObjectsCustomResource').node.addDependency(log)
    return bucket
  }

  #role(inventory: Bucket, unprocessed: Queue, logGroup: LogGroup): Role {
    const role = new Role(this, 'KeeperRole', {
      description: 'Reads stacks, tags their resources and keeps the inventory.',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    })
    const statements = [
      new PolicyStatement({
        sid: 'Log',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
      new PolicyStatement({
        sid: 'ReadStacks',
        actions: ['cloudformation:DescribeStackResources', 'cloudformation:ListStackResources'],
        resources: [
          this.formatArn({ service: 'cloudformation', resource: 'stack', resourceName: '*' }),
        ],
      }),
      new PolicyStatement({
        sid: 'KeepRows',
        actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
        resources: [inventory.arnForObjects('*')],
      }),
      // Besides its own use: without it a row that is not there is Forbidden, not missing.
      new PolicyStatement({
        sid: 'ListRows',
        actions: ['s3:ListBucket'],
        resources: [inventory.bucketArn],
      }),
      new PolicyStatement({
        sid: 'LeaveLetters',
        actions: ['sqs:SendMessage'],
        resources: [unprocessed.queueArn],
      }),
      ...tagPermissions(this),
    ]
    for (const statement of statements) role.addToPolicy(statement)
    return role
  }
}
