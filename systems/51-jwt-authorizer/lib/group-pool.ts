import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib'
import {
  AccountRecovery,
  CfnUserPoolGroup,
  CfnUserPoolUser,
  CfnUserPoolUserToGroupAttachment,
  FeaturePlan,
  LambdaVersion,
  Mfa,
  OAuthScope,
  UserPool,
  type UserPoolClient,
  UserPoolClientIdentityProvider,
  UserPoolOperation,
} from 'aws-cdk-lib/aws-cognito'
import { Construct } from 'constructs'
import { LoggedFunction } from './logged-function.ts'
import { people, routes } from './routes.ts'

/** Which token carries the scopes: A, the ID token, by trigger V1_0; B, the access token, by trigger V2_0. */
export type ScopedToken = 'id' | 'access'

interface GroupPoolProps {
  readonly scopedToken: ScopedToken
  /** The login domain begins with it; the account follows, since such names are there once in a Region. */
  readonly domainPrefix: string
}

/** People in groups, whose tokens name their groups as scopes of the client. */
export class GroupPool extends Construct {
  readonly pool: UserPool
  readonly client: UserPoolClient

  constructor(scope: Construct, id: string, { scopedToken, domainPrefix }: GroupPoolProps) {
    super(scope, id)
    this.pool = new UserPool(this, 'Pool', {
      // Trigger V2_0 is not to be had on Lite, and V1_0 needs no more.
      featurePlan: scopedToken === 'access' ? FeaturePlan.ESSENTIALS : FeaturePlan.LITE,
      selfSignUpEnabled: false,
      signInAliases: { username: true },
      accountRecovery: AccountRecovery.NONE,
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
    this.#trigger(scopedToken)
    this.client = this.#client()
    this.pool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: `${domainPrefix}-${Aws.ACCOUNT_ID}` },
    })
    this.#people()
  }

  #trigger(scopedToken: ScopedToken): void {
    const trigger = new LoggedFunction(this, 'GroupScopes', {
      entry: `group-scopes/${scopedToken}-token.ts`,
      description: `Groups become scopes of the ${scopedToken} token`,
    })
    if (scopedToken === 'id') {
      this.pool.addTrigger(UserPoolOperation.PRE_TOKEN_GENERATION, trigger.function)
    } else {
      const operation = UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG
      this.pool.addTrigger(operation, trigger.function, LambdaVersion.V2_0)
    }
  }

  #client(): UserPoolClient {
    const { PHONE, EMAIL, OPENID, PROFILE } = OAuthScope
    return this.pool.addClient('Client', {
      // A command line or a browser cannot keep a secret.
      generateSecret: false,
      // Passwords over the API are for tests and for scripts; people take the login page.
      authFlows: { userPassword: true },
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [PHONE, EMAIL, OPENID, PROFILE],
        callbackUrls: ['https://app.example.com/signed-in', 'http://localhost:3000/signed-in'],
      },
      supportedIdentityProviders: [UserPoolClientIdentityProvider.COGNITO],
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      idTokenValidity: Duration.hours(1),
      accessTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(1),
    })
  }

  #people(): void {
    const { userPoolId } = this.pool
    const groups = new Map<string, CfnUserPoolGroup>()
    for (const { group } of routes) {
      if (groups.has(group)) continue
      groups.set(
        group,
        new CfnUserPoolGroup(this, `Group-${group}`, {
          userPoolId,
          groupName: group,
          description: 'A scope of the same name, for routes that ask for it.',
        }),
      )
    }
    for (const [username, memberships] of Object.entries(people)) {
      const user = new CfnUserPoolUser(this, `User-${username}`, {
        userPoolId,
        username,
        messageAction: 'SUPPRESS',
      })
      for (const groupName of memberships) {
        const membership = new CfnUserPoolUserToGroupAttachment(this, `${username}-${groupName}`, {
          userPoolId,
          username,
          groupName,
        })
        membership.addResourceDependency(user)
        const group = groups.get(groupName)
        if (group === undefined) throw new Error(`no route has the group ${groupName}`)
        membership.addResourceDependency(group)
      }
    }
  }
}
