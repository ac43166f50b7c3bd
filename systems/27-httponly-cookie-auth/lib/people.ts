import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib'
import {
  AccountRecovery,
  FeaturePlan,
  Mfa,
  OAuthScope,
  UserPool,
  type UserPoolClient,
  UserPoolClientIdentityProvider,
  type UserPoolDomain,
} from 'aws-cdk-lib/aws-cognito'
import { Construct } from 'constructs'

interface PeopleProps {
  /** Where the app is: `https://abc.execute-api.us-east-1.amazonaws.com`. */
  readonly origin: string
}

/** How long someone stays signed in, as long as a page asks for fresh tokens in time. */
const session = Duration.hours(12)

/** The people, their login pages and the app as Cognito knows it. */
export class People extends Construct {
  readonly pool: UserPool
  readonly domain: UserPoolDomain
  readonly client: UserPoolClient
  readonly redirectUri: string
  readonly signedOutUri: string
  readonly sessionSeconds = session.toSeconds()

  constructor(scope: Construct, id: string, { origin }: PeopleProps) {
    super(scope, id)
    this.redirectUri = `${origin}/oauth2/callback`
    this.signedOutUri = `${origin}/oauth2/signed-out`
    this.pool = new UserPool(this, 'Pool', {
      // The plan with refresh tokens that change with every use.
      featurePlan: FeaturePlan.ESSENTIALS,
      signInAliases: { email: true },
      selfSignUpEnabled: false,
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      mfa: Mfa.OFF,
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
      },
      removalPolicy: RemovalPolicy.DESTROY,
    })
    // The same at every deployment, and once in a Region: with the account's number.
    const domainPrefix = `http-only-cookie-secured-app-${Aws.ACCOUNT_ID}`
    this.domain = this.pool.addDomain('Domain', { cognitoDomain: { domainPrefix } })
    this.client = this.#client()
  }

  #client(): UserPoolClient {
    return this.pool.addClient('Client', {
      userPoolClientName: 'MyAppClient',
      // A code is of use only with its verifier (PKCE), so that a secret would add little.
      generateSecret: false,
      authFlows: {},
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID],
        callbackUrls: [this.redirectUri],
        logoutUrls: [this.signedOutUri],
      },
      supportedIdentityProviders: [UserPoolClientIdentityProvider.COGNITO],
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      idTokenValidity: Duration.hours(1),
      accessTokenValidity: Duration.hours(1),
      refreshTokenValidity: session,
      // For two tabs that renew at once, and for an answer that was lost.
      refreshTokenRotationGracePeriod: Duration.seconds(10),
    })
  }
}
