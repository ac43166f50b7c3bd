import { orderedKey } from '@cloud-orrery/kernel'
import type { Context } from '../context.ts'
import { type SessionRecord, sessions } from '../shared/identity/state.ts'

/**
 * How long the end of a session is remembered, in ms: until then its key is told to have expired, later to be
 * unknown. Deviation: how long AWS remembers is not known.
 */
const rememberedMs = 86_400_000

/** At most so many sessions are forgotten for a new one: more go than come. */
const forgottenAtOnce = 4

/** Writes a session, and forgets some whose end is long past: a year of calls under roles makes millions. */
export function keepSession(ctx: Context, session: SessionRecord): SessionRecord {
  const before = orderedKey(Math.max(0, ctx.now() - rememberedMs))
  const gone: SessionRecord[] = []
  for (const old of sessions.scanIndex(ctx, 'expiry', { before })) {
    gone.push(old)
    if (gone.length === forgottenAtOnce) break
  }
  for (const { accessKeyId } of gone) sessions.delete(ctx, accessKeyId)
  return sessions.put(ctx, session)
}
