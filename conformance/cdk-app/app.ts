import { fileURLToPath } from 'node:url'
import {
  App,
  CfnOutput,
  CustomResource,
  Duration,
  RemovalPolicy,
  Stack,
  type StackProps,
} from 'aws-cdk-lib'
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3'
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { Provider } from 'aws-cdk-lib/custom-resources'

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** A bucket that a deployment fills, and that empties itself. */
class Data extends Stack {
  readonly bucket: Bucket

  constructor(scope: App, id: string, props?: StackProps) {
    super(scope, id, props)
    this.bucket = new Bucket(this, 'Site', {
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
      versioned: true,
    })
    new BucketDeployment(this, 'Deployment', {
      sources: [Source.asset(path('site'))],
      destinationBucket: this.bucket,
    })
  }
}

/** Functions in two languages, one of them behind a queue, and a resource that a function makes. */
class Work extends Stack {
  constructor(scope: App, id: string, props: StackProps & { bucket: IBucket }) {
    super(scope, id, props)
    const { bucket } = props
    const queue = new Queue(this, 'Orders', { visibilityTimeout: Duration.minutes(3) })
    const worker = new NodejsFunction(this, 'Worker', {
      entry: path('functions/worker.ts'),
      runtime: Runtime.NODEJS_22_X,
      environment: { BUCKET: bucket.bucketName },
      logRetention: RetentionDays.ONE_WEEK,
    })
    worker.addEventSource(new SqsEventSource(queue, { reportBatchItemFailures: true }))
    bucket.grantPut(worker)
    const reader = new LambdaFunction(this, 'Reader', {
      code: Code.fromAsset(path('python')),
      handler: 'reader.handler',
      runtime: Runtime.PYTHON_3_13,
      environment: { BUCKET: bucket.bucketName },
    })
    bucket.grantRead(reader)
    const onEventHandler = new NodejsFunction(this, 'OnEvent', {
      entry: path('functions/on-event.ts'),
      runtime: Runtime.NODEJS_22_X,
    })
    bucket.grantReadWrite(onEventHandler)
    const { serviceToken } = new Provider(this, 'Provider', { onEventHandler })
    const marker = new CustomResource(this, 'Marker', {
      serviceToken,
      resourceType: 'Custom::Marker',
      properties: {
        Bucket: bucket.bucketName,
        Key: 'marker',
        Text: this.node.tryGetContext('text') ?? 'made by a function',
      },
    })
    new CfnOutput(this, 'QueueUrl', { value: queue.queueUrl })
    new CfnOutput(this, 'BucketName', { value: bucket.bucketName })
    new CfnOutput(this, 'ReaderName', { value: reader.functionName })
    new CfnOutput(this, 'MarkerEtag', { value: marker.getAttString('ETag') })
  }
}

const app = new App()
const { bucket } = new Data(app, 'StrangerData')
new Work(app, 'StrangerWork', { bucket })
