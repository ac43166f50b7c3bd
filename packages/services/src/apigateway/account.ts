import { type Account, GetAccount, UpdateAccount } from '@cloud-orrery/models/apigateway'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { badRequest, invalidPatchPath } from './errors.ts'
import { accountBurst, accountRatePerSecond } from './limits.ts'
import { only, patchesOf } from './patches.ts'
import { permission } from './permissions.ts'
import { type AccountRecord, accounts } from './state.ts'

export const getAccount = operation(GetAccount, {
  authorize: (_input, ctx) => permission(ctx, 'GET', '/account'),
  provenance: 'modelled',
  run: (ctx) => shownAccount(accounts.get(ctx, 'account') ?? {}),
})

/** Deviation: AWS tries to assume the role and refuses one that it may not assume; Orrery looks at its ARN alone. */
export const updateAccount = operation(UpdateAccount, {
  authorize: (_input, ctx) => permission(ctx, 'PATCH', '/account'),
  provenance: 'modelled',
  run(ctx, { patchOperations }) {
    let account: AccountRecord = accounts.get(ctx, 'account') ?? {}
    for (const patch of patchesOf(patchOperations)) {
      if (patch.path !== '/cloudwatchRoleArn') throw invalidPatchPath(patch.path)
      only(patch, 'replace', 'remove')
      account = withRole(ctx, patch.op === 'remove' ? undefined : patch.value)
    }
    return shownAccount(accounts.put(ctx, account))
  },
})

function withRole(ctx: Context, arn: string | undefined): AccountRecord {
  if (arn === undefined || arn === '') return {}
  if (!/^arn:[^:]+:iam::\d{12}:role\/.+$/.test(arn)) {
    throw badRequest('Invalid role ARN specified for CloudWatch Logs')
  }
  ctx.authorize('iam:PassRole', arn, {
    context: { 'iam:PassedToService': 'apigateway.amazonaws.com' },
  })
  return { cloudwatchRoleArn: arn }
}

function shownAccount(account: AccountRecord): Account {
  return {
    ...account,
    throttleSettings: { burstLimit: accountBurst, rateLimit: accountRatePerSecond },
    features: ['UsagePlans'],
    apiKeyVersion: '4',
  }
}
