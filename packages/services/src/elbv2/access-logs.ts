import { gzipSync } from 'node:zlib'
import { orderedKey } from '@cloud-orrery/kernel'
import { AwsError } from '@cloud-orrery/models'
import { PutObject } from '@cloud-orrery/models/s3'
import type { CallOptions, Context } from '../context.ts'
import { task } from '../define.ts'
import { fullName } from './arns.ts'
import { attribute, balancerAttributes, isOn } from './attributes.ts'
import { invalidConfiguration } from './errors.ts'
import { accessLogMs } from './limits.ts'
import { type Balancer, balancers, logLines, turns } from './state.ts'

/** Accounts of AWS's that write logs, in regions that are older than August 2022. Source: "Access logs", step 2. */
const logAccounts: Readonly<Record<string, string>> = {
  'af-south-1': '098369216593',
  'ap-east-1': '754344448648',
  'ap-northeast-1': '582318560864',
  'ap-northeast-2': '600734575887',
  'ap-northeast-3': '383597477331',
  'ap-south-1': '718504428378',
  'ap-southeast-1': '114774131450',
  'ap-southeast-2': '783225319266',
  'ap-southeast-3': '589379963580',
  'ca-central-1': '985666609251',
  'eu-central-1': '054676820928',
  'eu-north-1': '897822967062',
  'eu-south-1': '635631232127',
  'eu-west-1': '156460612806',
  'eu-west-2': '652711504416',
  'eu-west-3': '009996457667',
  'me-south-1': '076674570225',
  'sa-east-1': '507241528517',
  'us-east-1': '127311923021',
  'us-east-2': '033677994240',
  'us-west-1': '027434742980',
  'us-west-2': '797873946194',
}

const deliverer = 'logdelivery.elasticloadbalancing.amazonaws.com'

/** The identities that a bucket policy may let in: the service's, and the region's account. */
function* writers({ region, accountId }: Context, arn: string): Generator<CallOptions> {
  yield { as: deliverer, sourceArn: arn, accountId }
  const account = logAccounts[region]
  if (account === undefined) return
  const principal = {
    kind: 'root',
    accountId: account,
    arn: `arn:aws:iam::${account}:root`,
  } as const
  yield { as: { caller: { principal, invokedBy: deliverer } }, accountId: account }
}

async function put(ctx: Context, balancer: Balancer, key: string, body: Uint8Array): Promise<void> {
  const input = {
    Bucket: attribute(balancerAttributes, balancer, 'access_logs.s3.bucket'),
    Key: key,
    Body: body,
  }
  let refused: AwsError | undefined
  for (const options of writers(ctx, balancer.arn)) {
    try {
      await ctx.call(PutObject, input, options)
      return
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      refused = error
    }
  }
  if (refused !== undefined) throw refused
}

function folderOf({ accountId }: Context, balancer: Balancer): string {
  const prefix = attribute(balancerAttributes, balancer, 'access_logs.s3.prefix')
  return `${prefix === '' ? '' : `${prefix}/`}AWSLogs/${accountId}`
}

/** Before logs are switched on, a file is written to see whether they could be. Source: "Access logs", "Enable". */
export async function checkLogBucket(ctx: Context, balancer: Balancer): Promise<void> {
  const bucket = attribute(balancerAttributes, balancer, 'access_logs.s3.bucket')
  const key = `${folderOf(ctx, balancer)}/ELBAccessLogTestFile`
  try {
    await put(
      ctx,
      balancer,
      key,
      Buffer.from(
        `Enable AccessLog for ELB: ${balancer.name} at ${new Date(ctx.now()).toISOString()}`,
      ),
    )
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw invalidConfiguration(
      `Access Denied for bucket: ${bucket}. Please check S3bucket permission`,
    )
  }
}

/** Adds a line to a balancer's log, if it keeps one. */
export function logRequest(ctx: Context, balancer: Balancer, text: string): void {
  if (!isOn(balancerAttributes, balancer, 'access_logs.s3.enabled')) return
  const key = `log ${balancer.arn}`
  const number = (turns.get(ctx, key)?.count ?? 0) + 1
  turns.put(ctx, { key, count: number })
  const isFirst = !hasLines(ctx, balancer.arn)
  logLines.put(ctx, { arn: balancer.arn, number, text })
  if (isFirst) {
    const dueMs = accessLogMs - (ctx.now() % accessLogMs)
    ctx.after(dueMs, writeLog, { arn: balancer.arn })
  }
}

function hasLines(ctx: Context, arn: string): boolean {
  for (const _ of logLines.scan(ctx, { prefix: orderedKey(arn, '') })) return true
  return false
}

/** What could not be written for some minutes is lost, as AWS says: delivery is best effort. */
export const writeLog = task<{ arn: string }>('elbv2.writeLog', {
  async run(ctx, { arn }) {
    const lines = [...logLines.scan(ctx, { prefix: orderedKey(arn, '') })]
    for (const { number } of lines) logLines.delete(ctx, orderedKey(arn, number))
    const balancer = balancers.get(ctx, arn)
    if (balancer === undefined || lines.length === 0) return
    const text = lines.map((line) => `${line.text}\n`).join('')
    await put(ctx, balancer, logKey(ctx, balancer), gzipSync(text))
  },
})

function logKey(ctx: Context, balancer: Balancer): string {
  const { accountId, region } = ctx
  const iso = new Date(ctx.now()).toISOString()
  const day = iso.slice(0, 10).replaceAll('-', '/')
  const end = `${iso.slice(0, 16).replace(/[-:]/g, '')}Z`
  const name = fullName(balancer.arn).replaceAll('/', '.')
  const file = `${accountId}_elasticloadbalancing_${region}_${name}_${end}_10.0.0.1_${ctx.ids.from('abcdefghijklmnopqrstuvwxyz0123456789', 8)}.log.gz`
  return `${folderOf(ctx, balancer)}/elasticloadbalancing/${region}/${day}/${file}`
}
