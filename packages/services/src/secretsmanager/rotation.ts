import { AwsError } from '@cloud-orrery/models'
import { Invoke } from '@cloud-orrery/models/lambda'
import { CancelRotateSecret, RotateSecret } from '@cloud-orrery/models/secretsmanager'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { isTransient } from '../shared/transient-errors.ts'
import {
  rotationFunctionDenied,
  rotationFunctionMissing,
  rotationTokenTaken,
  rotationUnderWay,
  serviceFailure,
} from './errors.ts'
import { requestToken } from './put-value.ts'
import { judged, scopeOf, theOwnSecret } from './references.ts'
import { scheduleOf, scheduleRotation } from './rotation-schedule.ts'
import { asService, pendingVersion, startRotation } from './rotation-steps.ts'
import { secrets, versionOf } from './state.ts'

export const rotateSecret = operation(RotateSecret, {
  scope: scopeOf,
  authorize: ({ SecretId, RotationLambdaARN, RotationRules, RotateImmediately }, ctx) =>
    judged(ctx, SecretId, {
      ...(RotationLambdaARN === undefined
        ? {}
        : { 'secretsmanager:RotationLambdaARN': RotationLambdaARN }),
      'secretsmanager:ModifyRotationRules': RotationRules !== undefined,
      'secretsmanager:RotateImmediately': RotateImmediately ?? true,
    }),
  provenance: 'recorded',
  refuses: ['ExternalSecretRotationMetadata', 'ExternalSecretRotationRoleArn'],
  async run(ctx, input) {
    const { SecretId, RotationLambdaARN, RotationRules, RotateImmediately = true } = input
    const token = requestToken(input)
    const { name, arn, rotation: before } = theOwnSecret(ctx, SecretId)
    const functionArn = RotationLambdaARN ?? before?.functionArn
    if (functionArn === undefined) throw rotationFunctionMissing()
    const rules = RotationRules ?? before?.rules
    if (rules !== undefined) scheduleOf(rules)
    if (isRepeated(ctx, SecretId, token)) return { ARN: arn, Name: name, VersionId: token }
    await checkInvocable(ctx, functionArn, arn)
    // Somebody else may have started a rotation while Lambda was asked.
    if (isRepeated(ctx, SecretId, token)) return { ARN: arn, Name: name, VersionId: token }
    const secret = theOwnSecret(ctx, SecretId)
    secrets.update(ctx, name, {
      changedAtMs: ctx.now(),
      rotation: {
        ...secret.rotation,
        enabled: true,
        functionArn,
        ...(rules === undefined ? {} : { rules }),
      },
    })
    startRotation(ctx, secret, token, !RotateImmediately)
    scheduleRotation(ctx, name)
    const VersionId = secrets.get(ctx, name)?.rotation?.pendingVersionId ?? token
    return { ARN: arn, Name: name, VersionId }
  },
})

/**
 * Whether the rotation that this token names is under way or was the last one: the request is then answered, and no
 * version is made twice. Throws where another rotation is under way or the token is another version's.
 * Source: RotateSecret, `ClientRequestToken`.
 */
function isRepeated(ctx: Context, SecretId: string, token: string): boolean {
  const { name, arn, rotation } = theOwnSecret(ctx, SecretId)
  const waiting = pendingVersion(ctx, name)
  if (waiting !== undefined && rotation?.pendingVersionId !== undefined) {
    if (rotation.pendingVersionId === token) return true
    throw rotationUnderWay()
  }
  const version = versionOf(ctx, name, token)
  if (version === undefined || version.versionId === waiting?.versionId) return false
  if (rotation?.lastVersionId === token) return true
  throw rotationTokenTaken(token, arn)
}

/** Who configures rotation has to be allowed to invoke the function, and Secrets Manager too. */
async function checkInvocable(ctx: Context, functionArn: string, arn: string): Promise<void> {
  ctx.authorize('lambda:InvokeFunction', functionArn)
  try {
    await ctx.call(
      Invoke,
      { FunctionName: functionArn, InvocationType: 'DryRun' },
      asService(functionArn, arn),
    )
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw isTransient(error) ? serviceFailure(`Lambda: ${error.message}`) : rotationFunctionDenied()
  }
}

export const cancelRotateSecret = operation(CancelRotateSecret, {
  scope: scopeOf,
  authorize: ({ SecretId }, ctx) => judged(ctx, SecretId),
  provenance: 'modelled',
  run(ctx, { SecretId }) {
    const { name, arn, rotation } = theOwnSecret(ctx, SecretId)
    if (rotation === undefined) return { ARN: arn, Name: name }
    const { pendingVersionId, ...rest } = rotation
    secrets.update(ctx, name, {
      changedAtMs: ctx.now(),
      rotation: { ...rest, enabled: false },
    })
    scheduleRotation(ctx, name)
    // The label AWSPENDING stays where it is. Source: CancelRotateSecret.
    return {
      ARN: arn,
      Name: name,
      ...(pendingVersionId === undefined ? {} : { VersionId: pendingVersionId }),
    }
  },
})
