import {
  CfnOutput,
  CfnResource,
  RemovalPolicy,
  Stack,
  type StackProps,
  Tags,
  Validations,
} from 'aws-cdk-lib'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'

/** As a beginner writes it: one bucket, nothing said. Two rules of AWS Solutions find something. */
export class BaselineBucket extends Stack {
  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props)
    new Bucket(this, 'Bucket')
  }
}

/** The same, one finding mended and the other acknowledged for the whole stack. */
export class AcknowledgedBucket extends Stack {
  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props)
    Validations.of(this).acknowledge({
      id: 'AwsSolutions::AwsSolutions-S1',
      reason: 'GATE-12 until 2027-06-30: nothing is read from this bucket but by its owner.',
    })
    const bucket = new Bucket(this, 'Bucket', {
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
    })
    ownEmptyingLog(bucket)
    Tags.of(bucket).add('Owner', 'gate')
    new CfnOutput(this, 'BucketName', { value: bucket.bucketName })
  }
}

/** The same with nothing left to acknowledge: each request leaves a line in a second bucket. */
export class LoggedBucket extends Stack {
  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props)
    const common = {
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
    }
    const log = new Bucket(this, 'Log', common)
    const bucket = new Bucket(this, 'Bucket', {
      ...common,
      serverAccessLogsBucket: log,
      serverAccessLogsPrefix: 'access/',
    })
    ownEmptyingLog(bucket, log)
    Tags.of(this).add('Owner', 'gate')
    new CfnOutput(this, 'BucketName', { value: bucket.bucketName })
    new CfnOutput(this, 'LogBucketName', { value: log.bucketName })
  }
}

/** The CDK's function that empties buckets before they go would leave its log group behind. */
function ownEmptyingLog(...buckets: [Bucket, ...Bucket[]]): void {
  const stack = Stack.of(buckets[0])
  const handler = stack.node
    .findChild('Custom::S3AutoDeleteObjectsCustomResourceProvider')
    .node.findChild('Handler')
  if (!CfnResource.isCfnResource(handler)) throw new Error('The provider has no handler.')
  const log = new LogGroup(stack, 'EmptyingLog', {
    logGroupName: `/aws/lambda/${handler.ref}`,
    retention: RetentionDays.ONE_WEEK,
    removalPolicy: RemovalPolicy.DESTROY,
  })
  for (const bucket of buckets) {
    bucket.node.findChild('AutoDeleteObjectsCustomResource').node.addDependency(log)
  }
}
