import { orderedKey } from '@cloud-orrery/kernel'
import {
  CreateUsagePlan,
  CreateUsagePlanKey,
  DeleteUsagePlan,
  DeleteUsagePlanKey,
  GetUsage,
  GetUsagePlan,
  GetUsagePlanKey,
  GetUsagePlanKeys,
  GetUsagePlans,
  UpdateUsage,
  UpdateUsagePlan,
  type UsagePlan,
  type UsagePlanKey,
} from '@cloud-orrery/models/apigateway'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { noted, theKey } from './api-keys.ts'
import { newPartId } from './api-lookup.ts'
import { badRequest, conflict, invalidPatchPath, notFound, usagePlanNotFound } from './errors.ts'
import { page } from './pages.ts'
import { defined, patchesOf } from './patches.ts'
import { needs, permission } from './permissions.ts'
import {
  apiKeys,
  type UsagePlanRecord,
  usage,
  usageExtensions,
  usagePlanKeys,
  usagePlans,
} from './state.ts'
import { dayMs, dayOf, periodStartMs, quotaLimit, usedSince } from './usage-periods.ts'
import { checkStage, patchedPlan } from './usage-plan-patches.ts'

export const createUsagePlan = operation(CreateUsagePlan, {
  authorize: (_input, ctx) => permission(ctx, 'POST', '/usageplans'),
  provenance: 'recorded',
  run(ctx, input) {
    const id = newPartId(ctx)
    const { throttle, quota } = input
    for (const { apiId = '', stage = '' } of input.apiStages ?? []) {
      checkStage(ctx, id, apiId, stage)
    }
    checkQuota(quota)
    const record: UsagePlanRecord = defined({
      id,
      name: input.name,
      description: input.description,
      apiStages: (input.apiStages ?? []).map(({ apiId = '', stage = '', throttle: own }) =>
        defined({ apiId, stage, throttle: own }),
      ),
      throttle:
        throttle === undefined
          ? undefined
          : { burstLimit: throttle.burstLimit ?? 0, rateLimit: throttle.rateLimit ?? 0 },
      quota: quota === undefined ? undefined : { ...quota, offset: quota.offset ?? 0 },
      tags: input.tags ?? {},
    })
    return shownPlan(usagePlans.put(ctx, record), Object.keys(record.tags).length > 0)
  },
})

function checkQuota(
  quota: { limit?: number | undefined; period?: string | undefined } | undefined,
) {
  if (quota === undefined) return
  if (quota.limit === undefined || quota.limit < 0) {
    throw badRequest('Usage Plan quota limit must be at least 0')
  }
  if (quota.period === undefined) throw badRequest('Usage Plan quota period must be specified')
}

export const getUsagePlan = operation(GetUsagePlan, {
  authorize: needs('GET', '/usageplans/{usagePlanId}'),
  provenance: 'recorded',
  run: (ctx, { usagePlanId }) => shownPlan(thePlan(ctx, usagePlanId), true),
})

export function thePlan(ctx: Context, id: string): UsagePlanRecord {
  const plan = usagePlans.get(ctx, id)
  if (plan === undefined) throw usagePlanNotFound()
  return plan
}

export const getUsagePlans = operation(GetUsagePlans, {
  authorize: (_input, ctx) => permission(ctx, 'GET', '/usageplans'),
  provenance: 'recorded',
  run: (ctx, input) =>
    page(
      input,
      ['GetUsagePlans', input.keyId],
      (start) => usagePlans.scan(ctx, start),
      ({ id }) => id,
      (plan) => shownPlan(plan, Object.keys(plan.tags).length > 0),
      ({ id }) => input.keyId === undefined || usagePlanKeys.has(ctx, orderedKey(id, input.keyId)),
    ),
})

