import {
  AwsApiGatewayGatewayResponse,
  AwsApiGatewayModel,
  AwsApiGatewayRequestValidator,
  CreateModel,
  CreateRequestValidator,
  DeleteGatewayResponse,
  DeleteModel,
  DeleteRequestValidator,
  GetGatewayResponse,
  GetModel,
  GetRequestValidator,
  PutGatewayResponse,
  UpdateModel,
  UpdateRequestValidator,
} from '@cloud-orrery/models/apigateway'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'
import { changes, textOf } from './values.ts'

export const modelType = resource(AwsApiGatewayModel, {
  async create(ctx, { RestApiId: restApiId, Name, ContentType, Description, Schema }) {
    // A model's name is letters and digits alone.
    const name = Name ?? ctx.physicalName({ lengthMax: 128 }).replace(/[^a-zA-Z0-9]/g, '')
    await ctx.call(CreateModel, {
      restApiId,
      name,
      description: Description,
      contentType: ContentType ?? 'application/json',
      schema: textOf(Schema ?? {}),
    })
    return { physicalId: name }
  },
  async update(ctx, { RestApiId: restApiId, Description, Schema = {} }, previous, state) {
    const patchOperations = changes({
      '/description': [previous.Description, Description],
      '/schema': [previous.Schema ?? {}, Schema],
    })
    const modelName = state.physicalId ?? ''
    await ctx.call(UpdateModel, { restApiId, modelName, patchOperations })
    return state
  },
  async delete(ctx, { physicalId: modelName = '' }, { RestApiId: restApiId }) {
    await unlessGone(ctx.call(DeleteModel, { restApiId, modelName }))
  },
  async read(ctx, { physicalId: modelName = '' }, { RestApiId: restApiId, Name }) {
    const found = await unlessGone(ctx.call(GetModel, { restApiId, modelName }))
    if (found === undefined) return undefined
    return {
      RestApiId: restApiId,
      ...(Name === undefined ? {} : { Name }),
      ...(found.description === undefined ? {} : { Description: found.description }),
      Schema: JSON.parse(found.schema ?? '{}') as unknown,
    }
  },
})

export const requestValidatorType = resource(AwsApiGatewayRequestValidator, {
  async create(ctx, properties) {
    const { id = '' } = await ctx.call(CreateRequestValidator, {
      restApiId: properties.RestApiId,
      name: properties.Name,
      validateRequestBody: properties.ValidateRequestBody,
      validateRequestParameters: properties.ValidateRequestParameters,
    })
    return { RequestValidatorId: id, physicalId: id }
  },
  async update(ctx, properties, previous, state) {
    await ctx.call(UpdateRequestValidator, {
      restApiId: properties.RestApiId,
      requestValidatorId: state.RequestValidatorId,
      patchOperations: changes({
        '/validateRequestBody': [
          previous.ValidateRequestBody ?? false,
          properties.ValidateRequestBody ?? false,
        ],
        '/validateRequestParameters': [
          previous.ValidateRequestParameters ?? false,
          properties.ValidateRequestParameters ?? false,
        ],
      }),
    })
    return state
  },
  async delete(ctx, { RequestValidatorId: requestValidatorId }, { RestApiId: restApiId }) {
    await unlessGone(ctx.call(DeleteRequestValidator, { restApiId, requestValidatorId }))
  },
  async read(ctx, { RequestValidatorId: requestValidatorId }, properties) {
    const restApiId = properties.RestApiId
    const input = { restApiId, requestValidatorId }
    const found = await unlessGone(ctx.call(GetRequestValidator, input))
    if (found === undefined) return undefined
    return {
      RestApiId: restApiId,
      ...(found.name === undefined ? {} : { Name: found.name }),
      ...(properties.ValidateRequestBody === undefined
        ? {}
        : { ValidateRequestBody: found.validateRequestBody }),
      ...(properties.ValidateRequestParameters === undefined
        ? {}
        : { ValidateRequestParameters: found.validateRequestParameters }),
    }
  },
})

export const gatewayResponseType = resource(AwsApiGatewayGatewayResponse, {
  async create(ctx, properties) {
    await ctx.call(PutGatewayResponse, inputOf(properties))
    const { RestApiId, ResponseType } = properties
    return { Id: `${RestApiId}|${ResponseType}`, physicalId: `${RestApiId}|${ResponseType}` }
  },
  async update(ctx, properties, _previous, state) {
    await ctx.call(PutGatewayResponse, inputOf(properties))
    return state
  },
  async delete(ctx, _state, { RestApiId: restApiId, ResponseType: responseType }) {
    await unlessGone(ctx.call(DeleteGatewayResponse, { restApiId, responseType }))
  },
  async read(ctx, _state, { RestApiId: restApiId, ResponseType: responseType }) {
    const found = await unlessGone(ctx.call(GetGatewayResponse, { restApiId, responseType }))
    if (found === undefined || found.defaultResponse === true) return undefined
    return { RestApiId: restApiId, ResponseType: responseType }
  },
})

interface GatewayResponseProperties {
  readonly RestApiId: string
  readonly ResponseType: string
  readonly StatusCode?: string | undefined
  readonly ResponseParameters?: Readonly<Record<string, string>> | undefined
  readonly ResponseTemplates?: Readonly<Record<string, string>> | undefined
}

function inputOf(properties: GatewayResponseProperties) {
  return {
    restApiId: properties.RestApiId,
    responseType: properties.ResponseType,
    statusCode: properties.StatusCode,
    responseParameters: properties.ResponseParameters,
    responseTemplates: properties.ResponseTemplates,
  }
}
