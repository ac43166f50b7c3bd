import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { GroupPool, type ScopedToken } from './group-pool.ts'
import { ScopedApi } from './scoped-api.ts'

interface PoolApiProps extends StackProps {
  readonly scopedToken: ScopedToken
}

/** A user pool and the API that its people may use by their groups. */
export class PoolApi extends Stack {
  constructor(scope: Construct, id: string, { scopedToken, ...props }: PoolApiProps) {
    super(scope, id, props)
    const { pool, client } = new GroupPool(this, 'People', {
      scopedToken,
      domainPrefix: `jwt-${scopedToken}-token`,
    })
    const { api, accessLogName } = new ScopedApi(this, 'Front', {
      issuer: pool.userPoolProviderUrl,
      audience: client.userPoolClientId,
      // As in the post, whose own URLs take the default stage all the same.
      stages: scopedToken === 'id' ? ['Test'] : [],
    })
    new CfnOutput(this, 'Url', { value: api.apiEndpoint })
    new CfnOutput(this, 'AccessLog', { value: accessLogName })
    new CfnOutput(this, 'UserPoolId', { value: pool.userPoolId })
    new CfnOutput(this, 'ClientId', { value: client.userPoolClientId })
    new CfnOutput(this, 'Issuer', { value: pool.userPoolProviderUrl })
  }
}

interface OtherIssuerApiProps extends StackProps {
  readonly issuer: string
  readonly audience: string
}

/** The same API for tokens of any OAuth 2.0 issuer. */
export class OtherIssuerApi extends Stack {
  constructor(scope: Construct, id: string, { issuer, audience, ...props }: OtherIssuerApiProps) {
    super(scope, id, props)
    const { api, accessLogName } = new ScopedApi(this, 'Front', { issuer, audience })
    new CfnOutput(this, 'Url', { value: api.apiEndpoint })
    new CfnOutput(this, 'AccessLog', { value: accessLogName })
  }
}
