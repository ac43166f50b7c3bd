import type { Context } from '../context.ts'
import { measure } from '../shared/metrics.ts'
import { defaultBus } from './state.ts'

/** Metrics that rules report. Source: EventBridge User Guide, Monitoring Amazon EventBridge. */
type RuleMetric = 'TriggeredRules' | 'Invocations' | 'FailedInvocations' | 'RetryInvocationAttempts'

/** Rules of other buses than the default one name their bus as well. */
export function measureRule(ctx: Context, bus: string, RuleName: string, name: RuleMetric): void {
  const dimensions: Record<string, string> =
    bus === defaultBus ? { RuleName } : { EventBusName: bus, RuleName }
  measure(ctx, { namespace: 'AWS/Events', name, dimensions, value: 1, unit: 'Count' })
}
