import { fileURLToPath } from 'node:url'
import { type Duration, RemovalPolicy } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Runtime } from 'aws-cdk-lib/aws-lambda'
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'

export interface CodeProps {
  readonly description: string
  /** Of `src`, without ending. */
  readonly file: string
  readonly timeout: Duration
  readonly environment?: Record<string, string>
}

/** A function with a log of its own and a role that may do what `allow` gives it, and nothing else. */
export class Code extends Construct {
  readonly fn: NodejsFunction
  readonly role: Role

  constructor(scope: Construct, id: string, props: CodeProps) {
    super(scope, id)
    const { description, timeout, environment = {} } = props
    const logGroup = new LogGroup(this, 'Log', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    this.role = new Role(this, 'Role', {
      description,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    })
    this.allow(
      new PolicyStatement({
        sid: 'Log',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    )
    this.fn = new NodejsFunction(this, 'Function', {
      description,
      entry: fileURLToPath(new URL(`../src/${props.file}.ts`, import.meta.url)),
      runtime: Runtime.NODEJS_24_X,
      timeout,
      memorySize: 256,
      logGroup,
      // What it may do is written out; constructs would give it more than it uses.
      role: this.role.withoutPolicyUpdates(),
      environment,
      // Of the SDK's modules only what is used: functions start faster.
      bundling: { minify: true, externalModules: [], mainFields: ['module', 'main'] },
    })
    this.fn.node.addDependency(this.role)
  }

  allow(...statements: readonly PolicyStatement[]): void {
    for (const statement of statements) this.role.addToPolicy(statement)
  }
}
