import { Duration } from 'aws-cdk-lib'
import { type HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2'
import {
  HttpLambdaAuthorizer,
  HttpLambdaResponseType,
} from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { Construct } from 'constructs'
import { Code } from './code.ts'
import type { People } from './people.ts'
import type { ProjectsApi } from './projects-api.ts'

interface JudgedRouteProps {
  readonly api: HttpApi
  readonly people: People
  readonly projects: ProjectsApi
}

/** The same records behind a function that verifies the token and judges its claim before anything else runs. */
export class JudgedRoute extends Construct {
  constructor(scope: Construct, id: string, { api, people, projects }: JudgedRouteProps) {
    super(scope, id)
    const judge = new Code(this, 'Judge', {
      file: 'access/authorizer',
      description: 'Verifies tokens and judges the claim for the project in the path',
      environment: {
        USER_POOL_ID: people.pool.userPoolId,
        CLIENT_ID: people.client.userPoolClientId,
      },
    })
    const authorizer = new HttpLambdaAuthorizer('JudgedToken', judge.fn, {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      identitySource: ['$request.header.Authorization'],
      // The answer holds for one project: kept for the token alone it would let into all of them.
      resultsCacheTtl: Duration.seconds(0),
    })
    const code = projects.behind('by-authorizer', 'Records of a project that was judged before')
    api.addRoutes({
      path: '/judged/projects/{projectId}/items',
      methods: [HttpMethod.GET],
      integration: new HttpLambdaIntegration('ByAuthorizer', code.fn),
      authorizer,
    })
  }
}
