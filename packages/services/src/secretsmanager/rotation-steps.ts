import { orderedKey } from '@cloud-orrery/kernel'
import type { AwsError } from '@cloud-orrery/models'
import { Invoke } from '@cloud-orrery/models/lambda'
import type { CallOptions, Context } from '../context.ts'
import { task } from '../define.ts'
import { rotationFailed } from './errors.ts'
import { replicate } from './replicas.ts'
import { addVersion, current, dropStage, pending } from './stages.ts'
import {
  type Rotation,
  type SecretRecord,
  secrets,
  stagedVersion,
  versionOf,
  versions,
} from './state.ts'

/** Source: Secrets Manager User Guide, "Lambda rotation functions", the four steps. */
const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const

/** One rotation under way: plain data, so that it survives a snapshot. */
interface RotationRun {
  readonly name: string
  readonly arn: string
  readonly versionId: string
  readonly rotationToken: string
  /** Only the step `testSecret`, to try the settings out. Source: RotateSecret, `RotateImmediately`. */
  readonly isTrial: boolean
}

/** A version that waits for its rotation, other than the one in use. */
export function pendingVersion(ctx: Context, name: string) {
  const waiting = stagedVersion(ctx, name, pending)
  return waiting?.stages.includes(current) ? undefined : waiting
}

/**
 * Prepares a version without a value and has the function fill it in. A version that an earlier rotation left
 * pending is taken up again.
 */
export function startRotation(
  ctx: Context,
  { name, arn }: SecretRecord,
  token: string,
  isTrial = false,
): void {
  const left = pendingVersion(ctx, name)
  const versionId = left?.versionId ?? token
  if (left === undefined) addVersion(ctx, name, { versionId, stages: [pending] })
  setRotation(ctx, name, { pendingVersionId: versionId })
  const rotationToken = ctx.ids.uuid()
  announce(ctx, 'RotationStarted', { name, arn, versionId, rotationToken, isTrial })
  ctx.after(0, rotate, { name, arn, versionId, rotationToken, isTrial })
}

/** Attempts at one rotation and the time between them. AWS documents neither. */
const attemptsMax = 5
const retryMs = 60_000

export const rotate = task<RotationRun>('secretsmanager.rotate', {
  retryDelayMs: (attempt) => (attempt < attemptsMax ? retryMs * attempt : undefined),
  async run(ctx, run) {
    if (rotating(ctx, run) === undefined) return
    for (const step of run.isTrial ? (['testSecret'] as const) : steps) {
      const rotation = rotating(ctx, run)
      if (rotation === undefined) return
      await invoke(ctx, rotation.functionArn, run, step)
    }
    if (rotating(ctx, run) !== undefined) finish(ctx, run)
  },
  onGiveUp(ctx, run, error) {
    if (rotating(ctx, run) === undefined) return
    announce(ctx, 'RotationFailed', run, error)
    if (run.isTrial) forget(ctx, run)
    setRotation(ctx, run.name, { pendingVersionId: undefined })
  },
})

/** The rotation as configured now; undefined where it was cancelled, or the secret is gone. */
function rotating(ctx: Context, { name, arn, versionId }: RotationRun): Rotation | undefined {
  const secret = secrets.get(ctx, name)
  if (secret?.arn !== arn || secret.deletionAtMs !== undefined) return undefined
  return secret.rotation?.pendingVersionId === versionId ? secret.rotation : undefined
}

async function invoke(
  ctx: Context,
  functionArn: string,
  { arn, versionId, rotationToken }: RotationRun,
  Step: (typeof steps)[number],
): Promise<void> {
  const event = { Step, SecretId: arn, ClientRequestToken: versionId, RotationToken: rotationToken }
  const Payload = Buffer.from(JSON.stringify(event))
  const { FunctionError } = await ctx.call(
    Invoke,
    { FunctionName: functionArn, InvocationType: 'RequestResponse', Payload },
    asService(functionArn, arn),
  )
  if (FunctionError !== undefined) throw rotationFailed(Step)
}

/** The function's policy is judged, for this secret. */
export function asService(functionArn: string, sourceArn: string): CallOptions {
  const [, , , region = '', accountId = ''] = functionArn.split(':')
  return { as: 'secretsmanager.amazonaws.com', sourceArn, region, accountId }
}

function finish(ctx: Context, run: RotationRun): void {
  const { name, versionId, isTrial } = run
  if (isTrial) {
    forget(ctx, run)
    setRotation(ctx, name, { pendingVersionId: undefined })
    announce(ctx, 'RotationSucceeded', run)
    return
  }
  const version = versionOf(ctx, name, versionId)
  if (version === undefined || !version.stages.includes(current)) {
    throw rotationFailed('finishSecret')
  }
  // Recorded: secretsmanager, `test_rotate_secret_multiple_times_with_lambda_success`: AWSPENDING is gone.
  dropStage(ctx, version, pending)
  const lastAtMs = ctx.now()
  setRotation(ctx, name, { pendingVersionId: undefined, lastAtMs, lastVersionId: versionId })
  announce(ctx, 'RotationSucceeded', run)
  replicate(ctx, name)
}

/** A trial leaves no version. */
function forget(ctx: Context, { name, versionId }: RotationRun): void {
  const version = versionOf(ctx, name, versionId)
  if (version === undefined || version.stages.includes(current)) return
  versions.delete(ctx, orderedKey(name, version.number))
}

function setRotation(
  ctx: Context,
  name: string,
  {
    pendingVersionId,
    ...last
  }: { pendingVersionId: string | undefined; lastAtMs?: number; lastVersionId?: string },
): void {
  const rotation = secrets.get(ctx, name)?.rotation
  if (rotation === undefined) return
  const { pendingVersionId: _, ...rest } = rotation
  secrets.update(ctx, name, {
    rotation: {
      ...rest,
      ...(pendingVersionId === undefined ? {} : { pendingVersionId }),
      ...last,
    },
  })
}

/** Source: Secrets Manager User Guide, "Match events with Amazon EventBridge" and "CloudTrail entries". */
function announce(ctx: Context, eventName: string, run: RotationRun, error?: AwsError): void {
  const { accountId, region: awsRegion } = ctx
  ctx.emit({
    source: 'aws.secretsmanager',
    detailType: 'AWS Service Event via CloudTrail',
    detail: {
      eventVersion: '1.08',
      userIdentity: { accountId, invokedBy: 'secretsmanager.amazonaws.com' },
      eventTime: new Date(ctx.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
      eventSource: 'secretsmanager.amazonaws.com',
      eventName,
      awsRegion,
      additionalEventData: {
        SecretId: run.arn,
        VersionId: run.versionId,
        ...(error === undefined ? {} : { ErrorMessage: error.message }),
      },
      eventType: 'AwsServiceEvent',
      recipientAccountId: accountId,
    },
  })
}
