import {
  DeleteBucketWebsite,
  GetBucketWebsite,
  PutBucketWebsite,
  type WebsiteConfiguration,
} from '@cloud-orrery/models/s3'
import { setting } from './setting.ts'

export const website = setting('WebsiteConfiguration', {
  toApi: ({ IndexDocument, ErrorDocument, RoutingRules, RedirectAllRequestsTo }) =>
    ({
      ...(IndexDocument === undefined ? {} : { IndexDocument: { Suffix: IndexDocument } }),
      ...(ErrorDocument === undefined ? {} : { ErrorDocument: { Key: ErrorDocument } }),
      ...(RedirectAllRequestsTo === undefined ? {} : { RedirectAllRequestsTo }),
      ...(RoutingRules === undefined
        ? {}
        : {
            RoutingRules: RoutingRules.map(({ RedirectRule, RoutingRuleCondition }) => ({
              Redirect: RedirectRule,
              ...(RoutingRuleCondition === undefined ? {} : { Condition: RoutingRuleCondition }),
            })),
          }),
    }) as WebsiteConfiguration, // Protocols are judged by S3 itself.
  put: (ctx, Bucket, configuration) =>
    ctx.call(PutBucketWebsite, { Bucket, WebsiteConfiguration: configuration }),
  remove: (ctx, Bucket) => ctx.call(DeleteBucketWebsite, { Bucket }),
  get: (ctx, Bucket) => ctx.call(GetBucketWebsite, { Bucket }),
  fromApi: ({ IndexDocument, ErrorDocument, RoutingRules, RedirectAllRequestsTo }) => ({
    ...(IndexDocument === undefined ? {} : { IndexDocument: IndexDocument.Suffix }),
    ...(ErrorDocument === undefined ? {} : { ErrorDocument: ErrorDocument.Key }),
    ...(RedirectAllRequestsTo === undefined ? {} : { RedirectAllRequestsTo }),
    ...(RoutingRules === undefined
      ? {}
      : {
          RoutingRules: RoutingRules.map(({ Redirect, Condition }) => ({
            RedirectRule: Redirect,
            ...(Condition === undefined ? {} : { RoutingRuleCondition: Condition }),
          })),
        }),
  }),
})
