import {
  DeleteBucketWebsite,
  GetBucketWebsite,
  PutBucketWebsite,
  type RoutingRule,
  type WebsiteConfiguration,
} from '@cloud-orrery/models/s3'
import { operation } from '../../define.ts'
import { bucketArn, bucketOf, scopeOfBucket } from '../access.ts'
import { invalidRequest, malformedXml, s3Error } from '../errors.ts'
import { routingRulesMax } from '../limits.ts'
import { buckets } from '../state.ts'

export const putBucketWebsite = operation(PutBucketWebsite, {
  authorize: (input, ctx) => bucketArn(ctx, input.Bucket),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket, WebsiteConfiguration }) {
    bucketOf(ctx, Bucket)
    checkWebsite(WebsiteConfiguration)
    buckets.update(ctx, Bucket, { website: WebsiteConfiguration })
    return {}
  },
})

export const getBucketWebsite = operation(GetBucketWebsite, {
  authorize: (input, ctx) => bucketArn(ctx, input.Bucket),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    const { website } = bucketOf(ctx, Bucket)
    if (website === undefined) throw noSuchWebsite(Bucket)
    return website
  },
})

export const deleteBucketWebsite = operation(DeleteBucketWebsite, {
  authorize: (input, ctx) => bucketArn(ctx, input.Bucket),
  provenance: 'recorded',
  scope: scopeOfBucket,
  run(ctx, { Bucket }) {
    const { website: _former, ...rest } = bucketOf(ctx, Bucket)
    buckets.put(ctx, rest)
    return {}
  },
})

export function noSuchWebsite(bucket: string) {
  return s3Error(
    'NoSuchWebsiteConfiguration',
    'The specified bucket does not have a website configuration',
    { BucketName: bucket },
  )
}

/** Recorded: S3, PutBucketWebsite with invalid configurations, August 2023. */
function checkWebsite(website: WebsiteConfiguration): void {
  const { IndexDocument, RedirectAllRequestsTo, RoutingRules, ErrorDocument } = website
  if (RedirectAllRequestsTo !== undefined) {
    if (IndexDocument === undefined && RoutingRules === undefined && ErrorDocument === undefined) {
      return
    }
    throw argument(
      'RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.',
      'RedirectAllRequestsTo',
      'not null',
    )
  }
  if (IndexDocument === undefined) {
    throw argument(
      'A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty',
      'IndexDocument',
      'null',
    )
  }
  const { Suffix = '' } = IndexDocument
  if (Suffix === '' || Suffix.includes('/')) {
    throw argument('The IndexDocument Suffix is not well formed', 'IndexDocument', Suffix)
  }
  if (RoutingRules === undefined) return
  if (RoutingRules.length === 0) throw malformedXml()
  if (RoutingRules.length > routingRulesMax) {
    throw invalidRequest(
      `${RoutingRules.length} routing rules provided, the number of routing rules in a website configuration is limited to ${routingRulesMax}.`,
    )
  }
  for (const rule of RoutingRules) checkRule(rule)
}

function checkRule({ Condition, Redirect }: RoutingRule): void {
  const { ReplaceKeyPrefixWith, ReplaceKeyWith, HttpRedirectCode } = Redirect
  if (Object.values(Redirect).every((value) => value === undefined)) throw malformedXml()
  if (ReplaceKeyPrefixWith !== undefined && ReplaceKeyWith !== undefined) {
    throw invalidRequest('You can only define ReplaceKeyPrefix or ReplaceKey but not both.')
  }
  if (HttpRedirectCode !== undefined && !/^3(?!00|04|05|06)\d\d$/.test(HttpRedirectCode)) {
    throw invalidRequest(
      `The provided HTTP redirect code (${HttpRedirectCode}) is not valid. Valid codes are 3XX except 300.`,
    )
  }
  if (Condition === undefined) return
  if (Object.values(Condition).every((value) => value === undefined)) {
    throw invalidRequest(
      "Condition cannot be empty. To redirect all requests without a condition, the condition element shouldn't be present.",
    )
  }
  const { HttpErrorCodeReturnedEquals: code } = Condition
  if (code !== undefined && !/^[45]\d\d$/.test(code)) {
    throw invalidRequest(
      `The provided HTTP error code (${code}) is not valid. Valid codes are 4XX or 5XX.`,
    )
  }
}

function argument(message: string, name: string, value: string) {
  return s3Error('InvalidArgument', message, { ArgumentName: name, ArgumentValue: value })
}
