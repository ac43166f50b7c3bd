import {
  type CORSRule,
  DeleteBucketCors,
  GetBucketCors,
  PutBucketCors,
} from '@cloud-orrery/models/s3'
import { setting } from './setting.ts'

export const cors = setting('CorsConfiguration', {
  toApi: ({ CorsRules }): readonly CORSRule[] =>
    CorsRules.map(({ Id, MaxAge, ExposedHeaders, ...rule }) => ({
      ...rule,
      ...(Id === undefined ? {} : { ID: Id }),
      ...(MaxAge === undefined ? {} : { MaxAgeSeconds: MaxAge }),
      ...(ExposedHeaders === undefined ? {} : { ExposeHeaders: ExposedHeaders }),
    })),
  put: (ctx, Bucket, CORSRules) =>
    ctx.call(PutBucketCors, { Bucket, CORSConfiguration: { CORSRules } }),
  remove: (ctx, Bucket) => ctx.call(DeleteBucketCors, { Bucket }),
  get: async (ctx, Bucket) => (await ctx.call(GetBucketCors, { Bucket })).CORSRules,
  fromApi: (rules) => ({
    CorsRules: rules.map(({ ID, MaxAgeSeconds, ExposeHeaders, ...rule }) => ({
      ...rule,
      ...(ID === undefined ? {} : { Id: ID }),
      ...(MaxAgeSeconds === undefined ? {} : { MaxAge: MaxAgeSeconds }),
      ...(ExposeHeaders === undefined ? {} : { ExposedHeaders: ExposeHeaders }),
    })),
  }),
})
