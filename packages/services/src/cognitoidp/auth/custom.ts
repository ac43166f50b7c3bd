import { lambdaUnreadable, notAuthorized, poolMisconfigured, userNotFound } from '../errors.ts'
import { customRoundsMax } from '../limits.ts'
import { asObject, callTrigger } from '../triggers/invoke.ts'
import { findUser, sameUser, triggerAttributes } from '../users/lookup.ts'
import type { User } from '../users/state.ts'
import { about, askForFactor, complete, factorsOf } from './next-step.ts'
import type { Outcome, SignIn } from './outcome.ts'
import { checkStatus, hidesUsers } from './password.ts'
import { ask } from './sessions.ts'
import { startSrp } from './srp-flow.ts'
import type { AuthSession, ChallengeStep } from './state.ts'

/** Whom a custom flow is about; a user that does not exist has a name alone. */
interface Subject {
  readonly user: User | undefined
  readonly username: string
}

/** CUSTOM_AUTH: the pool's functions say what is asked for. `srpA`: the app begins with a password by SRP. */
export async function startCustom(
  signIn: SignIn,
  username: string,
  srpA: string | undefined,
): Promise<Outcome> {
  const { ctx, pool, client } = signIn
  const { LambdaConfig = {} } = pool.settings
  if (LambdaConfig.DefineAuthChallenge === undefined) {
    throw poolMisconfigured('Custom auth lambda trigger is not configured for the user pool.')
  }
  const user = findUser(ctx, pool, username)
  if (user === undefined && !hidesUsers(client)) throw userNotFound()
  if (user !== undefined) checkStatus(signIn, user)
  const steps: ChallengeStep[] =
    srpA === undefined
      ? []
      : [{ challengeName: 'SRP_A', challengeResult: true, challengeMetadata: null }]
  return await nextRound(signIn, { user, username: user?.username ?? username }, steps, srpA)
}

/** The answer to a custom challenge: judged by the pool's function, then asked on. */
export async function answerCustom(
  signIn: SignIn,
  session: AuthSession,
  answer: string,
): Promise<Outcome> {
  const { ctx, pool, client, clientMetadata } = signIn
  const user = session.phantom ? undefined : sameUser(ctx, session)
  const response = await callTrigger(ctx, pool, {
    name: 'VerifyAuthChallengeResponse',
    source: 'VerifyAuthChallengeResponse_Authentication',
    clientId: client.id,
    username: session.username,
    request: {
      userAttributes: user === undefined ? {} : triggerAttributes(user),
      privateChallengeParameters: session.privateParameters ?? {},
      challengeAnswer: answer,
      ...(clientMetadata === undefined ? {} : { clientMetadata }),
      ...(user === undefined ? { userNotFound: true } : {}),
    },
    response: { answerCorrect: null },
  })
  const correct = response?.['answerCorrect']
  if (typeof correct !== 'boolean') throw lambdaUnreadable()
  const { challengeMetadata = null, steps = [], username } = session
  const step = {
    challengeName: 'CUSTOM_CHALLENGE',
    challengeResult: correct && user !== undefined,
    challengeMetadata,
  }
  return await nextRound(signIn, { user, username }, [...steps, step])
}

/** After a password was proved within a custom flow. */
export async function continueCustom(
  signIn: SignIn,
  user: User,
  session: AuthSession,
): Promise<Outcome> {
  const step = {
    challengeName: 'PASSWORD_VERIFIER',
    challengeResult: true,
    challengeMetadata: null,
  }
  const { username } = user
  return await nextRound(signIn, { user, username }, [...(session.steps ?? []), step])
}

async function nextRound(
  signIn: SignIn,
  subject: Subject,
  steps: readonly ChallengeStep[],
  srpA?: string,
): Promise<Outcome> {
  const { challengeName, issueTokens, failAuthentication } = await defined(signIn, subject, steps)
  const isOver = failAuthentication === true || steps.length > customRoundsMax
  if (isOver) throw notAuthorized('Incorrect username or password.')
  const { user, username } = subject
  if (issueTokens === true) {
    if (user === undefined) throw notAuthorized('Incorrect username or password.')
    // A function that issues tokens has judged all factors, MFA among them.
    return await complete(signIn, user)
  }
  if (challengeName === 'CUSTOM_CHALLENGE') return await created(signIn, subject, steps)
  if (challengeName === 'PASSWORD_VERIFIER' && srpA !== undefined) {
    return await startSrp(signIn, username, srpA, { steps })
  }
  if (user === undefined) throw lambdaUnreadable()
  // A factor that the user has not can not be asked for: it is never passed over.
  const factor = factorsOf(signIn.pool, user).find((one) => one === challengeName)
  if (factor !== undefined) return await askForFactor(signIn, user, factor)
  throw lambdaUnreadable()
}

async function defined(
  { ctx, pool, client, clientMetadata }: SignIn,
  { user, username }: Subject,
  steps: readonly ChallengeStep[],
): Promise<Readonly<Record<string, unknown>>> {
  const response = await callTrigger(ctx, pool, {
    name: 'DefineAuthChallenge',
    source: 'DefineAuthChallenge_Authentication',
    clientId: client.id,
    username,
    request: {
      userAttributes: user === undefined ? {} : triggerAttributes(user),
      session: steps,
      ...(clientMetadata === undefined ? {} : { clientMetadata }),
      ...(user === undefined ? { userNotFound: true } : {}),
    },
    response: { challengeName: null, issueTokens: null, failAuthentication: null },
  })
  if (response === undefined) throw lambdaUnreadable()
  return response
}

async function created(
  signIn: SignIn,
  { user, username }: Subject,
  steps: readonly ChallengeStep[],
): Promise<Outcome> {
  const { ctx, pool, client, clientMetadata } = signIn
  const response = await callTrigger(ctx, pool, {
    name: 'CreateAuthChallenge',
    source: 'CreateAuthChallenge_Authentication',
    clientId: client.id,
    username,
    request: {
      userAttributes: user === undefined ? {} : triggerAttributes(user),
      challengeName: 'CUSTOM_CHALLENGE',
      session: steps,
      ...(clientMetadata === undefined ? {} : { clientMetadata }),
      ...(user === undefined ? { userNotFound: true } : {}),
    },
    response: {
      publicChallengeParameters: null,
      privateChallengeParameters: null,
      challengeMetadata: null,
    },
  })
  if (response === undefined) {
    throw poolMisconfigured('Custom auth lambda trigger is not configured for the user pool.')
  }
  const metadata = response['challengeMetadata']
  return ask(
    signIn,
    'CUSTOM_CHALLENGE',
    { USERNAME: username, ...textsOf(response['publicChallengeParameters']) },
    {
      ...(user === undefined
        ? { key: username, sub: '', username, phantom: true as const }
        : about(user, signIn)),
      steps,
      privateParameters: textsOf(response['privateChallengeParameters']),
      challengeMetadata: typeof metadata === 'string' ? metadata : null,
    },
  )
}

function textsOf(value: unknown): Record<string, string> {
  if (value === undefined || value === null) return {}
  const object = asObject(value)
  if (object === undefined) throw lambdaUnreadable()
  return Object.fromEntries(Object.entries(object).map(([name, it]) => [name, String(it)]))
}
