import { orderedKey } from '@cloud-orrery/kernel'
import type { ChallengeNameType } from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import type { Client } from '../clients/state.ts'
import { sessionMs } from '../clients/validity.ts'
import { codeMismatch, notAuthorized } from '../errors.ts'
import type { Challenge, SignIn } from './outcome.ts'
import { type AuthSession, authSessions } from './state.ts'

export type SessionFields = Omit<
  AuthSession,
  'id' | 'expiresAtMs' | 'poolId' | 'clientId' | 'challenge' | 'flow'
>

/** Keeps what a sign-in waits for, and gives the challenge that asks for it. */
export function ask(
  { ctx, pool, client, flow, hosted }: SignIn,
  challenge: ChallengeNameType,
  parameters: Readonly<Record<string, string>>,
  fields: SessionFields,
): Challenge {
  sweep(ctx)
  const session = authSessions.put(ctx, {
    ...fields,
    ...(hosted === true ? { hosted } : {}),
    id: ctx.ids.hex(32),
    expiresAtMs: ctx.now() + sessionMs(client),
    poolId: pool.id,
    clientId: client.id,
    challenge,
    flow,
  })
  return {
    kind: 'challenge',
    name: challenge,
    parameters,
    session: sessionToken(ctx, session),
    ...(fields.choices === undefined ? {} : { available: fields.choices }),
  }
}

/** Looks like AWS's own, which begin alike and say nothing. */
export function sessionToken(ctx: Context, { expiresAtMs, id }: AuthSession): string {
  const name = Buffer.from(JSON.stringify([expiresAtMs, id])).toString('base64url')
  return `AYABe${name}-_-${ctx.ids.alphanumeric(160)}`
}

/** The sign-in that a session names; each is taken once. Throws NotAuthorizedException, CodeMismatchException. */
export function takeSession(
  ctx: Context,
  client: Client,
  token: string | undefined,
  challenge: ChallengeNameType,
): AuthSession {
  const session = findSession(ctx, token)
  if (session === undefined || session.clientId !== client.id) {
    throw notAuthorized('Invalid session for the user.')
  }
  if (session.expiresAtMs <= ctx.now()) {
    throw notAuthorized('Invalid session for the user, session is expired.')
  }
  if (session.challenge !== challenge) throw codeMismatch('Invalid session provided')
  authSessions.delete(ctx, orderedKey(session.expiresAtMs, session.id))
  return session
}

/** Puts a session back that was taken: a wrong code does not use it up. */
export function keepSession(ctx: Context, session: AuthSession): void {
  authSessions.put(ctx, session)
}

/** Without using it up. */
export function findSession(ctx: Context, token: string | undefined): AuthSession | undefined {
  const name = /^AYABe([\w-]+?)-_-/.exec(token ?? '')?.[1]
  if (name === undefined) return undefined
  try {
    const [expiresAtMs, id] = JSON.parse(Buffer.from(name, 'base64url').toString()) as unknown[]
    return authSessions.get(ctx, orderedKey(Number(expiresAtMs), String(id)))
  } catch {
    return undefined // No session of ours.
  }
}

/** Removes some that are over. */
function sweep(ctx: Context): void {
  let left = 4
  for (const { id, expiresAtMs } of authSessions.scan(ctx)) {
    if (expiresAtMs > ctx.now() - keptMs || left === 0) return
    left -= 1
    authSessions.delete(ctx, orderedKey(expiresAtMs, id))
  }
}

/** For how long a session that is over is known as such. */
const keptMs = 3_600_000
