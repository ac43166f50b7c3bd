import { orderedKey } from '@cloud-orrery/kernel'
import { GetTags, TagResource, UntagResource } from '@cloud-orrery/models/apigateway'
import type { Context } from '../context.ts'
import { operation, type TaggedResource } from '../define.ts'
import { domainNames } from '../shared/apis/domain-names.ts'
import { badRequest, notFound } from './errors.ts'
import { apiKeys, restApis, type Strings, stages, usagePlans } from './state.ts'

interface Named {
  readonly resourceArn: string
}

function judged(verb: string) {
  return ({ resourceArn }: Named) => ({
    action: `apigateway:${verb}`,
    resource: `arn:aws:apigateway:${resourceArn.split(':')[3] ?? ''}::/tags/${encodeURIComponent(resourceArn)}`,
  })
}

export const getTags = operation(GetTags, {
  authorize: judged('GET'),
  provenance: 'modelled',
  run: (ctx, { resourceArn }) => ({ tags: tagged(ctx, resourceArn).tags }),
})

export const tagResource = operation(TagResource, {
  authorize: judged('PUT'),
  provenance: 'modelled',
  run(ctx, { resourceArn, tags }) {
    const found = tagged(ctx, resourceArn)
    found.write({ ...found.tags, ...tags })
    return {}
  },
})

export const untagResource = operation(UntagResource, {
  authorize: judged('DELETE'),
  provenance: 'modelled',
  run(ctx, { resourceArn, tagKeys }) {
    const found = tagged(ctx, resourceArn)
    const rest = Object.entries(found.tags).filter(([key]) => !tagKeys.includes(key))
    found.write(Object.fromEntries(rest))
    return {}
  },
})

interface Tagged {
  readonly tags: Strings
  readonly write: (tags: Strings) => void
}

/** Source: developer guide, "Tag resources in API Gateway": the ARNs of what can have tags. */
function tagged(ctx: Context, arn: string): Tagged {
  const match =
    /^arn:[^:]+:apigateway:[^:]+::\/(restapis|apikeys|usageplans|domainnames)\/([^/]+)(?:\/stages\/([^/]+))?$/.exec(
      arn,
    )
  if (match === null) throw badRequest(`Invalid resource ARN specified in the request: ${arn}`)
  const [, kind, id = '', stageName] = match
  const found = stageName === undefined ? part(ctx, kind, id) : stageTags(ctx, id, stageName)
  if (found === undefined) throw notFound(`Invalid resource identifier specified: ${arn}`)
  return found
}

function stageTags(ctx: Context, apiId: string, stageName: string): Tagged | undefined {
  const record = stages.get(ctx, orderedKey(apiId, stageName))
  if (record === undefined) return undefined
  return { tags: record.tags, write: (tags) => stages.put(ctx, { ...record, tags }) }
}

function part(ctx: Context, kind: string | undefined, id: string): Tagged | undefined {
  if (kind === 'restapis') {
    const record = restApis.get(ctx, id)
    return record && { tags: record.tags, write: (tags) => restApis.put(ctx, { ...record, tags }) }
  }
  if (kind === 'apikeys') {
    const record = apiKeys.get(ctx, id)
    return record && { tags: record.tags, write: (tags) => apiKeys.put(ctx, { ...record, tags }) }
  }
  if (kind === 'usageplans') {
    const record = usagePlans.get(ctx, id)
    return (
      record && { tags: record.tags, write: (tags) => usagePlans.put(ctx, { ...record, tags }) }
    )
  }
  const record = domainNames.get(ctx, id)
  return record && { tags: record.tags, write: (tags) => domainNames.put(ctx, { ...record, tags }) }
}

/** What has an ARN and may have tags. */
export function* taggedResources(ctx: Context): Generator<TaggedResource> {
  const prefix = `arn:aws:apigateway:${ctx.region}::`
  for (const { id, tags } of restApis.scan(ctx)) yield { arn: `${prefix}/restapis/${id}`, tags }
  for (const { apiId, stageName, tags } of stages.scan(ctx)) {
    yield { arn: `${prefix}/restapis/${apiId}/stages/${stageName}`, tags }
  }
  for (const { id, tags } of apiKeys.scan(ctx)) yield { arn: `${prefix}/apikeys/${id}`, tags }
  for (const { id, tags } of usagePlans.scan(ctx)) yield { arn: `${prefix}/usageplans/${id}`, tags }
  for (const { name, tags } of domainNames.scan(ctx))
    yield { arn: `${prefix}/domainnames/${name}`, tags }
}
