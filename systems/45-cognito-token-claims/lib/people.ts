import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib'
import { Alarm, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import {
  AccountRecovery,
  ClientAttributes,
  FeaturePlan,
  LambdaVersion,
  Mfa,
  OAuthScope,
  UserPool,
  type UserPoolClient,
  UserPoolClientIdentityProvider,
  type UserPoolDomain,
  UserPoolOperation,
} from 'aws-cdk-lib/aws-cognito'
import { AttributeType, BillingMode, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb'
import { Construct } from 'constructs'
import { namespace } from '../src/claims/metrics.ts'
import { Code } from './code.ts'

/** Which token carries the claim for the API: the ID token, by trigger V1_0; the access token, by trigger V2_0. */
export type ClaimedToken = 'id' | 'access'

interface PeopleProps {
  readonly claimedToken: ClaimedToken
  /** The login domain begins with it; the account follows, since such names are there once in a Region. */
  readonly domainPrefix: string
  /** Where the login may send a browser back to, letter by letter. */
  readonly returnUrls: readonly string[]
  /** How long tokens, and with them what they claim, hold. */
  readonly tokenLife: Duration
}

/** People, the table that says which projects are theirs, and the trigger that writes these into their tokens. */
export class People extends Construct {
  readonly userInfo: Table
  readonly pool: UserPool
  readonly client: UserPoolClient
  readonly domain: UserPoolDomain
  readonly trigger: Code

  constructor(scope: Construct, id: string, props: PeopleProps) {
    super(scope, id)
    const { claimedToken, domainPrefix } = props
    this.userInfo = new Table(this, 'UserInfo', {
      partitionKey: { name: 'userName', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.DESTROY,
      ...(claimedToken === 'access' && { stream: StreamViewType.NEW_AND_OLD_IMAGES }),
    })
    this.pool = new UserPool(this, 'Pool', {
      // Trigger V2_0 is not to be had on Lite, and V1_0 needs no more.
      featurePlan: claimedToken === 'access' ? FeaturePlan.ESSENTIALS : FeaturePlan.LITE,
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
    this.trigger = this.#trigger(claimedToken)
    this.client = this.#client(props)
    this.domain = this.pool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: `${domainPrefix}-${Aws.ACCOUNT_ID}` },
    })
  }

  #trigger(claimedToken: ClaimedToken): Code {
    const trigger = new Code(this, 'Claims', {
      file: `claims/${claimedToken}-token`,
      description: `Projects become a claim of the ${claimedToken} token`,
      environment: { USER_INFO_TABLE: this.userInfo.tableName },
    })
    trigger.allow('ReadProjects', ['dynamodb:GetItem'], this.userInfo.tableArn)
    if (claimedToken === 'id') {
      this.pool.addTrigger(UserPoolOperation.PRE_TOKEN_GENERATION, trigger.fn)
    } else {
      const operation = UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG
      this.pool.addTrigger(operation, trigger.fn, LambdaVersion.V2_0)
    }
    new Alarm(this, 'LookupsFailed', {
      alarmDescription: 'People sign in without their projects: see the log of the trigger.',
      metric: new Metric({
        namespace,
        metricName: 'LookupsFailed',
        dimensionsMap: { Function: trigger.fn.functionName },
        statistic: 'Sum',
        period: Duration.minutes(1),
      }),
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    })
    return trigger
  }

  #client({ returnUrls, tokenLife }: PeopleProps): UserPoolClient {
    return this.pool.addClient('Client', {
      // A page in a browser cannot keep a secret: PKCE stands in its place.
      generateSecret: false,
      // Passwords over the API are for scripts; people take the login page.
      authFlows: { userPassword: true },
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL],
        callbackUrls: [...returnUrls],
        logoutUrls: [...returnUrls],
      },
      supportedIdentityProviders: [UserPoolClientIdentityProvider.COGNITO],
      readAttributes: new ClientAttributes().withStandardAttributes({
        email: true,
        emailVerified: true,
      }),
      // People change nothing of what the pool knows of them, and nobody but an administrator the table.
      writeAttributes: new ClientAttributes().withStandardAttributes({ locale: true }),
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      idTokenValidity: tokenLife,
      accessTokenValidity: tokenLife,
      refreshTokenValidity: Duration.days(1),
    })
  }
}
