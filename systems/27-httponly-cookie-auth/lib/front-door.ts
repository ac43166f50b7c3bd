import { Aws, CfnCondition, CfnParameter, Duration, Fn, RemovalPolicy } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  CfnAuthorizer,
  HttpApi,
  HttpAuthorizer,
  HttpMethod,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'

/** Which routes a function answers: `GET /oauth2/login`. */
type RouteKey = `${'GET' | 'POST'} /${string}`

/** Who was let in or not, one JSON object a request: no cookie, no query, no code. */
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    route: '$context.routeKey',
    status: '$context.status',
    error: '$context.authorizer.error',
    user: '$context.authorizer.sub',
  }),
)

/** The HTTP API: some routes for everyone, the others for those whom the authorizer lets in. */
export class FrontDoor extends Construct {
  readonly api: HttpApi
  readonly origin: string

  constructor(scope: Construct, id: string) {
    super(scope, id)
    this.api = new HttpApi(this, 'Api', { apiName: 'MyApp', createDefaultStage: false })
    this.origin = this.api.apiEndpoint
    const log = new LogGroup(this, 'AccessLog', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: { destination: new LogGroupLogDestination(log), format: accessLogFormat },
    })
  }

  /** For everyone: such a function judges for itself what it is given. */
  open(id: string, target: IFunction, ...routes: readonly RouteKey[]): void {
    this.#route(id, target, routes)
  }

  /**
   * For whom the authorizer lets in. What only reads may be let in again for a while as it was the last time
   * (`AuthorizerCacheSeconds`); what changes something is judged each time, since the key of that memory says nothing of
   * the page that a request comes from.
   */
  guarded(authorizer: IFunction, target: IFunction, ...routes: readonly RouteKey[]): void {
    const reading = routes.filter((route) => route.startsWith('GET '))
    const changing = routes.filter((route) => !reading.includes(route))
    this.#route('Reading', target, reading, this.#remembering(authorizer))
    this.#route('Changing', target, changing, this.#forgetful(authorizer))
    authorizer.addPermission('ApiAsksAuthorizer', {
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: `arn:${Aws.PARTITION}:execute-api:${Aws.REGION}:${Aws.ACCOUNT_ID}:${this.api.apiId}/authorizers/*`,
      scope: this,
    })
  }

  #remembering(authorizer: IFunction): IHttpRouteAuthorizer {
    const seconds = new CfnParameter(this, 'AuthorizerCacheSeconds', {
      type: 'Number',
      default: 0,
      minValue: 0,
      maxValue: 3600,
      description:
        'How long API Gateway remembers that a cookie was let in: as long, it may be used after its end.',
    })
    seconds.overrideLogicalId('AuthorizerCacheSeconds')
    const remembers = new CfnCondition(this, 'Remembers', {
      expression: Fn.conditionNot(Fn.conditionEquals(seconds, '0')),
    })
    const made = this.#authorizer('oAuth2Authorizer', authorizer)
    made.authorizerResultTtlInSeconds = seconds.valueAsNumber
    // Where nothing is remembered there is no source: a request without any cookie would get 401 instead of 403.
    made.addPropertyOverride('IdentitySource', {
      'Fn::If': [
        remembers.logicalId,
        ['$request.header.cookie', '$context.routeKey'],
        // Not AWS::NoValue: what is left out of an update stays as it was.
        [],
      ],
    })
    return authorizerOf(made)
  }

  #forgetful(authorizer: IFunction): IHttpRouteAuthorizer {
    const made = this.#authorizer('oAuth2AuthorizerOfChanges', authorizer)
    made.authorizerResultTtlInSeconds = 0
    return authorizerOf(made)
  }

  #authorizer(name: string, { functionArn }: IFunction): CfnAuthorizer {
    return new CfnAuthorizer(this, name, {
      apiId: this.api.apiId,
      name,
      authorizerType: 'REQUEST',
      authorizerPayloadFormatVersion: '2.0',
      enableSimpleResponses: true,
      authorizerUri: `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
    })
  }

  #route(
    id: string,
    target: IFunction,
    routes: readonly RouteKey[],
    authorizer?: IHttpRouteAuthorizer,
  ): void {
    const integration = new HttpLambdaIntegration(`${id}Integration`, target, {
      timeout: Duration.seconds(11),
    })
    for (const route of routes) {
      const [method = '', path = ''] = route.split(' ')
      this.api.addRoutes({
        path,
        methods: [method === 'POST' ? HttpMethod.POST : HttpMethod.GET],
        integration,
        ...(authorizer === undefined ? {} : { authorizer }),
      })
    }
  }
}

function authorizerOf(made: CfnAuthorizer): IHttpRouteAuthorizer {
  return HttpAuthorizer.fromHttpAuthorizerAttributes(made, 'Attributes', {
    authorizerId: made.ref,
    authorizerType: 'CUSTOM',
  })
}
