import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { FrontDoor } from './front-door.ts'
import { LoggedFunction } from './logged-function.ts'
import { People } from './people.ts'

/** An API whose people sign in at Cognito and hold their tokens as cookies that no script can read. */
export class CookieAuth extends Stack {
  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props)
    const door = new FrontDoor(this, 'Door')
    const people = new People(this, 'People', { origin: door.origin })
    const loginKey = new Secret(this, 'LoginKey', {
      description: 'Signs what a browser keeps while someone signs in',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: RemovalPolicy.DESTROY,
    })
    const app = {
      LOGIN_URL: people.domain.baseUrl(),
      CLIENT_ID: people.client.userPoolClientId,
    }
    const loggingIn = {
      ...app,
      REDIRECT_URI: people.redirectUri,
      // Read at the deployment: the functions ask no service for it, and may not.
      LOGIN_KEY: loginKey.secretValue.unsafeUnwrap(),
    }
    const sessionLength = { SESSION_SECONDS: String(people.sessionSeconds) }
    const login = new LoggedFunction(this, 'oAuth2Login', {
      entry: 'login/handler.ts',
      description: 'Begins a login',
      environment: loggingIn,
    })
    const callback = new LoggedFunction(this, 'oAuth2Callback', {
      entry: 'callback/handler.ts',
      description: 'Trades a code for tokens, which it hands out as cookies',
      environment: { ...loggingIn, ...sessionLength },
    })
    const refresh = new LoggedFunction(this, 'oAuth2Refresh', {
      entry: 'refresh/handler.ts',
      description: 'Renews a session, or ends it',
      environment: {
        ...app,
        ...sessionLength,
        ORIGIN: door.origin,
        SIGNED_OUT_URI: people.signedOutUri,
      },
    })
    const authorizer = new LoggedFunction(this, 'oAuth2Authorizer', {
      entry: 'authorizer/handler.ts',
      description: 'Lets in who holds a good access token as a cookie',
      environment: {
        USER_POOL_ID: people.pool.userPoolId,
        CLIENT_ID: app.CLIENT_ID,
        ORIGIN: door.origin,
      },
    })
    const backend = new LoggedFunction(this, 'getProtectedResource', {
      entry: 'backend/handler.ts',
      description: 'Stands for what is protected',
      environment: { LOGIN_URL: app.LOGIN_URL },
    })
    door.guarded(authorizer.function, backend.function, 'GET /', 'POST /orders')
    door.open('Callback', callback.function, 'GET /oauth2/callback')
    door.open(
      'Login',
      login.function,
      'GET /oauth2/login',
      'GET /oauth2/signed-out',
      'GET /oauth2/session.js',
    )
    door.open('Refresh', refresh.function, 'POST /oauth2/refresh', 'POST /oauth2/refresh/logout')

    new CfnOutput(this, 'Url', { value: door.origin })
    new CfnOutput(this, 'LoginUrl', { value: app.LOGIN_URL })
    new CfnOutput(this, 'UserPoolId', { value: people.pool.userPoolId })
    new CfnOutput(this, 'ClientId', { value: app.CLIENT_ID })
    new CfnOutput(this, 'BackendName', { value: backend.function.functionName })
    new CfnOutput(this, 'AuthorizerName', { value: authorizer.function.functionName })
  }
}
