import type { Context } from '../../context.ts'
import { measure } from '../../shared/metrics.ts'
import type { Client } from '../clients/state.ts'
import type { Pool } from '../pools/state.ts'
import type { Outcome } from './outcome.ts'

/**
 * Counts a sign-in that ended: 1 for success, 0 for failure.
 * Source: "Metrics for user pools", namespace AWS/Cognito, `SignInSuccesses`.
 */
export async function countSignIn(
  ctx: Context,
  pool: Pool,
  client: Client,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  const count = (value: number) =>
    measure(ctx, {
      namespace: 'AWS/Cognito',
      name: 'SignInSuccesses',
      dimensions: { UserPool: pool.id, UserPoolClient: client.id },
      value,
      unit: 'Count',
    })
  try {
    const outcome = await work()
    if (outcome.kind === 'authenticated') count(1)
    return outcome
  } catch (error) {
    count(0)
    throw error
  }
}
