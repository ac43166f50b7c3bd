import { AwsError } from '@cloud-orrery/models'
import { VerifySoftwareToken } from '@cloud-orrery/models/cognitoidp'
import type { HttpOperationOutput } from '../../http-operation.ts'
import { respond } from '../auth/respond.ts'
import { findSession, keepSession } from '../auth/sessions.ts'
import {
  baseOf,
  readVisit,
  secretHashOf,
  show,
  signInOf,
  stepOf,
  type Visit,
} from './interaction.ts'
import {
  type ChallengePage,
  choicePage,
  codePage,
  newPasswordPage,
  requiredAttributes,
  setUpPage,
} from './pages/challenge-pages.ts'
import type { View } from './pages/layout.ts'
import { proceed, signInAgain } from './sign-in.ts'
import type { Endpoint, Site } from './site.ts'
import { type LoginStep, loginSteps } from './state.ts'

interface Standing {
  readonly visit: Visit
  readonly step: LoginStep
  readonly challenge: ChallengePage
}

type Responses = Readonly<Record<string, string>>

/** What a form says: an answer for the challenge, or what is wrong with it. */
type Said = { readonly problem: string } | { readonly responses: Responses }

/** Where the browser stands must be a challenge of the page's own; else it begins anew. */
function standing(site: Site, names: readonly string[]): Standing | HttpOperationOutput {
  const visit = readVisit(site)
  if ('status' in visit) return visit
  const step = stepOf(visit)
  const challenge = step?.next.kind === 'challenge' ? step.next : undefined
  if (step === undefined || challenge === undefined || !names.includes(challenge.challenge)) {
    return signInAgain(visit, { problem: 'Your session has expired. Please sign in again.' })
  }
  return { visit, step, challenge }
}

/** A page of a challenge, and what its form sends. */
function challengePage(
  names: readonly string[],
  view: (standing: Standing, told: { problem?: string }) => View,
  answer: (standing: Standing) => Said | Promise<Said>,
): { readonly GET: Endpoint; readonly POST: Endpoint } {
  return {
    GET(site) {
      const found = standing(site, names)
      return 'status' in found ? found : show(found.visit, view(found, {}))
    },
    async POST(site) {
      const found = standing(site, names)
      if ('status' in found) return found
      try {
        const said = await answer(found)
        if ('problem' in said) return show(found.visit, view(found, said))
        return await answered(found, said.responses)
      } catch (error) {
        if (!(error instanceof AwsError)) throw error
        return failed(found, view, error)
      }
    },
  }
}

async function answered(
  { visit, step, challenge }: Standing,
  responses: Responses,
): Promise<HttpOperationOutput> {
  const { ctx } = visit.site
  const hash = secretHashOf(visit.request.client, step.username)
  const session = findSession(ctx, currentSession(visit, step, challenge))
  const given = {
    ...responses,
    USERNAME: step.username,
    ...(hash === undefined ? {} : { SECRET_HASH: hash }),
  }
  try {
    const token = currentSession(visit, step, challenge)
    const outcome = await respond(signInOf(visit), challenge.challenge, token, given)
    loginSteps.delete(ctx, step.id)
    return await proceed(visit, step.username, outcome)
  } catch (error) {
    // The same page can be sent again: an answer that was refused does not end the sign-in here.
    if (error instanceof AwsError && session !== undefined && session.expiresAtMs > ctx.now()) {
      keepSession(ctx, session)
    }
    throw error
  }
}

/** The session as the step has it now: verifying a software token changes it. */
function currentSession({ site }: Visit, { id }: LoginStep, { session }: ChallengePage): string {
  const now = loginSteps.get(site.ctx, id)?.next
  return now?.kind === 'challenge' ? now.session : session
}

function failed(
  found: Standing,
  view: (standing: Standing, told: { problem?: string }) => View,
  error: AwsError,
): HttpOperationOutput {
  const { visit, step, challenge } = found
  const { ctx } = visit.site
  const session = findSession(ctx, currentSession(visit, step, challenge))
  if (session === undefined || session.expiresAtMs <= ctx.now()) {
    return signInAgain(visit, { problem: error.message })
  }
  return show(visit, view(found, { problem: error.message }))
}

const codeNames: Readonly<Record<string, string>> = {
  SMS_MFA: 'SMS_MFA_CODE',
  EMAIL_OTP: 'EMAIL_OTP_CODE',
  SOFTWARE_TOKEN_MFA: 'SOFTWARE_TOKEN_MFA_CODE',
}

const code = ({ form }: Visit): string => (form.get('code') ?? '').replaceAll(/\s/g, '')

/** `/mfa`: a code, or the choice of the factor that gives one. */
export const secondFactor = challengePage(
  [...Object.keys(codeNames), 'SELECT_MFA_TYPE'],
  ({ visit, challenge }, told) =>
    challenge.challenge === 'SELECT_MFA_TYPE'
      ? choicePage(baseOf(visit, told), challenge)
      : codePage(baseOf(visit, told), challenge),
  ({ visit, challenge }) => {
    const name = codeNames[challenge.challenge]
    if (name === undefined) return { responses: { ANSWER: visit.form.get('answer') ?? '' } }
    return code(visit) === ''
      ? { problem: 'Enter the code.' }
      : { responses: { [name]: code(visit) } }
  },
)

/** `/changePassword`: the first password of one's own. */
export const changePassword = challengePage(
  ['NEW_PASSWORD_REQUIRED'],
  ({ visit, challenge }, told) =>
    newPasswordPage(baseOf(visit, told), challenge, Object.fromEntries(visit.form)),
  ({ visit, challenge }) => {
    const { form } = visit
    const password = form.get('new_password') ?? ''
    if (password === '') return { problem: 'Enter a new password.' }
    if (password !== form.get('repeated')) return { problem: 'The passwords are not the same.' }
    const attributes = requiredAttributes(challenge).map((name) => [
      `userAttributes.${name}`,
      form.get(name) ?? '',
    ])
    return { responses: { NEW_PASSWORD: password, ...Object.fromEntries(attributes) } }
  },
)

/** `/mfa/setup`: an authenticator app proves that it has the key. */
export const setUpFactor = challengePage(
  ['MFA_SETUP'],
  ({ visit, step, challenge }, told) =>
    setUpPage(baseOf(visit, told), step.username, challenge.secretCode ?? ''),
  async ({ visit, step, challenge }) => {
    if (code(visit) === '') return { problem: 'Enter the code.' }
    const { ctx } = visit.site
    const { Session } = await ctx.call(
      VerifySoftwareToken,
      { Session: challenge.session, UserCode: code(visit) },
      { accountId: ctx.accountId },
    )
    loginSteps.put(ctx, { ...step, next: { ...challenge, session: Session ?? challenge.session } })
    return { responses: {} }
  },
)
