import { fileURLToPath } from 'node:url'
import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Runtime } from 'aws-cdk-lib/aws-lambda'
import { type BundlingOptions, NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'

interface CodeProps {
  readonly description: string
  /** The handler's file, in `src/`, without ending. */
  readonly file: string
  readonly environment?: Readonly<Record<string, string>>
  readonly bundling?: BundlingOptions
}

/** A function with a log of its own and a role that may do what `allow` gives it, and nothing else. */
export class Code extends Construct {
  readonly fn: NodejsFunction
  readonly logGroup: LogGroup
  readonly role: Role

  constructor(scope: Construct, id: string, props: CodeProps) {
    super(scope, id)
    const { description, file, environment = {}, bundling = {} } = props
    this.logGroup = new LogGroup(this, 'Log', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    this.role = new Role(this, 'Role', {
      description,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    })
    this.allow('Log', ['logs:CreateLogStream', 'logs:PutLogEvents'], this.logGroup.logGroupArn)
    this.fn = new NodejsFunction(this, 'Function', {
      description,
      entry: fileURLToPath(new URL(`../src/${file}.ts`, import.meta.url)),
      runtime: Runtime.NODEJS_24_X,
      // Less than the five seconds that Cognito waits: a function that hangs is told from one that is slow.
      timeout: Duration.seconds(4),
      memorySize: 256,
      logGroup: this.logGroup,
      // What it may do is written out; constructs would give it more than it uses.
      role: this.role.withoutPolicyUpdates(),
      environment,
      // Of the SDK's modules only what is used: functions start in two thirds of the time.
      bundling: { minify: true, externalModules: [], mainFields: ['module', 'main'], ...bundling },
    })
    this.fn.node.addDependency(this.role)
  }

  allow(sid: string, actions: readonly string[], ...resources: readonly string[]): void {
    this.role.addToPolicy(
      new PolicyStatement({ sid, actions: [...actions], resources: [...resources] }),
    )
  }
}
