import {
  AwsApiGatewayV2Api,
  type AwsApiGatewayV2ApiProperties,
  CreateApi,
  DeleteApi,
  DeleteCorsConfiguration,
  GetApi,
  ImportApi,
  ReimportApi,
  TagResource,
  UntagResource,
  UpdateApi,
} from '@cloud-orrery/models/apigatewayv2'
import { GetObject } from '@cloud-orrery/models/s3'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { bad } from '../errors.ts'
import { apiArn, executeArn } from '../names.ts'
import { unlessGone } from './gone.ts'

export const apiType = resource(AwsApiGatewayV2Api, {
  async create(ctx, properties) {
    const { Tags, Body: _, BodyS3Location: __, BasePath, FailOnWarnings, ...input } = properties
    const body = await bodyOf(ctx, properties)
    const tags = { ...Tags, ...ctx.stackTags }
    if (body !== undefined) {
      const imported = { Body: body, Basepath: BasePath, FailOnWarnings }
      const { ApiId = '' } = await ctx.call(ImportApi, imported)
      await ctx.call(UpdateApi, { ApiId, ...settings(input) })
      await ctx.call(TagResource, { ResourceArn: apiArn(ctx, ApiId), Tags: tags })
      return attributes(ctx, ApiId)
    }
    const { Name, ProtocolType } = input
    if (Name === undefined || ProtocolType === undefined) {
      throw bad('Name and ProtocolType are required where no Body is given')
    }
    const made = await ctx.call(CreateApi, { ...input, Name, ProtocolType, Tags: tags })
    return attributes(ctx, made.ApiId ?? '')
  },
  async update(ctx, properties, previous, { ApiId }) {
    const { BasePath: Basepath, FailOnWarnings } = properties
    if (definitionText(properties) !== definitionText(previous)) {
      const Body = await bodyOf(ctx, properties)
      if (Body !== undefined) {
        await ctx.call(ReimportApi, { ApiId, Body, Basepath, FailOnWarnings })
      }
    }
    if (properties.CorsConfiguration === undefined && previous.CorsConfiguration !== undefined) {
      await ctx.call(DeleteCorsConfiguration, { ApiId })
    }
    await ctx.call(UpdateApi, { ApiId, ...settings(properties), ...created(properties) })
    const before = { ...previous.Tags, ...ctx.stackTags }
    const after: Readonly<Record<string, string>> = { ...properties.Tags, ...ctx.stackTags }
    await changeTags(ctx, apiArn(ctx, ApiId), before, after)
    return attributes(ctx, ApiId)
  },
  async delete(ctx, { ApiId }) {
    await unlessGone(ctx.call(DeleteApi, { ApiId }))
  },
  async read(ctx, { ApiId }, properties) {
    const found = await unlessGone(ctx.call(GetApi, { ApiId }))
    if (found === undefined) return undefined
    const names = Object.keys(properties).filter((name) => name in found)
    // Only what the template sets is compared; these are properties by their own names.
    return Object.fromEntries(
      names.map((name) => [name, found[name as keyof typeof found]]),
    ) as Partial<AwsApiGatewayV2ApiProperties>
  },
  async adopt(ctx, { ApiId = '' }) {
    const found = await unlessGone(ctx.call(GetApi, { ApiId }))
    return found === undefined ? undefined : attributes(ctx, ApiId)
  },
})

function definitionText({ Body, BodyS3Location }: AwsApiGatewayV2ApiProperties): string {
  return JSON.stringify([Body, BodyS3Location])
}

/** The definition of the template, or of the object that it names. */
async function bodyOf(
  ctx: ResourceContext,
  { Body, BodyS3Location: at }: AwsApiGatewayV2ApiProperties,
): Promise<string | undefined> {
  if (Body !== undefined) return JSON.stringify(Body)
  if (at === undefined) return undefined
  if (at.Etag !== undefined) {
    throw notModelled('the property BodyS3Location.Etag of AWS::ApiGatewayV2::Api')
  }
  const { Bucket = '', Key = '', Version: VersionId } = at
  const object = await ctx.call(GetObject, { Bucket, Key, VersionId })
  return (await bytesOf(object.Body)).toString()
}

async function bytesOf(body: unknown): Promise<Buffer> {
  if (body instanceof Uint8Array) return Buffer.from(body)
  const chunks: Uint8Array[] = []
  // What GetObject streams within the model.
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** What both ways to make an API have, and `UpdateApi` takes. */
function settings(properties: AwsApiGatewayV2ApiProperties) {
  return {
    ApiKeySelectionExpression: properties.ApiKeySelectionExpression,
    CorsConfiguration: properties.CorsConfiguration,
    Description: properties.Description,
    DisableExecuteApiEndpoint: properties.DisableExecuteApiEndpoint,
    DisableSchemaValidation: properties.DisableSchemaValidation,
    IpAddressType: properties.IpAddressType,
    Name: properties.Name,
    RouteSelectionExpression: properties.RouteSelectionExpression,
    Version: properties.Version,
  }
}

function created({ RouteKey, Target, CredentialsArn }: AwsApiGatewayV2ApiProperties) {
  return { RouteKey, Target, CredentialsArn }
}

function attributes(ctx: ResourceContext, ApiId: string) {
  return {
    ApiId,
    ApiEndpoint: `https://${ApiId}.execute-api.${ctx.region}.amazonaws.com`,
    ExecuteApiArn: executeArn(ctx, ApiId, '').slice(0, -1),
    physicalId: ApiId,
  }
}

/** Brings the tags of a resource from those of one template to those of the next. */
export async function changeTags(
  ctx: ResourceContext,
  ResourceArn: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Promise<void> {
  const TagKeys = Object.keys(before).filter((key) => !Object.hasOwn(after, key))
  if (TagKeys.length > 0) await ctx.call(UntagResource, { ResourceArn, TagKeys })
  const Tags = Object.fromEntries(
    Object.entries(after).filter(([key, value]) => before[key] !== value),
  )
  if (Object.keys(Tags).length > 0) await ctx.call(TagResource, { ResourceArn, Tags })
}
