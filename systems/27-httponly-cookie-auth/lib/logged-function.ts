import { fileURLToPath } from 'node:url'
import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda'
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'

interface LoggedFunctionProps {
  /** The handler's file, in `src/`. */
  readonly entry: string
  readonly description: string
  readonly environment: Readonly<Record<string, string>>
}

/** A function that may do one thing: write to its own log, which is the stack's and goes with it. */
export class LoggedFunction extends Construct {
  readonly function: NodejsFunction

  constructor(scope: Construct, id: string, props: LoggedFunctionProps) {
    super(scope, id)
    const { entry, description, environment } = props
    const logGroup = new LogGroup(this, 'Log', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    const role = new Role(this, 'Role', {
      description: `Writes the log: ${description}`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    })
    role.addToPolicy(
      new PolicyStatement({
        sid: 'Log',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    )
    this.function = new NodejsFunction(this, 'Function', {
      description,
      entry: fileURLToPath(new URL(`../src/${entry}`, import.meta.url)),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: Duration.seconds(10),
      memorySize: 256,
      environment,
      logGroup,
      role,
    })
  }
}
