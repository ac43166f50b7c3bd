import {
  GetBucketLogging,
  type LoggingEnabled,
  PutBucketLogging,
  type TargetObjectKeyFormat,
} from '@cloud-orrery/models/s3'
import { setting } from './setting.ts'

export const logging = setting('LoggingConfiguration', {
  // A template that names no bucket means the bucket itself: the engine's context knows it when it puts.
  toApi: ({
    DestinationBucketName,
    LogFilePrefix = '',
    TargetObjectKeyFormat,
  }): Partial<LoggingEnabled> => ({
    ...(DestinationBucketName === undefined ? {} : { TargetBucket: DestinationBucketName }),
    TargetPrefix: LogFilePrefix,
    ...(TargetObjectKeyFormat === undefined
      ? {}
      : { TargetObjectKeyFormat: TargetObjectKeyFormat as TargetObjectKeyFormat }), // S3 judges it.
  }),
  put: (ctx, Bucket, configuration) =>
    ctx.call(PutBucketLogging, {
      Bucket,
      BucketLoggingStatus: {
        LoggingEnabled: { TargetBucket: Bucket, TargetPrefix: '', ...configuration },
      },
    }),
  remove: (ctx, Bucket) => ctx.call(PutBucketLogging, { Bucket, BucketLoggingStatus: {} }),
  get: async (ctx, Bucket) => (await ctx.call(GetBucketLogging, { Bucket })).LoggingEnabled,
  fromApi: ({ TargetBucket, TargetPrefix, TargetObjectKeyFormat }) => ({
    ...(TargetBucket === undefined ? {} : { DestinationBucketName: TargetBucket }),
    ...(TargetPrefix === undefined || TargetPrefix === '' ? {} : { LogFilePrefix: TargetPrefix }),
    ...(TargetObjectKeyFormat === undefined ? {} : { TargetObjectKeyFormat }),
  }),
})
