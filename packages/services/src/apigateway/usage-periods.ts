import { orderedKey } from '@cloud-orrery/kernel'
import type { QuotaSettings } from '@cloud-orrery/models/apigateway'
import type { Context } from '../context.ts'
import { type UsagePlanRecord, usage, usageExtensions } from './state.ts'

export const dayMs = 86_400_000

/** `2026-01-31`, by UTC. */
export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10)
}

/** When the period of a quota began in which a moment lies. Source: developer guide, "Usage plans": UTC. */
export function periodStartMs(quota: QuotaSettings | undefined, atMs: number): number {
  const date = new Date(atMs)
  const todayMs = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate())
  if (quota?.period === 'WEEK') return todayMs - date.getUTCDay() * dayMs
  if (quota?.period === 'MONTH') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
  return todayMs
}

/** Requests of a key under a plan from a moment on, up to the end of another's day. */
export function usedSince(
  ctx: Context,
  planId: string,
  keyId: string,
  sinceMs: number,
  untilMs: number,
): number {
  let used = 0
  for (let atMs = sinceMs; atMs <= untilMs; atMs += dayMs) {
    used += usage.get(ctx, orderedKey(planId, keyId, dayOf(atMs)))?.used ?? 0
  }
  return used
}

/** How many requests the period of a moment allows, as UpdateUsage may have changed it. */
export function quotaLimit(
  ctx: Context,
  { id, quota }: UsagePlanRecord,
  keyId: string,
  atMs: number,
): number {
  const extension = usageExtensions.get(ctx, orderedKey(id, keyId))
  if (extension?.periodMs === periodStartMs(quota, atMs)) {
    return extension.usedBefore + extension.remaining
  }
  return (quota?.limit ?? 0) - (quota?.offset ?? 0)
}
