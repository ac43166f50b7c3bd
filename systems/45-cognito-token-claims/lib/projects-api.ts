import { RemovalPolicy } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { apiScope } from '../src/claims/scope.ts'
import { Code } from './code.ts'
import type { ClaimedToken, People } from './people.ts'

/** Where the page is served while someone works on it. */
export const localPage = 'http://localhost:8081'

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

/** The door: an HTTP API with its stage and log, and nothing behind it yet. */
export class Front extends Construct {
  readonly api: HttpApi

  constructor(scope: Construct, id: string, apiName: string) {
    super(scope, id)
    this.api = new HttpApi(this, 'Api', {
      apiName,
      createDefaultStage: false,
      corsPreflight: {
        allowOrigins: [localPage],
        allowMethods: [CorsHttpMethod.GET],
        allowHeaders: ['authorization'],
        exposeHeaders: ['x-lookups'],
      },
    })
    const log = new LogGroup(this, 'AccessLog', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: {
        destination: new LogGroupLogDestination(log),
        format: accessLogFormat,
      },
    })
  }
}

interface ProjectsApiProps {
  readonly api: HttpApi
  readonly people: People
  readonly claimedToken: ClaimedToken
}

/** The records of projects, in both designs: by the claim, and by a lookup at each call. */
export class ProjectsApi extends Construct {
  readonly items: Table
  readonly checkUserAccess: Code
  readonly #api: HttpApi

  constructor(scope: Construct, id: string, { api, people, claimedToken }: ProjectsApiProps) {
    super(scope, id)
    this.#api = api
    this.items = new Table(this, 'Items', {
      partitionKey: { name: 'projectId', type: AttributeType.STRING },
      sortKey: { name: 'itemId', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.DESTROY,
    })
    this.checkUserAccess = new Code(this, 'CheckUserAccess', {
      file: 'access/check-user-access',
      description: 'Says which projects are whose',
      environment: { USER_INFO_TABLE: people.userInfo.tableName },
    })
    this.checkUserAccess.allow('ReadProjects', ['dynamodb:GetItem'], people.userInfo.tableArn)

    const { pool, client } = people
    const authorizer = new HttpJwtAuthorizer('Token', pool.userPoolProviderUrl, {
      jwtAudience: [client.userPoolClientId],
    })
    // ID tokens have no scopes: an API that asks for one takes access tokens alone.
    const authorizationScopes = claimedToken === 'access' ? [apiScope] : []
    const guard = { methods: [HttpMethod.GET], authorizer, authorizationScopes }
    for (const [name, paths] of Object.entries({
      claim: ['/items', '/projects/{projectId}/items'],
      lookup: ['/standard/projects/{projectId}/items'],
    })) {
      const code = this.behind(`by-${name}`, `Records of projects, by ${name}`, {
        CHECK_USER_ACCESS: this.checkUserAccess.fn.functionName,
      })
      code.allow('AskForProjects', ['lambda:InvokeFunction'], this.checkUserAccess.fn.functionArn)
      const integration = new HttpLambdaIntegration(`By-${name}`, code.fn)
      for (const path of paths) this.#api.addRoutes({ ...guard, path, integration })
    }
  }

  /** A function that reads records. */
  behind(file: string, description: string, environment: Record<string, string> = {}): Code {
    const code = new Code(this, file, {
      file: `items/${file}`,
      description,
      environment: { ITEMS_TABLE: this.items.tableName, ...environment },
    })
    code.allow('ReadRecords', ['dynamodb:Query'], this.items.tableArn)
    return code
  }
}
