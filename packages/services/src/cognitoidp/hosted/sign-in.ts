import { AwsError } from '@cloud-orrery/models'
import { AssociateSoftwareToken } from '@cloud-orrery/models/cognitoidp'
import type { HttpOperationOutput } from '../../http-operation.ts'
import { countSignIn } from '../auth/metrics.ts'
import type { Challenge, Outcome } from '../auth/outcome.ts'
import { signInByPassword } from '../auth/password.ts'
import { redirect } from './answers.ts'
import { complete } from './completion.ts'
import { baseOf, keepStep, readVisit, show, signInOf, type Visit } from './interaction.ts'
import { hasOwnUsers, providersOf } from './login-request.ts'
import { signInPage } from './pages/account-pages.ts'
import { messagePage } from './pages/challenge-pages.ts'
import { atWith, type Site } from './site.ts'
import type { NextPage } from './state.ts'

/** `GET /login` */
export function showSignIn(site: Site): HttpOperationOutput {
  const visit = readVisit(site)
  return 'status' in visit ? visit : signInAgain(visit, {})
}

/** The login page, with what there is to say. */
export function signInAgain(
  visit: Visit,
  told: { readonly problem?: string; readonly notice?: string; readonly username?: string },
): HttpOperationOutput {
  const { site, request } = visit
  const { username = request.loginHint, ...rest } = told
  const { settings } = site.pool
  const ownUsers = hasOwnUsers(request.client)
  return show(
    visit,
    signInPage(baseOf(visit, rest), {
      username,
      hasOwnUsers: ownUsers,
      providers: providersOf(site, request.client),
      mayRegister: settings.AdminCreateUserConfig?.AllowAdminCreateUserOnly !== true,
    }),
  )
}

/** `POST /login` */
export async function signIn(site: Site): Promise<HttpOperationOutput> {
  const visit = readVisit(site)
  if ('status' in visit) return visit
  const { form, request } = visit
  const [username, password] = [form.get('username') ?? '', form.get('password') ?? '']
  if (!hasOwnUsers(request.client)) return signInAgain(visit, {})
  if (username === '' || password === '') {
    return signInAgain(visit, { problem: 'Enter your username and password.', username })
  }
  const signingIn = signInOf(visit)
  try {
    const { ctx, pool, client } = signingIn
    const work = () => signInByPassword(signingIn, username, password)
    return await proceed(visit, username, await countSignIn(ctx, pool, client, work))
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return refused(visit, username, error)
  }
}

function refused(visit: Visit, username: string, error: AwsError): HttpOperationOutput {
  // The password was right: what is missing can be made up for here.
  if (error.code === 'UserNotConfirmedException') {
    return goOn(visit, '/confirm', username, { kind: 'confirm', proved: true })
  }
  if (error.code === 'PasswordResetRequiredException') {
    return redirect(atWith(visit.site, '/forgotPassword', visit.request.query))
  }
  return signInAgain(visit, { problem: error.message, username })
}

/** On to the page of the next challenge, or back to the app. */
export async function proceed(
  visit: Visit,
  username: string,
  outcome: Outcome,
): Promise<HttpOperationOutput> {
  if (outcome.kind === 'authenticated') {
    return await complete(visit.site, visit.request, outcome.user)
  }
  switch (outcome.name) {
    case 'NEW_PASSWORD_REQUIRED':
      return goOn(visit, '/changePassword', username, challengeStep(outcome))
    case 'SMS_MFA':
    case 'EMAIL_OTP':
    case 'SOFTWARE_TOKEN_MFA':
    case 'SELECT_MFA_TYPE':
      return goOn(visit, '/mfa', username, challengeStep(outcome))
    case 'MFA_SETUP':
      return await setUp(visit, username, outcome)
    default:
      return show(
        visit,
        messagePage(
          'Sign in',
          `Orrery's login pages do not model the challenge ${outcome.name} yet.`,
        ),
      )
  }
}

const challengeStep = ({ name, session, parameters }: Challenge): NextPage => ({
  kind: 'challenge',
  challenge: name,
  session,
  parameters,
})

/** Remembers the step, and sends the browser to its page. */
export function goOn(
  visit: Visit,
  path: string,
  username: string,
  next: NextPage,
): HttpOperationOutput {
  const { site, request } = visit
  return redirect(atWith(site, path, request.query), [keepStep(visit, username, next)])
}

/** A user who needs a second factor sets up an authenticator app. */
async function setUp(
  visit: Visit,
  username: string,
  { name, session, parameters }: Challenge,
): Promise<HttpOperationOutput> {
  const can: unknown = JSON.parse(parameters['MFAS_CAN_SETUP'] ?? '[]')
  if (!Array.isArray(can) || !can.includes('SOFTWARE_TOKEN_MFA')) {
    const text =
      'Your account needs a second factor, and has no phone number or email address for it. Please contact an administrator.'
    return show(visit, messagePage('Sign in', text))
  }
  const { ctx } = visit.site
  const answer = await ctx.call(
    AssociateSoftwareToken,
    { Session: session },
    { accountId: ctx.accountId },
  )
  return goOn(visit, '/mfa/setup', username, {
    kind: 'challenge',
    challenge: name,
    session: answer.Session ?? session,
    parameters,
    secretCode: answer.SecretCode ?? '',
  })
}
