import { AwsError } from '@cloud-orrery/models'
import { CreateBucket } from '@cloud-orrery/models/s3'
import { presignUrl, uriEncode } from '@cloud-orrery/protocols'
import type { Caller, Context } from '../../context.ts'
import { isWatched, watchBucket } from '../../shared/bucket-watchers.ts'
import { type AccessKeyRecord, accessKeys } from '../../shared/identity/state.ts'
import { cloudformationAccountId } from '../../shared/service-accounts.ts'

/**
 * Buckets of CloudFormation's own, into which whoever is asked puts an answer. They are real buckets of an
 * account that is no customer's, behind S3's own door; a URL is presigned with that account's key.
 */

const host: Record<AnswerKind, (region: string) => string> = {
  // Source: CloudFormation User Guide, "Custom resources", endpoint policies: `us-east-1` is `useast1` there.
  custom: (region) =>
    region === 'us-east-1'
      ? 'cloudformation-custom-resource-response-useast1.s3.amazonaws.com'
      : `cloudformation-custom-resource-response-${region.replaceAll('-', '')}.s3.${region}.amazonaws.com`,
  // Recorded: test_waitconditionhandle.
  wait: (region) => `cloudformation-waitcondition-${region}.s3.${region}.amazonaws.com`,
}

export type AnswerKind = 'custom' | 'wait'

/** Seconds that a URL is good for. Recorded: test_waitconditionhandle; user reports of custom resources. */
const expiresSeconds: Record<AnswerKind, number> = { custom: 7199, wait: 86_399 }

/** The task that is told of each answer; `outside/answered.ts` has it. */
export const answeredTask = 'cloudformation.answered'

const owner: Caller = {
  principal: {
    kind: 'root',
    accountId: cloudformationAccountId,
    arn: `arn:aws:iam::${cloudformationAccountId}:root`,
  },
}

/** A URL to which an answer can be put under a key. */
export async function answerUrl(ctx: Context, kind: AnswerKind, key: string): Promise<string> {
  const name = host[kind](ctx.region)
  await openBucket(ctx, name.slice(0, name.indexOf('.')))
  const path = key.split('/').map(uriEncode).join('/')
  const { accessKeyId, secretAccessKey } = ownKey(ctx)
  const url = presignUrl(`https://${name}/${path}`, {
    credentials: { accessKeyId, secretAccessKey },
    region: ctx.region,
    service: 's3',
    nowMs: ctx.now(),
    expiresSeconds: expiresSeconds[kind],
    method: 'PUT',
  })
  return inSdkOrder(url)
}

/** As the Java SDK writes the parameters, their order not being signed. Recorded: test_waitconditionhandle. */
function inSdkOrder(url: string): string {
  const [address = '', query = ''] = url.split('?')
  const order = ['Algorithm', 'Date', 'SignedHeaders', 'Expires', 'Credential', 'Signature']
  const parameters = query.split('&')
  const sorted = order.flatMap((name) =>
    parameters.filter((parameter) => parameter.startsWith(`X-Amz-${name}=`)),
  )
  return `${address}?${sorted.join('&')}`
}

async function openBucket(ctx: Context, bucket: string): Promise<void> {
  if (isWatched(ctx, bucket)) return
  const place =
    ctx.region === 'us-east-1'
      ? {}
      : { CreateBucketConfiguration: { LocationConstraint: ctx.region as 'eu-west-1' } } // Any region is one of S3's.
  try {
    await ctx.call(CreateBucket, { Bucket: bucket, ...place }, { as: { caller: owner } })
  } catch (error) {
    // Two resources that start at once both make it.
    if (!(error instanceof AwsError) || error.code !== 'BucketAlreadyOwnedByYou') throw error
  }
  watchBucket(ctx, bucket, answeredTask)
}

/** The key of CloudFormation's account: made once, from this cloud's own seed. */
function ownKey(ctx: Context): AccessKeyRecord {
  const known = accessKeys.first(ctx, 'user', `${cloudformationAccountId}/`)
  if (known !== undefined) return known
  return accessKeys.put(ctx, {
    accessKeyId: ctx.ids.unique('AKIA', 16),
    secretAccessKey: ctx.ids.alphanumeric(40),
    accountId: cloudformationAccountId,
    status: 'Active',
    createdAtMs: ctx.now(),
  })
}

/** Which kind of answer a bucket is for. */
export function kindOfBucket(bucket: string): AnswerKind {
  return bucket.startsWith('cloudformation-waitcondition-') ? 'wait' : 'custom'
}
