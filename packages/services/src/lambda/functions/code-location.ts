import { AwsError } from '@cloud-orrery/models'
import { CreateBucket, HeadObject, PutObject } from '@cloud-orrery/models/s3'
import { presignUrl, uriEncode } from '@cloud-orrery/protocols'
import type { Caller, Context } from '../../context.ts'
import { type AccessKeyRecord, accessKeys } from '../../shared/identity/state.ts'
import { lambdaAccountId } from '../../shared/service-accounts.ts'
import type { StoredCode } from '../state.ts'

/** Source: GetFunction, `Code`: a URL that is good for ten minutes. */
const expiresSeconds = 600

const owner: Caller = {
  principal: {
    kind: 'root',
    accountId: lambdaAccountId,
    arn: `arn:aws:iam::${lambdaAccountId}:root`,
  },
}

/**
 * A URL from which a package can be loaded: behind S3's own door, from a bucket of Lambda's that is no customer's.
 * The package is put there when somebody asks.
 */
export async function codeLocation(
  ctx: Context,
  folder: 'snapshots' | 'layers',
  name: string,
  code: StoredCode,
): Promise<string> {
  const bucket = `awslambda-${ctx.region}-${folder === 'layers' ? 'layers' : 'tasks'}`
  const key = `${folder}/${ctx.accountId}/${name}`
  await putOnce(ctx, bucket, key, code)
  const { accessKeyId, secretAccessKey } = ownKey(ctx)
  const path = key.split('/').map(uriEncode).join('/')
  return presignUrl(`https://${bucket}.s3.${ctx.region}.amazonaws.com/${path}`, {
    credentials: { accessKeyId, secretAccessKey },
    region: ctx.region,
    service: 's3',
    nowMs: ctx.now(),
    expiresSeconds,
    method: 'GET',
  })
}

async function putOnce(ctx: Context, Bucket: string, Key: string, code: StoredCode): Promise<void> {
  const as = { as: { caller: owner } }
  try {
    await ctx.call(HeadObject, { Bucket, Key }, as)
    return
  } catch (error) {
    if (!(error instanceof AwsError)) throw error // Not there yet, or no bucket either.
  }
  try {
    const place =
      ctx.region === 'us-east-1'
        ? {}
        : { CreateBucketConfiguration: { LocationConstraint: ctx.region as 'eu-west-1' } } // Any region is one of S3's.
    await ctx.call(CreateBucket, { Bucket, ...place }, as)
  } catch (error) {
    if (!(error instanceof AwsError) || !error.code.startsWith('BucketAlready')) throw error
  }
  await ctx.call(PutObject, { Bucket, Key, Body: ctx.blobs.get(code.zip) }, as)
}

/** The key of Lambda's account: made once, from this cloud's own seed. */
function ownKey(ctx: Context): AccessKeyRecord {
  const known = accessKeys.first(ctx, 'user', `${lambdaAccountId}/`)
  if (known !== undefined) return known
  return accessKeys.put(ctx, {
    accessKeyId: ctx.ids.unique('AKIA', 16),
    secretAccessKey: ctx.ids.alphanumeric(40),
    accountId: lambdaAccountId,
    status: 'Active',
    createdAtMs: ctx.now(),
  })
}
