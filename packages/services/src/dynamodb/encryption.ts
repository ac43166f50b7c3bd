import { AwsError } from '@cloud-orrery/models'
import type { SSEDescription, SSESpecification } from '@cloud-orrery/models/dynamodb'
import { CreateGrant, DescribeKey } from '@cloud-orrery/models/kms'
import type { Context } from '../context.ts'
import { isOpen, knownDataKeys, newDataKey, openDataKey } from '../shared/data-keys.ts'
import { kmsWords } from '../shared/kms-refusals.ts'
import { isThrottle, isTransient } from '../shared/transient-errors.ts'
import { accessDenied, invalidValues, kmsThrottled, serviceFailure } from './errors.ts'
import type { TableRecord } from './state.ts'

/*
 * Tables are encrypted with a key of DynamoDB's own, of which nobody sees anything, unless they name one of KMS.
 * Source: DynamoDB Developer Guide, "DynamoDB encryption at rest: how it works".
 */

/** Keys of tables that callers have open. */
export const dataKeys = knownDataKeys('dynamodb.dataKeys')

const managedAlias = 'alias/aws/dynamodb'

/** How long a caller's open table key is kept. Source: as above, "Table key caching". */
const reuseMs = 5 * 60_000

export interface TableKey {
  readonly sse: SSEDescription
  readonly ciphertext: string
}

/** Does what sets up a table once its key of KMS, if the specification asks for one, was found fit. */
export function withKey<T>(
  ctx: Context,
  arn: string,
  spec: SSESpecification | undefined,
  work: (key: TableKey | undefined) => T,
): T | Promise<T> {
  if (spec?.Enabled !== true) {
    if (spec?.KMSMasterKeyId !== undefined || spec?.SSEType !== undefined) {
      throw invalidValues(
        'SSEType and KMSMasterKeyId cannot be specified when SSESpecification is not enabled',
      )
    }
    return work(undefined)
  }
  if (spec.SSEType !== undefined && spec.SSEType !== 'KMS') {
    throw invalidValues(`SSEType ${spec.SSEType} is not supported`)
  }
  return fitKey(ctx, arn, spec.KMSMasterKeyId ?? managedAlias).then(work)
}

async function fitKey(ctx: Context, arn: string, keyId: string): Promise<TableKey> {
  try {
    const { KeyMetadata } = await ctx.call(DescribeKey, { KeyId: keyId })
    const keyArn = KeyMetadata?.Arn ?? keyId
    if (KeyMetadata?.KeySpec !== 'SYMMETRIC_DEFAULT') {
      throw invalidValues(`KMS key ${keyArn} is not a symmetric encryption key`)
    }
    if (KeyMetadata.KeyManager === 'CUSTOMER') {
      await ctx.call(CreateGrant, {
        KeyId: keyArn,
        GranteeServicePrincipal: 'dynamodb.amazonaws.com',
        RetiringServicePrincipal: 'dynamodb.amazonaws.com',
        Operations: ['Encrypt', 'Decrypt', 'GenerateDataKey', 'DescribeKey', 'RetireGrant'],
      })
    }
    const ciphertext = await newDataKey(ctx, { ...encryptionOf(ctx, arn), keyId: keyArn })
    return { sse: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: keyArn }, ciphertext }
  } catch (error) {
    throw refusal(ctx, error)
  }
}

function encryptionOf(ctx: Context, arn: string) {
  const name = arn.slice(arn.lastIndexOf('/') + 1)
  return {
    known: dataKeys,
    holder: arn,
    context: { 'aws:dynamodb:tableName': name, 'aws:dynamodb:subscriberId': ctx.accountId },
    reuseMs,
  }
}

/**
 * Does the work on items of tables, which has to be atomic, once the caller may use the keys of all of them: at
 * once where the tables have none of KMS, or the caller's are open.
 */
export function unlocked<T>(
  ctx: Context,
  of: readonly TableRecord[],
  work: () => T,
): T | Promise<T> {
  const closed = of.filter(({ keyCiphertext: ciphertext, arn }) =>
    ciphertext === undefined ? false : !isOpen(ctx, encryptionOf(ctx, arn), ciphertext),
  )
  return closed.length === 0 ? work() : open(ctx, closed).then(work)
}

async function open(ctx: Context, closed: readonly TableRecord[]): Promise<void> {
  for (const { arn, keyCiphertext: ciphertext = '' } of closed) {
    try {
      await openDataKey(ctx, encryptionOf(ctx, arn), ciphertext)
    } catch (error) {
      throw refusal(ctx, error)
    }
  }
}

/** What KMS refuses, in DynamoDB's words: its own, as a denial. */
function refusal(ctx: Context, error: unknown): unknown {
  if (!(error instanceof AwsError)) return error
  if (error.code === 'ValidationException') return error
  if (isThrottle(error)) return kmsThrottled(kmsWords(ctx, error))
  if (isTransient(error)) return serviceFailure(`KMS: ${error.message}`)
  if (error.code === 'AccessDeniedException') return accessDenied(kmsWords(ctx, error))
  return invalidValues(`KMS: ${error.message}`)
}
