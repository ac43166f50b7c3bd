import type { TableContext } from '@cloud-orrery/kernel'
import { domainOf } from './addresses.ts'
import { sendingAccount } from './quota.ts'
import { type ConfigurationSet, suppressed } from './state.ts'

/** What becomes of a message at one recipient. */
export type Outcome =
  | 'delivered'
  | 'bounced'
  | 'complained'
  | 'answered'
  /** On the simulator's list: a bounce as from the global suppression list. */
  | 'suppressedEverywhere'
  /** On the account's own list. */
  | 'suppressed'
  /** A contact that left the list or the topic. */
  | 'unsubscribed'

const simulatorDomain = 'simulator.amazonses.com'

const simulated: Readonly<Record<string, Outcome>> = {
  success: 'delivered',
  bounce: 'bounced',
  complaint: 'complained',
  ooto: 'answered',
  suppressionlist: 'suppressedEverywhere',
}

/** Whether an address is the mailbox simulator's. */
export function isSimulator(address: string): boolean {
  return address.endsWith(`@${simulatorDomain}`)
}

/** Source: SES Developer Guide, "Using the mailbox simulator", with labels; and "Account-level suppression list". */
export function outcomeAt(
  ctx: TableContext,
  address: string,
  set: ConfigurationSet | undefined,
): Outcome {
  if (isSimulator(address)) {
    const [name = ''] = (address.split('@')[0] ?? '').split('+')
    return simulated[name.toLowerCase()] ?? 'bounced'
  }
  if (suppressed.count(ctx) === 0) return 'delivered'
  const entry = suppressed.get(ctx, suppressionKey(address))
  const reasons = set?.suppressedReasons ?? sendingAccount(ctx).suppressedReasons
  return entry !== undefined && reasons.includes(entry.reason) ? 'suppressed' : 'delivered'
}

/** Suppression looks at addresses without regard to case. Source: SES Developer Guide, "Account-level suppression list". */
export function suppressionKey(address: string): string {
  return `${address.slice(0, address.lastIndexOf('@')).toLowerCase()}@${domainOf(address)}`
}
