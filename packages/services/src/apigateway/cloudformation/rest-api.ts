import {
  AwsApiGatewayRestApi,
  type AwsApiGatewayRestApiProperties,
  CreateRestApi,
  DeleteRestApi,
  GetRestApi,
  PutRestApi,
  TagResource,
  UpdateRestApi,
} from '@cloud-orrery/models/apigateway'
import { GetObject } from '@cloud-orrery/models/s3'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'
import { changes, listChanges, tagsOf, textOf } from './values.ts'

type Properties = AwsApiGatewayRestApiProperties

export const restApiType = resource(AwsApiGatewayRestApi, {
  async create(ctx, properties) {
    const body = await bodyOf(ctx, properties)
    const made = await ctx.call(CreateRestApi, {
      name: properties.Name ?? titleOf(body) ?? ctx.physicalName({ lengthMax: 128 }),
      description: properties.Description,
      version: properties.Version,
      cloneFrom: properties.CloneFrom,
      binaryMediaTypes: properties.BinaryMediaTypes,
      minimumCompressionSize: properties.MinimumCompressionSize,
      apiKeySource: properties.ApiKeySourceType,
      endpointConfiguration: endpointOf(properties),
      policy: policyOf(properties),
      disableExecuteApiEndpoint: properties.DisableExecuteApiEndpoint,
      tags: tagsOf(ctx, properties.Tags),
    })
    const { id = '', rootResourceId = '' } = made
    if (body !== undefined) await put(ctx, id, body, properties, 'overwrite')
    return { RestApiId: id, RootResourceId: rootResourceId }
  },
  async update(ctx, properties, previous, state) {
    const body = await bodyOf(ctx, properties)
    const { RestApiId: restApiId } = state
    if (body !== undefined) {
      await put(ctx, restApiId, body, properties, properties.Mode ?? 'overwrite')
    }
    const [type] = properties.EndpointConfiguration?.Types ?? []
    const [before] = previous.EndpointConfiguration?.Types ?? []
    const patchOperations = [
      ...changes({
        ...(properties.Name === undefined ? {} : { '/name': [previous.Name, properties.Name] }),
        '/description': [previous.Description, properties.Description],
        '/policy': [policyOf(previous), policyOf(properties)],
        '/minimumCompressionSize': [
          previous.MinimumCompressionSize,
          properties.MinimumCompressionSize,
        ],
        '/apiKeySource': [
          previous.ApiKeySourceType ?? 'HEADER',
          properties.ApiKeySourceType ?? 'HEADER',
        ],
        '/disableExecuteApiEndpoint': [
          previous.DisableExecuteApiEndpoint ?? false,
          properties.DisableExecuteApiEndpoint ?? false,
        ],
        ...(type === undefined || type === before
          ? {}
          : { [`/endpointConfiguration/types/${before ?? 'EDGE'}`]: [before, type] as const }),
      }),
      ...listChanges('/binaryMediaTypes', previous.BinaryMediaTypes, properties.BinaryMediaTypes),
    ]
    if (patchOperations.length > 0) await ctx.call(UpdateRestApi, { restApiId, patchOperations })
    const resourceArn = `arn:aws:apigateway:${ctx.region}::/restapis/${restApiId}`
    await ctx.call(TagResource, { resourceArn, tags: tagsOf(ctx, properties.Tags) })
    return state
  },
  async delete(ctx, { RestApiId: restApiId }) {
    await unlessGone(ctx.call(DeleteRestApi, { restApiId }))
  },
  async read(ctx, { RestApiId: restApiId }, properties) {
    const found = await unlessGone(ctx.call(GetRestApi, { restApiId }))
    if (found === undefined) return undefined
    return {
      ...(properties.Name === undefined ? {} : { Name: found.name }),
      ...(found.description === undefined ? {} : { Description: found.description }),
      ...(properties.ApiKeySourceType === undefined
        ? {}
        : { ApiKeySourceType: found.apiKeySource }),
      ...(found.binaryMediaTypes === undefined ? {} : { BinaryMediaTypes: found.binaryMediaTypes }),
    }
  },
})

/** The definition of the template, or of the object that it names. */
async function bodyOf(
  ctx: ResourceContext,
  { Body, BodyS3Location: at }: Properties,
): Promise<Uint8Array | undefined> {
  if (Body !== undefined) return Buffer.from(textOf(Body))
  if (at === undefined) return undefined
  const { Body: body } = await ctx.call(GetObject, {
    Bucket: at.Bucket ?? '',
    Key: at.Key ?? '',
    VersionId: at.Version,
  })
  return await bytesOf(body)
}

async function bytesOf(body: unknown): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body
  const chunks: Uint8Array[] = []
  // What GetObject streams within the model.
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function put(
  ctx: ResourceContext,
  restApiId: string,
  body: Uint8Array,
  { Parameters: parameters, FailOnWarnings: failOnWarnings }: Properties,
  mode: string,
): Promise<void> {
  await ctx.call(PutRestApi, { restApiId, body, mode, parameters, failOnWarnings })
}

/** The title of a JSON definition, which names the API where the template does not. */
function titleOf(body: Uint8Array | undefined): string | undefined {
  const text = body === undefined ? '' : Buffer.from(body).toString()
  return /"title"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? /^\s+title:\s*(.+)$/m.exec(text)?.[1]?.trim()
}

function endpointOf({ EndpointConfiguration: given }: Properties) {
  if (given === undefined) return undefined
  return {
    types: given.Types,
    ipAddressType: given.IpAddressType,
    vpcEndpointIds: given.VpcEndpointIds,
  }
}

function policyOf({ Policy }: Properties): string | undefined {
  return Policy === undefined ? undefined : textOf(Policy)
}