export const updateUsagePlan = operation(UpdateUsagePlan, {
  authorize: needs('PATCH', '/usageplans/{usagePlanId}'),
  provenance: 'recorded',
  run(ctx, { usagePlanId, patchOperations }) {
    let plan = thePlan(ctx, usagePlanId)
    for (const patch of patchesOf(patchOperations)) plan = patchedPlan(ctx, plan, patch)
    return shownPlan(usagePlans.put(ctx, plan), true)
  },
})

export const deleteUsagePlan = operation(DeleteUsagePlan, {
  authorize: needs('DELETE', '/usageplans/{usagePlanId}'),
  provenance: 'modelled',
  run(ctx, { usagePlanId }) {
    const { apiStages } = thePlan(ctx, usagePlanId)
    if (apiStages.length > 0) {
      throw badRequest(
        `Cannot delete Usage Plan ${usagePlanId} because there are stages associated with it`,
      )
    }
    for (const { keyId } of [...usagePlanKeys.scan(ctx, { prefix: `${usagePlanId}\u0000` })]) {
      usagePlanKeys.delete(ctx, orderedKey(usagePlanId, keyId))
    }
    usagePlans.delete(ctx, usagePlanId)
    return {}
  },
})

function shownPlan({ apiStages, tags, ...plan }: UsagePlanRecord, withTags: boolean): UsagePlan {
  return { ...plan, apiStages, ...(withTags ? { tags } : {}) }
}

export const createUsagePlanKey = operation(CreateUsagePlanKey, {
  authorize: needs('POST', '/usageplans/{usagePlanId}/keys'),
  provenance: 'recorded',
  secretOutput: ['value'],
  run(ctx, { usagePlanId, keyId, keyType }) {
    if (keyType !== 'API_KEY') throw badRequest('Usage Plan Key Type must be API_KEY')
    const plan = thePlan(ctx, usagePlanId)
    theKey(ctx, keyId)
    if (usagePlanKeys.has(ctx, orderedKey(usagePlanId, keyId))) {
      throw conflict('Usage Plan Key already exists')
    }
    const stages = new Set(plan.apiStages.map(({ apiId, stage }) => `${apiId}/${stage}`))
    for (const { planId } of usagePlanKeys.where(ctx, 'key', keyId)) {
      const other = usagePlans.get(ctx, planId)
      if (other?.apiStages.some(({ apiId, stage }) => stages.has(`${apiId}/${stage}`)) === true) {
        throw conflict(
          `Usage Plan ${usagePlanId} cannot be added because API Key cannot reference multiple Usage Plans with the same API Stage`,
        )
      }
    }
    usagePlanKeys.put(ctx, { planId: usagePlanId, keyId })
    return shownPlanKey(ctx, keyId)
  },
})

function shownPlanKey(ctx: Context, keyId: string): UsagePlanKey {
  const { id, name, value } = theKey(ctx, keyId)
  return { id, type: 'API_KEY', value, ...(name === undefined ? {} : { name }) }
}

export const getUsagePlanKey = operation(GetUsagePlanKey, {
  authorize: needs('GET', '/usageplans/{usagePlanId}/keys/{keyId}'),
  provenance: 'modelled',
  secretOutput: ['value'],
  run(ctx, { usagePlanId, keyId }) {
    thePlan(ctx, usagePlanId)
    if (!usagePlanKeys.has(ctx, orderedKey(usagePlanId, keyId))) throw planKeyNotFound()
    return shownPlanKey(ctx, keyId)
  },
})

function planKeyNotFound() {
  return notFound('Invalid Usage Plan Key identifier specified')
}

export const getUsagePlanKeys = operation(GetUsagePlanKeys, {
  authorize: needs('GET', '/usageplans/{usagePlanId}/keys'),
  provenance: 'modelled',
  secretOutput: ({ items, ...rest }) => ({ ...rest, items: items?.map(noted) }),
  run(ctx, input) {
    const { usagePlanId, nameQuery } = input
    thePlan(ctx, usagePlanId)
    const prefix = `${usagePlanId}\u0000`
    return page(
      input,
      ['GetUsagePlanKeys', usagePlanId, nameQuery],
      (start) => usagePlanKeys.scan(ctx, { ...start, prefix }),
      ({ keyId }) => orderedKey(usagePlanId, keyId),
      ({ keyId }) => shownPlanKey(ctx, keyId),
      ({ keyId }) =>
        nameQuery === undefined || apiKeys.get(ctx, keyId)?.name?.startsWith(nameQuery) === true,
    )
  },
})

