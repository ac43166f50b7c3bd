import { CfnOutput, Stack, type StackProps, Validations } from 'aws-cdk-lib'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'

/** The smallest system: what is published to the topic waits in the queue. */
export class Hello extends Stack {
  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props)
    const topic = new Topic(this, 'Topic', { enforceSSL: true })
    const queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    })
    Validations.of(queue).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SQS3',
      reason: 'Nothing takes messages from it that could fail.',
    })
    topic.addSubscription(new SqsSubscription(queue, { rawMessageDelivery: true }))
    new CfnOutput(this, 'TopicArn', { value: topic.topicArn })
    new CfnOutput(this, 'QueueUrl', { value: queue.queueUrl })
  }
}
