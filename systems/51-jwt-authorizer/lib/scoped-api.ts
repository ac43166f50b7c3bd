import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  CfnRoute,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { scopeOf } from '../src/group-scopes/logic.ts'
import { unguardedRoutes } from '../src/route-lint/logic.ts'
import { LoggedFunction } from './logged-function.ts'
import { routes } from './routes.ts'

interface ScopedApiProps {
  /** Who signs the tokens. Taken from the pool, never typed: a wrong one shows at the deployment. */
  readonly issuer: string
  /** Whom the tokens are for: `aud`, or `client_id` where there is no `aud`. Scopes end with it. */
  readonly audience: string
  /** Stages beside the default one: their routes begin with their name. */
  readonly stages?: readonly string[]
}

/** Why a request was let in or not, one JSON object a request. `error` is the authorizer's own finding. */
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    route: '$context.routeKey',
    status: '$context.status',
    error: '$context.authorizer.error',
    user: '$context.authorizer.claims.sub',
  }),
)

/** An HTTP API with one function a route; a JWT authorizer lets in who has the route's scope. No code judges. */
export class ScopedApi extends Construct {
  readonly api: HttpApi

  constructor(scope: Construct, id: string, { issuer, audience, stages = [] }: ScopedApiProps) {
    super(scope, id)
    this.api = new HttpApi(this, 'Api', { apiName: 'JWTAuth', createDefaultStage: false })
    const authorizer = new HttpJwtAuthorizer('JWTAuth', issuer, {
      authorizerName: 'JWTAuth',
      identitySource: ['$request.header.Authorization'],
      jwtAudience: [audience],
    })
    for (const { path, group, source } of routes) {
      const target = new LoggedFunction(this, path.slice(1), {
        entry: `${source}/handler.ts`,
        description: `Behind GET ${path}`,
      })
      this.api.addRoutes({
        path,
        methods: [HttpMethod.GET],
        integration: new HttpLambdaIntegration(`${path.slice(1)}Integration`, target.function, {
          timeout: Duration.seconds(6),
        }),
        authorizer,
        authorizationScopes: [scopeOf(group, audience)],
      })
    }
    this.#stages(['$default', ...stages])
    // An app with a route that anyone could take is not synthesised.
    const made = () => this.node.findAll().filter((it) => it instanceof CfnRoute)
    this.node.addValidation({ validate: () => unguardedRoutes(made()) })
  }

  #stages(names: readonly string[]): void {
    const log = new LogGroup(this, 'AccessLog', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    for (const stageName of names) {
      new HttpStage(this, `Stage-${stageName.replace('$', '')}`, {
        httpApi: this.api,
        stageName,
        autoDeploy: true,
        accessLogSettings: {
          destination: new LogGroupLogDestination(log),
          format: accessLogFormat,
        },
      })
    }
  }

  get accessLogName(): string {
    const log = this.node.findChild('AccessLog')
    if (!(log instanceof LogGroup)) throw new Error('AccessLog is no log group')
    return log.logGroupName
  }
}