export const deleteUsagePlanKey = operation(DeleteUsagePlanKey, {
  authorize: needs('DELETE', '/usageplans/{usagePlanId}/keys/{keyId}'),
  provenance: 'modelled',
  run(ctx, { usagePlanId, keyId }) {
    thePlan(ctx, usagePlanId)
    if (usagePlanKeys.delete(ctx, orderedKey(usagePlanId, keyId)) === undefined) {
      throw planKeyNotFound()
    }
    return {}
  },
})

export const getUsage = operation(GetUsage, {
  authorize: needs('GET', '/usageplans/{usagePlanId}/usage'),
  provenance: 'modelled',
  run(ctx, { usagePlanId, keyId, startDate, endDate }) {
    const plan = thePlan(ctx, usagePlanId)
    const startMs = Date.parse(`${startDate}T00:00:00Z`)
    const endMs = Date.parse(`${endDate}T00:00:00Z`)
    if (Number.isNaN(startMs) || Number.isNaN(endMs) || endMs < startMs) {
      throw badRequest('Invalid date range: startDate must be before endDate, as YYYY-MM-DD')
    }
    const items: Record<string, [number, number][]> = {}
    for (const { keyId: id } of usagePlanKeys.scan(ctx, { prefix: `${usagePlanId}\u0000` })) {
      if (keyId !== undefined && keyId !== id) continue
      items[id] = usageRows(ctx, plan, id, startMs, endMs)
    }
    return { usagePlanId, startDate, endDate, items }
  },
})

/** For each day what was used and what was left at its end. */
function usageRows(
  ctx: Context,
  plan: UsagePlanRecord,
  keyId: string,
  startMs: number,
  endMs: number,
): [number, number][] {
  const rows: [number, number][] = []
  for (let atMs = startMs; atMs <= endMs && atMs <= ctx.now(); atMs += dayMs) {
    const used = usage.get(ctx, orderedKey(plan.id, keyId, dayOf(atMs)))?.used ?? 0
    const since = periodStartMs(plan.quota, atMs)
    const left = quotaLimit(ctx, plan, keyId, atMs) - usedSince(ctx, plan.id, keyId, since, atMs)
    rows.push([used, plan.quota === undefined ? 0 : Math.max(0, left)])
  }
  return rows
}

export const updateUsage = operation(UpdateUsage, {
  authorize: needs('PATCH', '/usageplans/{usagePlanId}/keys/{keyId}/usage'),
  provenance: 'modelled',
  run(ctx, { usagePlanId, keyId, patchOperations }) {
    const plan = thePlan(ctx, usagePlanId)
    if (!usagePlanKeys.has(ctx, orderedKey(usagePlanId, keyId))) throw planKeyNotFound()
    for (const patch of patchesOf(patchOperations)) {
      if (patch.path !== '/remaining' || patch.op !== 'replace') throw invalidPatchPath(patch.path)
      const remaining = Number(patch.value)
      if (!Number.isInteger(remaining) || remaining < 0) {
        throw badRequest('Invalid usage remaining value specified')
      }
      const periodMs = periodStartMs(plan.quota, ctx.now())
      const usedBefore = usedSince(ctx, plan.id, keyId, periodMs, ctx.now())
      usageExtensions.put(ctx, { planId: plan.id, keyId, remaining, periodMs, usedBefore })
    }
    const today = dayOf(ctx.now())
    const startMs = Date.parse(`${today}T00:00:00Z`)
    return {
      usagePlanId,
      startDate: today,
      endDate: today,
      items: { [keyId]: usageRows(ctx, plan, keyId, startMs, startMs) },
    }
  },
})
