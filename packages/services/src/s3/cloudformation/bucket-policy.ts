import { AwsError } from '@cloud-orrery/models'
import {
  AwsS3BucketPolicy,
  DeleteBucketPolicy,
  GetBucketPolicy,
  PutBucketPolicy,
} from '@cloud-orrery/models/s3'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import { bucketPolicyExists } from '../errors.ts'

export const bucketPolicyType = resource(AwsS3BucketPolicy, {
  async create(ctx, { Bucket, PolicyDocument }) {
    if ((await policyOf(ctx, Bucket)) !== undefined) throw bucketPolicyExists(Bucket)
    await ctx.call(PutBucketPolicy, { Bucket, Policy: textOf(PolicyDocument) })
    return { physicalId: Bucket }
  },
  async update(ctx, { Bucket, PolicyDocument }) {
    await ctx.call(PutBucketPolicy, { Bucket, Policy: textOf(PolicyDocument) })
    return { physicalId: Bucket }
  },
  async delete(ctx, _state, { Bucket }) {
    // With its bucket a policy is gone already.
    await unlessGone(ctx.call(DeleteBucketPolicy, { Bucket }))
  },
  async read(ctx, _state, { Bucket }) {
    const text = await policyOf(ctx, Bucket)
    return text === undefined ? undefined : { Bucket, PolicyDocument: JSON.parse(text) as unknown }
  },
})

async function policyOf(ctx: ResourceContext, Bucket: string): Promise<string | undefined> {
  return (await unlessGone(ctx.call(GetBucketPolicy, { Bucket })))?.Policy
}

async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    const gone = error instanceof AwsError && /^NoSuchBucket(?:Policy)?$/.test(error.code)
    if (gone) return undefined
    throw error
  }
}

function textOf(document: unknown): string {
  return typeof document === 'string' ? document : JSON.stringify(document)
}
