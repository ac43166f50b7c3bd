import type { ResourceType } from '@cloud-orrery/models'
import {
  AwsS3Bucket,
  type AwsS3BucketAttributes,
  type AwsS3BucketProperties,
  CreateBucket,
  DeleteBucket,
} from '@cloud-orrery/models/s3'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'

/** The attributes that a bucket has without S3 Metadata, which is not built. */
type BucketAttributes = Pick<
  AwsS3BucketAttributes,
  'Arn' | 'DomainName' | 'DualStackDomainName' | 'RegionalDomainName' | 'WebsiteURL'
> & { readonly BucketName: string }

// The schema lists attributes of properties that are refused; a bucket without them has the others.
const bucketSchema = AwsS3Bucket as ResourceType<AwsS3BucketProperties, unknown> as ResourceType<
  AwsS3BucketProperties,
  BucketAttributes
>

export const bucketType = resource(bucketSchema, {
  async create(ctx, { BucketName = ctx.physicalName({ lengthMax: 63, lowerCase: true }) }) {
    const { region } = ctx
    await ctx.call(CreateBucket, {
      Bucket: BucketName,
      ...(region === 'us-east-1'
        ? {}
        : { CreateBucketConfiguration: { LocationConstraint: region } }),
    })
    return attributes(ctx, BucketName)
  },
  async delete(ctx, { BucketName }) {
    await ctx.call(DeleteBucket, { Bucket: BucketName })
  },
})

/** Source: CloudFormation template reference, AWS::S3::Bucket, "Return values". */
function attributes({ region, partition }: ResourceContext, name: string) {
  return {
    BucketName: name,
    Arn: `arn:${partition}:s3:::${name}`,
    DomainName: `${name}.s3.amazonaws.com`,
    DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
    RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
    WebsiteURL: `http://${name}.s3-website-${region}.amazonaws.com`,
  }
}
