import {
  CfnOutput,
  CfnParameter,
  Duration,
  RemovalPolicy,
  Stack,
  type StackProps,
} from 'aws-cdk-lib'
import { type CfnRule, type EventPattern, Rule } from 'aws-cdk-lib/aws-events'
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { failureKinds } from './failure-kinds.ts'
import { mailInput, opsItemInput } from './inputs.ts'

/**
 * Listens to CloudFormation's own events, opens one OpsItem per failed operation and tells the operators.
 * What could not be delivered waits in a dead-letter queue; nothing is lost.
 */
export class StackFailureDesk extends Stack {
  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props)
    const operators = new CfnParameter(this, 'OperatorEmail', {
      type: 'String',
      description: 'Where failures are told. The address has to confirm its subscription.',
      allowedPattern: '[^@\\s]+@[^@\\s]+',
      default: 'operators@example.com',
    })
    const topic = new Topic(this, 'Failures', { displayName: 'Stack failures', enforceSSL: true })
    new Subscription(this, 'Operators', {
      topic,
      protocol: SubscriptionProtocol.EMAIL,
      endpoint: operators.valueAsString,
    })
    const undelivered = new Queue(this, 'Undelivered', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.DESTROY,
    })
    const role = this.#opsItemRole()
    const rules = failureKinds.map((kind) => {
      const rule = this.#rule(kind.id, kind.description, kind.pattern)
      const deadLetterConfig = { arn: undelivered.queueArn }
      const opsItem: Target = {
        id: 'opsitems',
        arn: this.formatArn({ service: 'ssm', resource: 'opsitem' }),
        roleArn: role.roleArn,
        inputTransformer: opsItemInput(kind),
        deadLetterConfig,
      }
      const mail: Target = {
        id: 'sns',
        arn: topic.topicArn,
        inputTransformer: mailInput(kind),
        deadLetterConfig,
      }
      targetsOf(rule, [opsItem, mail])
      return rule
    })
    const ruleArns = rules.map((rule) => rule.ruleArn)
    topic.addToResourcePolicy(onlyFrom(ruleArns, 'sns:Publish', topic.topicArn))
    undelivered.addToResourcePolicy(onlyFrom(ruleArns, 'sqs:SendMessage', undelivered.queueArn))
    new CfnOutput(this, 'TopicArn', { value: topic.topicArn })
    new CfnOutput(this, 'UndeliveredUrl', { value: undelivered.queueUrl })
    new CfnOutput(this, 'RoleName', { value: role.roleName })
  }

  /** EventBridge of this account alone may open OpsItems, and nothing else. */
  #opsItemRole(): Role {
    const role = new Role(this, 'TargetInvocationRole', {
      description: 'Lets EventBridge open OpsItems for failed stack resources.',
      assumedBy: new ServicePrincipal('events.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    })
    role.addToPolicy(
      new PolicyStatement({
        sid: 'OpenOpsItems',
        actions: ['ssm:CreateOpsItem'],
        resources: [this.formatArn({ service: 'ssm', resource: 'opsitem', resourceName: '*' })],
      }),
    )
    return role
  }

  #rule(id: string, description: string, eventPattern: EventPattern): Rule {
    return new Rule(this, id, { description, eventPattern })
  }
}

type Target = CfnRule.TargetProperty

/** OpsItems have no target construct of their own, so both targets are written as CloudFormation has them. */
function targetsOf(rule: Rule, targets: Target[]): void {
  const resource = rule.node.defaultChild as CfnRule // A rule's default child is its resource.
  resource.targets = targets
}

/** Guards against the confused deputy: EventBridge, but only on behalf of these rules. */
function onlyFrom(ruleArns: string[], action: string, resource: string): PolicyStatement {
  return new PolicyStatement({
    sid: 'EventBridgeOnBehalfOfTheseRules',
    effect: Effect.ALLOW,
    principals: [new ServicePrincipal('events.amazonaws.com')],
    actions: [action],
    resources: [resource],
    conditions: { ArnEquals: { 'aws:SourceArn': ruleArns } },
  })
}
