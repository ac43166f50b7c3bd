import {
  DeleteResourcePolicy,
  GetResourcePolicy,
  PutResourcePolicy,
} from '@cloud-orrery/models/dynamodb'
import { PolicyError, parsePolicy } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import { operation, type ResourceAccess } from '../define.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { placeOf, tableOfArn } from './arns.ts'
import { arnNotFound, invalid, limitExceeded, policyNotFound } from './errors.ts'
import { policyBytesMax } from './limits.ts'
import { type TableRecord, tables } from './state.ts'

/** Reads a policy for a table. The words are AWS's where it is no JSON, ours behind the colon elsewhere. */
export function readPolicy(ctx: Context, text: string): NonNullable<TableRecord['policy']> {
  if (Buffer.byteLength(text.replaceAll(/\s/g, '')) > policyBytesMax) {
    throw limitExceeded('Policy size exceeds the maximum limit of 20 KB')
  }
  try {
    const document = parsePolicy(text, 'resource')
    return { text, document, revisionId: String(ctx.now() * 1000 + ctx.random.below(1000)) }
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    throw invalid(`Invalid policy document: ${error.message}`)
  }
}

export const putResourcePolicy = operation(PutResourcePolicy, {
  authorize: ({ ResourceArn }) => ResourceArn,
  scope: (input) => placeOf(input.ResourceArn),
  provenance: 'modelled',
  run(ctx, { ResourceArn, Policy, ExpectedRevisionId: expected }) {
    const table = holder(ctx, ResourceArn)
    const current = table.policy?.revisionId
    if (expected === 'NO_POLICY' ? current !== undefined : (expected ?? current) !== current) {
      throw policyNotFound(ResourceArn)
    }
    if (table.policy !== undefined && table.policy.text === Policy) {
      return { RevisionId: table.policy.revisionId }
    }
    const policy = readPolicy(ctx, Policy)
    tables.put(ctx, { ...table, policy })
    return { RevisionId: policy.revisionId }
  },
})

export const getResourcePolicy = operation(GetResourcePolicy, {
  authorize: ({ ResourceArn }) => ResourceArn,
  scope: (input) => placeOf(input.ResourceArn),
  provenance: 'modelled',
  run(ctx, { ResourceArn }) {
    const { policy } = holder(ctx, ResourceArn)
    if (policy === undefined) throw policyNotFound(ResourceArn)
    return { Policy: policy.text, RevisionId: policy.revisionId }
  },
})

export const deleteResourcePolicy = operation(DeleteResourcePolicy, {
  authorize: ({ ResourceArn }) => ResourceArn,
  scope: (input) => placeOf(input.ResourceArn),
  provenance: 'modelled',
  run(ctx, { ResourceArn, ExpectedRevisionId: expected }) {
    const { policy, ...table } = holder(ctx, ResourceArn)
    if (expected !== undefined && expected !== policy?.revisionId) throw policyNotFound(ResourceArn)
    if (policy === undefined) return {}
    tables.put(ctx, table)
    return { RevisionId: policy.revisionId }
  },
})

/** Policies of streams are policies of their own on AWS. */
function holder(ctx: Context, arn: string): TableRecord {
  const found = tableOfArn(arn)
  if (found === undefined) throw invalid(`Invalid ResourceArn: ${arn}`)
  if (found.rest !== '') throw notModelled('resource policies of DynamoDB streams')
  const table = tables.get(ctx, found.name)
  if (table === undefined || found.region !== ctx.region) throw arnNotFound(arn)
  return table
}

/** Owner and policy of a table, or of what belongs to it: its policy speaks of indexes too, not of streams. */
export function resourceAccess(ctx: Context, arn: string): ResourceAccess | undefined {
  const found = tableOfArn(arn)
  if (found === undefined) return undefined
  const { accountId, region, name, rest } = found
  if (rest !== '' && !rest.startsWith('/index/')) return { accountId }
  const isHere = accountId === ctx.accountId && region === ctx.region
  const policy = tables.get(isHere ? ctx : ctx.at({ accountId, region }), name)?.policy
  return policy === undefined ? { accountId } : { accountId, policy: policy.document }
}
