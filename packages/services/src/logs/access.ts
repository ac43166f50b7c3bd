import { type PolicyDocument, parsePolicy, type Statement } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import type { ResourceAccess } from '../define.ts'
import { type ResourcePolicyRecord, resourcePolicies } from './state.ts'

/** Parsed policies by their frozen record. */
const parsed = new WeakMap<ResourcePolicyRecord, PolicyDocument>()

/** Owner of a log group or stream; all resource policies of the account speak for it, as one. */
export function resourceAccess(ctx: Context, arn: string): ResourceAccess | undefined {
  const [, , service, region = '', accountId = ''] = arn.split(':')
  if (service !== 'logs') return undefined
  const Statement: Statement[] = []
  for (const record of resourcePolicies.scan({ store: ctx.store, accountId, region })) {
    const { Statement: own } = parse(record)
    Statement.push(...(Array.isArray(own) ? (own as Statement[]) : [own as Statement]))
  }
  if (Statement.length === 0) return { accountId }
  return { accountId, policy: { Version: '2012-10-17', Statement } }
}

function parse(record: ResourcePolicyRecord): PolicyDocument {
  let policy = parsed.get(record)
  if (policy === undefined) {
    policy = parsePolicy(record.document, 'resource')
    parsed.set(record, policy)
  }
  return policy
}
