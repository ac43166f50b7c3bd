import { AwsError } from '@cloud-orrery/models'
import { Decrypt, GenerateDataKey } from '@cloud-orrery/models/kms'
import { AssociateKmsKey, DisassociateKmsKey } from '@cloud-orrery/models/logs'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { isTransient } from '../shared/transient-errors.ts'
import { keyNotAllowed, keyNotFound, serviceUnavailable } from './errors.ts'
import { keyUseMs } from './limits.ts'
import { judgedGroup, nameOf, theGroup } from './lookup.ts'
import { type GroupEncryption, type LogGroup, logGroups } from './state.ts'

/**
 * CloudWatch Logs uses a group's key by itself, not in a caller's name: the key's policy has to trust the service in
 * the Region. Source: CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS KMS".
 */
export const associateKmsKey = operation(AssociateKmsKey, {
  authorize: ({ logGroupName, resourceIdentifier }, ctx) =>
    judgedGroup(ctx, nameOf({ logGroupName, logGroupIdentifier: resourceIdentifier })),
  provenance: 'modelled',
  run(ctx, { logGroupName, resourceIdentifier, kmsKeyId }) {
    const { arn, name } = theNamedGroup(ctx, logGroupName, resourceIdentifier)
    return encryptionFor(ctx, arn, kmsKeyId).then((encryption) => {
      theGroup(ctx, { logGroupName: name }) // It may be gone by now.
      logGroups.update(ctx, name, { encryption })
      return {}
    })
  },
})

/** Deviation: what was encrypted before can be read without the key afterwards; on AWS it stays encrypted. */
export const disassociateKmsKey = operation(DisassociateKmsKey, {
  authorize: ({ logGroupName, resourceIdentifier }, ctx) =>
    judgedGroup(ctx, nameOf({ logGroupName, logGroupIdentifier: resourceIdentifier })),
  provenance: 'modelled',
  run(ctx, { logGroupName, resourceIdentifier }) {
    const { encryption: _, ...group } = theNamedGroup(ctx, logGroupName, resourceIdentifier)
    logGroups.put(ctx, group)
    return {}
  },
})

function theNamedGroup(
  ctx: Context,
  logGroupName: string | undefined,
  identifier: string | undefined,
): LogGroup {
  if (identifier?.includes(':query-result:') === true) {
    throw notModelled('query results of logs:AssociateKmsKey and logs:DisassociateKmsKey')
  }
  return theGroup(ctx, { logGroupName, logGroupIdentifier: identifier })
}

/** Asks KMS for a group's data key. The key is named by its ARN. */
export async function encryptionFor(
  ctx: Context,
  groupArn: string,
  kmsKeyId: string,
): Promise<GroupEncryption> {
  if (!/^arn:[^:]+:kms:[^:]+:\d{12}:key\/.+$/.test(kmsKeyId)) throw keyNotFound()
  const asked = { KeyId: kmsKeyId, KeySpec: 'AES_256', ...contextOf(groupArn) }
  const { CiphertextBlob } = await byKms(
    groupArn,
    ctx.call(GenerateDataKey, asked, asLogs(ctx, groupArn)),
  )
  const dataKey = Buffer.from(CiphertextBlob ?? []).toString('base64')
  return { kmsKeyId, dataKey, openedAtMs: ctx.now() }
}

/**
 * Does what reads a group's events: at once, or after KMS opened the group's data key, as it has to every five
 * minutes. Deviation: events are kept as they came, and writing goes on without the key.
 */
export function decrypted<T>(
  ctx: Context,
  group: LogGroup,
  read: (group: LogGroup) => T,
): T | Promise<T> {
  const { encryption, arn, name } = group
  if (encryption === undefined || ctx.now() < encryption.openedAtMs + keyUseMs) return read(group)
  const CiphertextBlob = new Uint8Array(Buffer.from(encryption.dataKey, 'base64'))
  const asked = { CiphertextBlob, ...contextOf(arn) }
  return byKms(arn, ctx.call(Decrypt, asked, asLogs(ctx, arn))).then(() => {
    const now = theGroup(ctx, { logGroupName: name })
    if (now.encryption?.dataKey !== encryption.dataKey) return read(now)
    const opened = { ...encryption, openedAtMs: ctx.now() }
    return read(logGroups.update(ctx, name, { encryption: opened }))
  })
}

function contextOf(groupArn: string) {
  return { EncryptionContext: { 'aws:logs:arn': groupArn } }
}

function asLogs({ region }: Context, sourceArn: string) {
  return { as: `logs.${region}.amazonaws.com`, sourceArn }
}

async function byKms<T>(groupArn: string, call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw isTransient(error) ? serviceUnavailable(`KMS: ${error.message}`) : keyNotAllowed(groupArn)
  }
}
