import {
  AwsApiGatewayAuthorizer,
  CreateAuthorizer,
  DeleteAuthorizer,
  GetAuthorizer,
  UpdateAuthorizer,
} from '@cloud-orrery/models/apigateway'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'
import { changes } from './values.ts'

export const authorizerType = resource(AwsApiGatewayAuthorizer, {
  async create(ctx, properties) {
    const { id = '' } = await ctx.call(CreateAuthorizer, {
      restApiId: properties.RestApiId,
      name: properties.Name,
      type: properties.Type,
      providerARNs: properties.ProviderARNs,
      authType: properties.AuthType,
      authorizerUri: properties.AuthorizerUri,
      authorizerCredentials: properties.AuthorizerCredentials,
      identitySource: properties.IdentitySource,
      identityValidationExpression: properties.IdentityValidationExpression,
      authorizerResultTtlInSeconds: properties.AuthorizerResultTtlInSeconds,
    })
    return { AuthorizerId: id, physicalId: id }
  },
  async update(ctx, after, before, state) {
    const lists = [
      ...(before.ProviderARNs ?? [])
        .filter((arn) => !(after.ProviderARNs ?? []).includes(arn))
        .map((value) => ({ op: 'remove', path: '/providerARNs', value })),
      ...(after.ProviderARNs ?? [])
        .filter((arn) => !(before.ProviderARNs ?? []).includes(arn))
        .map((value) => ({ op: 'add', path: '/providerARNs', value })),
    ]
    await ctx.call(UpdateAuthorizer, {
      restApiId: after.RestApiId,
      authorizerId: state.AuthorizerId,
      patchOperations: [
        ...changes({
          '/name': [before.Name, after.Name],
          '/authorizerUri': [before.AuthorizerUri, after.AuthorizerUri],
          '/authorizerCredentials': [before.AuthorizerCredentials, after.AuthorizerCredentials],
          '/identitySource': [before.IdentitySource, after.IdentitySource],
          '/identityValidationExpression': [
            before.IdentityValidationExpression,
            after.IdentityValidationExpression,
          ],
          '/authorizerResultTtlInSeconds': [
            before.AuthorizerResultTtlInSeconds ?? 300,
            after.AuthorizerResultTtlInSeconds ?? 300,
          ],
        }),
        ...lists,
      ],
    })
    return state
  },
  async delete(ctx, { AuthorizerId: authorizerId }, { RestApiId: restApiId }) {
    await unlessGone(ctx.call(DeleteAuthorizer, { restApiId, authorizerId }))
  },
  async read(ctx, { AuthorizerId: authorizerId }, properties) {
    const restApiId = properties.RestApiId
    const found = await unlessGone(ctx.call(GetAuthorizer, { restApiId, authorizerId }))
    if (found === undefined) return undefined
    const { authorizerUri, identitySource } = found
    return {
      RestApiId: restApiId,
      Name: found.name ?? '',
      Type: found.type ?? '',
      ...(authorizerUri === undefined ? {} : { AuthorizerUri: authorizerUri }),
      ...(identitySource === undefined ? {} : { IdentitySource: identitySource }),
    }
  },
})
