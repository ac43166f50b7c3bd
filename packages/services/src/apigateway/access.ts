import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import type { ResourceAccess } from '../define.ts'
import { apiHosts } from '../shared/apis/api-hosts.ts'
import { policyDocument } from './policies.ts'
import { deployments, stages } from './state.ts'

/** The policy of a deployed API, for calls to its methods. */
export function resourceAccess(ctx: Context, arn: string): ResourceAccess | undefined {
  const match = /^arn:[^:]+:execute-api:([^:]+):(\d{12}):([^/]+)\/([^/]+)\//.exec(arn)
  if (match === null) return undefined
  const [, region = '', accountId = '', apiId = '', stageName = ''] = match
  if (apiHosts.get(ctx, apiId)?.accountId !== accountId) return undefined
  const there = ctx.at({ accountId, region })
  const stage = stages.get(there, orderedKey(apiId, stageName))
  const deployment =
    stage === undefined ? undefined : deployments.get(there, orderedKey(apiId, stage.deploymentId))
  const policy = deployment?.snapshot.policy
  return { accountId, ...(policy === undefined ? {} : { policy: policyDocument(policy) }) }
}
