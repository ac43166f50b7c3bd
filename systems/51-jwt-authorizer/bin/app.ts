import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { acknowledge } from '../lib/acknowledgements.ts'
import { OtherIssuerApi, PoolApi } from '../lib/jwt-apis.ts'

const app = new App()
Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
new PoolApi(app, 'JwtIdTokenApi', {
  scopedToken: 'id',
  description: 'A: the ID token carries the groups of its user as scopes.',
})
new PoolApi(app, 'JwtAccessTokenApi', {
  scopedToken: 'access',
  description: 'B: the access token carries the groups of its user as scopes.',
})
const { OTHER_ISSUER: issuer, OTHER_AUDIENCE: audience } = process.env
if (issuer !== undefined && audience !== undefined) {
  new OtherIssuerApi(app, 'JwtOtherIssuerApi', {
    issuer,
    audience,
    description: 'The same API for the tokens of another issuer.',
  })
}
acknowledge(app)
