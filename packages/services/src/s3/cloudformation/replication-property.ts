import {
  DeleteBucketReplication,
  GetBucketReplication,
  PutBucketReplication,
  type ReplicationConfiguration,
} from '@cloud-orrery/models/s3'
import { setting } from './setting.ts'

export const replication = setting('ReplicationConfiguration', {
  toApi: ({ Role, Rules }) =>
    ({
      Role,
      Rules: Rules.map(({ Id, Filter, ...rule }) => ({
        ...rule,
        ...(Id === undefined ? {} : { ID: Id }),
        ...(Filter === undefined ? {} : { Filter: filterOf(Filter) }),
      })),
    }) as ReplicationConfiguration, // The schema's values are the API's.
  put: (ctx, Bucket, configuration) =>
    ctx.call(PutBucketReplication, { Bucket, ReplicationConfiguration: configuration }),
  remove: (ctx, Bucket) => ctx.call(DeleteBucketReplication, { Bucket }),
  get: async (ctx, Bucket) =>
    (await ctx.call(GetBucketReplication, { Bucket })).ReplicationConfiguration,
  fromApi: ({ Role, Rules }) => ({
    Role,
    Rules: Rules.map(({ ID, Filter, ExistingObjectReplication: _never, ...rule }) => ({
      ...withoutUndefined(rule),
      Status: rule.Status,
      Destination: withoutUndefined(rule.Destination) as { Bucket: string },
      ...(ID === undefined ? {} : { Id: ID }),
      ...(Filter === undefined
        ? {}
        : {
            Filter: {
              ...(Filter.Prefix === undefined ? {} : { Prefix: Filter.Prefix }),
              ...(Filter.Tag === undefined ? {} : { TagFilter: Filter.Tag }),
              ...(Filter.And === undefined
                ? {}
                : { And: { Prefix: Filter.And.Prefix, TagFilters: Filter.And.Tags } }),
            },
          }),
    })) as never, // What the API gave is what the schema takes.
  }),
})

interface TemplateFilter {
  readonly Prefix?: string | undefined
  readonly TagFilter?: object | undefined
  readonly And?: { readonly Prefix?: string | undefined; readonly TagFilters?: unknown } | undefined
}

function filterOf({ Prefix, TagFilter, And }: TemplateFilter) {
  return {
    ...(Prefix === undefined ? {} : { Prefix }),
    ...(TagFilter === undefined ? {} : { Tag: TagFilter }),
    ...(And === undefined ? {} : { And: { Prefix: And.Prefix, Tags: And.TagFilters } }),
  }
}

function withoutUndefined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined))
}
