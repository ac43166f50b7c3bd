import { orderedKey } from '@cloud-orrery/kernel'
import type { ThrottleSettings } from '@cloud-orrery/models/apigateway'
import type { Context } from '../context.ts'
import { badRequest, invalidPatchPath, notFound } from './errors.ts'
import { defined, only, type Patch } from './patches.ts'
import { restApis, stages, type UsagePlanRecord } from './state.ts'

/** Recorded: apigateway, `test_usage_plan_crud`. */
export function checkStage(ctx: Context, planId: string, apiId: string, stage: string): void {
  if (restApis.has(ctx, apiId) && stages.has(ctx, orderedKey(apiId, stage))) return
  throw notFound(
    `Invalid API Stage {api: ${apiId}, stage: ${stage}} specified for usageplan ${planId}`,
  )
}

/** A usage plan after one patch. Source: REST API Reference, "Patch operations", UsagePlan. */
export function patchedPlan(ctx: Context, plan: UsagePlanRecord, patch: Patch): UsagePlanRecord {
  const [head = '', name, ...more] = patch.segments
  switch (head) {
    case 'name':
    case 'description':
    case 'productCode':
      only(patch, 'replace', 'remove', 'add')
      return defined({
        ...plan,
        [head]: patch.op === 'remove' ? undefined : patch.value,
      }) as UsagePlanRecord
    case 'throttle':
      return withThrottle(plan, patch, name)
    case 'quota':
      return withQuota(plan, patch, name)
    case 'apiStages':
      return name === undefined
        ? withStage(ctx, plan, patch)
        : withStageThrottle(plan, patch, name, more)
    default:
      throw invalidPatchPath(patch.path)
  }
}

function withThrottle(
  plan: UsagePlanRecord,
  patch: Patch,
  name: string | undefined,
): UsagePlanRecord {
  if (name === undefined) {
    only(patch, 'remove')
    const { throttle: _, ...others } = plan
    return others
  }
  if (name !== 'rateLimit' && name !== 'burstLimit') throw invalidPatchPath(patch.path)
  return { ...plan, throttle: { ...plan.throttle, [name]: Number(patch.value) } }
}

function withQuota(plan: UsagePlanRecord, patch: Patch, name: string | undefined): UsagePlanRecord {
  if (name === undefined) {
    only(patch, 'remove')
    const { quota: _, ...others } = plan
    return others
  }
  if (name !== 'limit' && name !== 'offset' && name !== 'period') {
    throw invalidPatchPath(patch.path)
  }
  const value = name === 'period' ? (patch.value ?? '') : Number(patch.value)
  return { ...plan, quota: { offset: 0, ...plan.quota, [name]: value } }
}

function withStage(ctx: Context, plan: UsagePlanRecord, patch: Patch): UsagePlanRecord {
  const [apiId = '', stage = '', ...more] = (patch.value ?? '').split(':')
  if (apiId === '' || stage === '' || more.length > 0) {
    throw badRequest('Invalid API Stage specified')
  }
  const rest = plan.apiStages.filter((it) => it.apiId !== apiId || it.stage !== stage)
  if (patch.op === 'remove') {
    if (rest.length === plan.apiStages.length) checkStage(ctx, plan.id, apiId, stage)
    return { ...plan, apiStages: rest }
  }
  only(patch, 'add', 'remove')
  checkStage(ctx, plan.id, apiId, stage)
  return { ...plan, apiStages: [...rest, { apiId, stage }] }
}

/** `/apiStages/{api}:{stage}/throttle/{path}/{method}/rateLimit` */
function withStageThrottle(
  plan: UsagePlanRecord,
  patch: Patch,
  name: string,
  [part, path = '', method = '', limit]: readonly string[],
): UsagePlanRecord {
  const [apiId, stage] = name.split(':')
  const before = plan.apiStages.find((it) => it.apiId === apiId && it.stage === stage)
  if (before === undefined || part !== 'throttle') throw invalidPatchPath(patch.path)
  const key = `${path}/${method}`
  const throttle: Record<string, ThrottleSettings> = { ...before.throttle }
  if (patch.op === 'remove') delete throttle[key]
  else if (limit === 'rateLimit' || limit === 'burstLimit') {
    throttle[key] = { ...throttle[key], [limit]: Number(patch.value) }
  } else throw invalidPatchPath(patch.path)
  const apiStages = plan.apiStages.map((it) => (it === before ? { ...it, throttle } : it))
  return { ...plan, apiStages }
}
