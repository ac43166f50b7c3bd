import { fileURLToPath } from 'node:url'
import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Runtime } from 'aws-cdk-lib/aws-lambda'
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'

interface LoggedFunctionProps {
  /** The handler's file, in `src/`. */
  readonly entry: string
  readonly description: string
  readonly environment: Readonly<Record<string, string>>
  /** How many may run at a time. */
  readonly concurrency?: number
}

/** A function with a role of its own, which may write the log to begin with; the log is the stack's and goes with it. */
export class LoggedFunction extends Construct {
  readonly function: NodejsFunction
  readonly role: Role

  constructor(scope: Construct, id: string, props: LoggedFunctionProps) {
    super(scope, id)
    const { entry, description, environment, concurrency } = props
    const logGroup = new LogGroup(this, 'Log', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    this.role = new Role(this, 'Role', {
      description,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    })
    this.allow('Log', ['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn)
    this.function = new NodejsFunction(this, 'Function', {
      description,
      entry: fileURLToPath(new URL(`../src/${entry}`, import.meta.url)),
      runtime: Runtime.NODEJS_24_X,
      timeout: Duration.seconds(30),
      memorySize: 256,
      environment,
      logGroup,
      role: this.role,
      bundling: { externalModules: ['@aws-sdk/*', '@smithy/*'] },
      ...(concurrency === undefined ? {} : { reservedConcurrentExecutions: concurrency }),
    })
  }

  allow(
    sid: string,
    actions: string[],
    resource: string,
    conditions?: Record<string, unknown>,
  ): void {
    this.role.addToPolicy(
      new PolicyStatement({
        sid,
        actions,
        resources: [resource],
        ...(conditions === undefined ? {} : { conditions }),
      }),
    )
  }
}
