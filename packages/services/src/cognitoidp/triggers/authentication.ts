import type { SignIn } from '../auth/outcome.ts'
import { triggerAttributes } from '../users/lookup.ts'
import type { User } from '../users/state.ts'
import { callTrigger } from './invoke.ts'

/** Lets the pool's function refuse a sign-in before anything is looked at. */
export async function preAuthentication(
  { ctx, pool, client, clientMetadata }: SignIn,
  user: User | undefined,
  username: string,
): Promise<void> {
  // Of users that don't exist it hears only where clients hide who does.
  if (user === undefined && client.settings.PreventUserExistenceErrors !== 'ENABLED') return
  await callTrigger(ctx, pool, {
    name: 'PreAuthentication',
    source: 'PreAuthentication_Authentication',
    clientId: client.id,
    username: user?.username ?? username,
    request: {
      userAttributes: user === undefined ? {} : triggerAttributes(user),
      validationData: clientMetadata ?? null,
      ...(user === undefined ? { userNotFound: true } : {}),
    },
    response: {},
  })
}

export async function postAuthentication(
  { ctx, pool, client, clientMetadata }: SignIn,
  user: User,
  newDeviceUsed: boolean,
): Promise<void> {
  await callTrigger(ctx, pool, {
    name: 'PostAuthentication',
    source: 'PostAuthentication_Authentication',
    clientId: client.id,
    username: user.username,
    request: {
      userAttributes: triggerAttributes(user),
      newDeviceUsed,
      ...(clientMetadata === undefined ? {} : { clientMetadata }),
    },
    response: {},
  })
}
