import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib'
import {
  AccountRecovery,
  CfnUserPoolUser,
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
  /** The name that devices and people use: callbacks lead back to it. */
  readonly fqdn: string
  /** Of the first person: name of the account, and where its first password is sent. */
  readonly email: string
}

/** Whom devices may speak for: a pool, its login page, and the load balancer as one of its apps. */
export class People extends Construct {
  readonly pool: UserPool
  readonly domain: UserPoolDomain
  /** The app that people sign in to when they open the page. */
  readonly balancerClient: UserPoolClient
  readonly #fqdn: string

  constructor(scope: Construct, id: string, { fqdn, email }: PeopleProps) {
    super(scope, id)
    this.#fqdn = fqdn
    this.pool = new UserPool(this, 'Pool', {
      featurePlan: FeaturePlan.ESSENTIALS,
      selfSignUpEnabled: false,
      signInAliases: { username: true },
      autoVerify: { email: true },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { sms: false, otp: true },
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(7),
      },
      removalPolicy: RemovalPolicy.DESTROY,
    })
    this.domain = this.pool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: `device-grant-${Aws.ACCOUNT_ID}` },
    })
    this.balancerClient = this.addClient('Balancer', `https://${fqdn}/oauth2/idpresponse`)
    new CfnUserPoolUser(this, 'Owner', {
      userPoolId: this.pool.userPoolId,
      username: email,
      desiredDeliveryMediums: ['EMAIL'],
      userAttributes: [
        { name: 'email', value: email },
        { name: 'email_verified', value: 'true' },
      ],
    })
  }

  /** `https://…`: where authorize, token and userInfo are. */
  get loginUrl(): string {
    return `https://${this.domain.domainName}.auth.${Aws.REGION}.amazoncognito.com`
  }

  /** An app with a secret that gets codes, and tokens for them. */
  addClient(id: string, callbackUrl: string): UserPoolClient {
    return this.pool.addClient(id, {
      generateSecret: true,
      // No password comes to it: people type theirs on the login page alone.
      authFlows: {},
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID],
        callbackUrls: [callbackUrl],
        logoutUrls: [`https://${this.#fqdn}/device`],
      },
      supportedIdentityProviders: [UserPoolClientIdentityProvider.COGNITO],
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(30),
    })
  }
}
