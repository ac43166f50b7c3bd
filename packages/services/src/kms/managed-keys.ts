import type { Context } from '../context.ts'
import type { StoredPolicy } from '../shared/identity/state.ts'
import { viaService } from './access.ts'
import { stored } from './key-policies.ts'
import { rotationPeriodDays } from './limits.ts'
import { drawMaterial } from './materials.ts'
import { scheduleRotation } from './rotation-schedule.ts'
import { aliasArn, aliases, keyArn, keys } from './state.ts'

interface Managed {
  /** Before the Region in `kms:ViaService`. */
  readonly service: string
  /** As the key's policy and description call it. */
  readonly name: string
  readonly protects: string
}

/**
 * AWS's own keys, one a service, account and Region. Source: descriptions and policies as DescribeKey and
 * GetKeyPolicy show them to users.
 */
const managed: Readonly<Record<string, Managed>> = {
  'alias/aws/dynamodb': { service: 'dynamodb', name: 'DynamoDB', protects: 'DynamoDB data' },
  'alias/aws/ebs': { service: 'ec2', name: 'EBS', protects: 'EBS volumes' },
  'alias/aws/kinesis': { service: 'kinesis', name: 'Kinesis', protects: 'Kinesis data' },
  'alias/aws/lambda': { service: 'lambda', name: 'AWS Lambda', protects: 'Lambda functions' },
  'alias/aws/rds': { service: 'rds', name: 'RDS', protects: 'RDS database volumes' },
  'alias/aws/s3': { service: 's3', name: 'S3', protects: 'S3 objects' },
  'alias/aws/secretsmanager': {
    service: 'secretsmanager',
    name: 'AWS Secrets Manager',
    protects: 'Secrets Manager data',
  },
  'alias/aws/sns': { service: 'sns', name: 'SNS', protects: 'SNS data' },
  'alias/aws/sqs': { service: 'sqs', name: 'SQS', protects: 'SQS messages' },
  'alias/aws/ssm': { service: 'ssm', name: 'SSM', protects: 'SSM parameters' },
}

/** Whether an alias is one that AWS keeps for its own keys. */
export function isPredefined(alias: string): boolean {
  return alias in managed
}

/** Makes AWS's own key where its service uses it for the first time, in its own name or another's. */
export function ensureForService(ctx: Context, alias: string | undefined): void {
  const kind = alias === undefined ? undefined : managed[alias]
  if (alias === undefined || kind === undefined) return
  const isService = ctx.caller.principal.kind === 'service'
  if (isService || viaService(ctx) === kind.service) ensureManagedKey(ctx, alias)
}

/** Makes the key of a predefined alias, unless it is there. */
export function ensureManagedKey(ctx: Context, alias: string): void {
  const kind = managed[alias]
  if (kind === undefined || aliases.has(ctx, alias)) return
  const keyId = ctx.ids.uuid()
  const now = ctx.now()
  const { materialId } = drawMaterial(ctx, { keyId, spec: 'SYMMETRIC_DEFAULT', version: 1 })
  keys.put(ctx, {
    keyId,
    arn: keyArn(ctx, keyId),
    accountId: ctx.accountId,
    createdAtMs: now,
    description: `Default key that protects my ${kind.protects} when no other key is defined`,
    manager: 'AWS',
    spec: 'SYMMETRIC_DEFAULT',
    usage: 'ENCRYPT_DECRYPT',
    state: 'Enabled',
    policy: managedPolicy(ctx, kind),
    tags: {},
    materialId,
    materials: 1,
    rotation: scheduleRotation(ctx, keyId, rotationPeriodDays, now),
    onDemandRotations: 0,
  })
  aliases.put(ctx, {
    name: alias,
    arn: aliasArn(ctx, alias),
    targetKeyId: keyId,
    createdAtMs: now,
    updatedAtMs: now,
  })
}

/** Everyone of the account may use the key, through its service alone. */
function managedPolicy(ctx: Context, { service, name }: Managed): StoredPolicy {
  const { partition, accountId, region } = ctx
  return stored({
    Version: '2012-10-17',
    Id: `auto-${service}-1`,
    Statement: [
      {
        Sid: `Allow access through ${name} for all principals in the account that are authorized to use ${name}`,
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: [
          'kms:Encrypt',
          'kms:Decrypt',
          'kms:ReEncrypt*',
          'kms:GenerateDataKey*',
          'kms:CreateGrant',
          'kms:DescribeKey',
        ],
        Resource: '*',
        Condition: {
          StringEquals: {
            'kms:CallerAccount': accountId,
            'kms:ViaService': `${service}.${region}.amazonaws.com`,
          },
        },
      },
      {
        Sid: 'Allow direct access to key metadata to the account',
        Effect: 'Allow',
        Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
        Action: ['kms:Describe*', 'kms:Get*', 'kms:List*', 'kms:RevokeGrant'],
        Resource: '*',
      },
    ],
  })
}
