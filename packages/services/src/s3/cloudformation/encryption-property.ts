import {
  DeleteBucketEncryption,
  GetBucketEncryption,
  PutBucketEncryption,
  type ServerSideEncryptionConfiguration,
} from '@cloud-orrery/models/s3'
import { setting } from './setting.ts'

export const encryption = setting('BucketEncryption', {
  toApi: ({ ServerSideEncryptionConfiguration: rules }) =>
    ({
      Rules: rules.map(({ ServerSideEncryptionByDefault: standard, ...rule }) => ({
        ...(standard === undefined ? {} : { ApplyServerSideEncryptionByDefault: standard }),
        ...rule,
      })),
    }) as ServerSideEncryptionConfiguration, // The schema's values are the API's.
  put: (ctx, Bucket, configuration) =>
    ctx.call(PutBucketEncryption, { Bucket, ServerSideEncryptionConfiguration: configuration }),
  remove: (ctx, Bucket) => ctx.call(DeleteBucketEncryption, { Bucket }),
  get: async (ctx, Bucket) =>
    (await ctx.call(GetBucketEncryption, { Bucket })).ServerSideEncryptionConfiguration,
  fromApi: ({ Rules }) => ({
    ServerSideEncryptionConfiguration: Rules.map(
      ({ ApplyServerSideEncryptionByDefault: standard, ...rule }) => ({
        ...(standard === undefined ? {} : { ServerSideEncryptionByDefault: standard }),
        ...rule,
      }),
    ),
  }),
})
