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
  readonly environment: Record<string, string>
  /** How many may run at the same time. Default: the account's limit. */
  readonly atOnce?: number
  /** How long an event may wait for its run, where it is called without waiting. */
  readonly maxEventAge?: Duration
}

/** A function of this system: its own log, its own role with nothing but what `allow` gives it, and no retry by Lambda. */
export class Code extends Construct {
  readonly fn: NodejsFunction
  readonly role: Role

  constructor(scope: Construct, id: string, props: CodeProps) {
    super(scope, id)
    const logGroup = new LogGroup(this, 'Log', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    this.role = new Role(this, 'Role', {
      description: props.description,
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
      description: props.description,
      entry: fileURLToPath(new URL(`../src/${props.file}.ts`, import.meta.url)),
      runtime: Runtime.NODEJS_24_X,
      timeout: props.timeout,
      memorySize: 256,
      logGroup,
      // What it may do is written out; constructs would give it more than it uses.
      role: this.role.withoutPolicyUpdates(),
      environment: props.environment,
      // Of the SDK's modules only what is used: it starts in two thirds of the time.
      bundling: { externalModules: [], minify: true, mainFields: ['module', 'main'] },
      // A second run would spend the quota twice: what was not done comes with the next tick.
      retryAttempts: 0,
      ...(props.atOnce === undefined ? {} : { reservedConcurrentExecutions: props.atOnce }),
      ...(props.maxEventAge === undefined ? {} : { maxEventAge: props.maxEventAge }),
    })
    this.fn.node.addDependency(this.role)
  }

  allow(...statements: readonly PolicyStatement[]): void {
    for (const statement of statements) this.role.addToPolicy(statement)
  }
}
