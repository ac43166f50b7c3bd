import { AwsError } from '@cloud-orrery/models'
import { Decrypt, GenerateDataKey } from '@cloud-orrery/models/kms'
import type { EncryptionConfiguration } from '@cloud-orrery/models/states'
import type { Context } from '../../context.ts'
import { isThrottle, isTransient } from '../../shared/transient-errors.ts'
import {
  invalidEncryption,
  kmsDenied,
  kmsKeyInWrongState,
  kmsThrottled,
  serviceFailure,
} from '../errors.ts'
import type { Encryption } from '../state.ts'

/** How long a data key is used again where the call does not say, in seconds. Source: EncryptionConfiguration. */
const reuseSecondsDefault = 300

/**
 * Gets a data key of the caller's KMS key, for a machine or an activity: the caller needs `kms:GenerateDataKey`.
 * Undefined for the key that AWS owns. `holder` is the encryption context that names what is protected.
 */
// Deviation: data are not encrypted with it; whoever may not decrypt the data key is refused all the same.
export async function encryptionOf(
  ctx: Context,
  given: EncryptionConfiguration | undefined,
  holder: Readonly<Record<string, string>>,
): Promise<Encryption | undefined> {
  if (given === undefined) return undefined
  const { type, kmsKeyId, kmsDataKeyReusePeriodSeconds = reuseSecondsDefault } = given
  if (type === 'AWS_OWNED_KEY') {
    if (kmsKeyId === undefined) return undefined
    throw invalidEncryption('KmsKeyId must not be specified for the type AWS_OWNED_KEY')
  }
  if (kmsKeyId === undefined) {
    throw invalidEncryption('KmsKeyId is required for the type CUSTOMER_MANAGED_KMS_KEY')
  }
  const input = { KeyId: kmsKeyId, KeySpec: 'AES_256', EncryptionContext: holder } as const
  const { CiphertextBlob } = await throughKms(ctx.call(GenerateDataKey, input))
  return {
    keyId: kmsKeyId,
    reuseSeconds: kmsDataKeyReusePeriodSeconds,
    dataKey: Buffer.from(CiphertextBlob ?? new Uint8Array()).toString('base64'),
  }
}

/** Whether the caller may see what is protected: throws the refusals of KMS as Step Functions has them. */
export async function openEncrypted(
  ctx: Context,
  encryption: Encryption | undefined,
  holder: Readonly<Record<string, string>>,
): Promise<void> {
  if (encryption === undefined) return
  const CiphertextBlob = Buffer.from(encryption.dataKey, 'base64')
  await throughKms(ctx.call(Decrypt, { CiphertextBlob, EncryptionContext: holder }))
}

export function machineHolder(arn: string): Readonly<Record<string, string>> {
  return { 'aws:states:stateMachineArn': arn }
}

export function activityHolder(arn: string): Readonly<Record<string, string>> {
  return { 'aws:states:activityArn': arn }
}

async function throughKms<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    if (isThrottle(error)) throw kmsThrottled(error.message)
    if (isTransient(error)) throw serviceFailure(`KMS: ${error.message}`)
    if (error.code === 'NotFoundException') throw invalidEncryption(error.message)
    if (/Disabled/.test(error.code)) throw kmsKeyInWrongState('DISABLED', error.message)
    if (error.code === 'KMSInvalidStateException') {
      throw kmsKeyInWrongState('PENDING_DELETION', error.message)
    }
    throw kmsDenied(error.message)
  }
}
