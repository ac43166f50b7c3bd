import { AwsError } from '@cloud-orrery/models'
import {
  ConfirmForgotPassword,
  ConfirmSignUp,
  ForgotPassword,
  ResendConfirmationCode,
  SignUp,
} from '@cloud-orrery/models/cognitoidp'
import type { HttpOperationOutput } from '../../http-operation.ts'
import { afterPassword } from '../auth/next-step.ts'
import { clients } from '../clients/state.ts'
import type { Pool } from '../pools/state.ts'
import { findUser } from '../users/lookup.ts'
import { page } from './answers.ts'
import {
  baseOf,
  lookOf,
  readVisit,
  secretHashOf,
  show,
  signInOf,
  stepOf,
  type Visit,
} from './interaction.ts'
import { confirmPage, forgotPage, resetPage, signUpPage } from './pages/account-pages.ts'
import { messagePage } from './pages/challenge-pages.ts'
import { layout, type View } from './pages/layout.ts'
import { goOn, proceed, signInAgain } from './sign-in.ts'
import { type Endpoint, queryOf, type Site } from './site.ts'
import type { LoginStep } from './state.ts'

type Told = { readonly problem?: string; readonly notice?: string }

type Pages = Readonly<Record<'GET' | 'POST', Endpoint>>

/** A page, and the call that its form makes; what is refused is shown on the same page. */
function pages(
  view: (visit: Visit, told: Told) => View | undefined,
  send: (visit: Visit) => Promise<HttpOperationOutput | { readonly problem: string }>,
): Pages {
  const shown = (visit: Visit, told: Told): HttpOperationOutput => {
    const found = view(visit, told)
    if (found !== undefined) return show(visit, found)
    return signInAgain(visit, { problem: 'Your session has expired. Please sign in again.' })
  }
  return {
    GET(site) {
      const visit = readVisit(site)
      return 'status' in visit ? visit : shown(visit, {})
    },
    async POST(site) {
      const visit = readVisit(site)
      if ('status' in visit) return visit
      try {
        const answer = await send(visit)
        return 'status' in answer ? answer : shown(visit, answer)
      } catch (error) {
        if (!(error instanceof AwsError)) throw error
        return shown(visit, { problem: error.message })
      }
    },
  }
}

/** What a new account must say of itself: what the schema requires, and where its code is to go. */
function askedAttributes({ schema, settings }: Pool): string[] {
  const { UsernameAttributes = [], AutoVerifiedAttributes = [] } = settings
  const required = schema.filter(({ Required }) => Required === true).map(({ Name = '' }) => Name)
  const names = [...new Set([...required, ...AutoVerifiedAttributes])]
  const isUsername = (name: string) =>
    UsernameAttributes.length === 1 && UsernameAttributes[0] === name
  return names.filter((name) => name !== 'sub' && !isUsername(name))
}

const identify = ({ request }: Visit, username: string) => {
  const hash = secretHashOf(request.client, username)
  return {
    ClientId: request.client.id,
    Username: username,
    ...(hash === undefined ? {} : { SecretHash: hash }),
  }
}

/** `/signup` */
export const signUpPages = pages(
  (visit, told) =>
    signUpPage(
      baseOf(visit, told),
      askedAttributes(visit.site.pool),
      Object.fromEntries(visit.form),
    ),
  async (visit) => {
    const { site, form } = visit
    const [username, password] = [form.get('username') ?? '', form.get('password') ?? '']
    if (username === '' || password === '') return { problem: 'Fill in all fields.' }
    const attributes = askedAttributes(site.pool).flatMap((Name) => {
      const Value = form.get(Name) ?? ''
      return Value === '' ? [] : [{ Name, Value }]
    })
    const { UserConfirmed, CodeDeliveryDetails } = await site.ctx.call(SignUp, {
      ...identify(visit, username),
      Password: password,
      UserAttributes: attributes,
    })
    if (UserConfirmed === true) return await signedUp(visit, username)
    const destination = CodeDeliveryDetails?.Destination
    return goOn(visit, '/confirm', username, {
      kind: 'confirm',
      proved: true,
      ...(destination === undefined ? {} : { destination }),
    })
  },
)

/** Who has just chosen a password is not asked for it again. */
async function signedUp(visit: Visit, username: string): Promise<HttpOperationOutput> {
  const { ctx, pool } = visit.site
  const user = findUser(ctx, pool, username)
  if (user === undefined) return signInAgain(visit, { username })
  return await proceed(visit, username, await afterPassword(signInOf(visit), user))
}

function step(visit: Visit, kind: 'confirm' | 'reset') {
  const found = stepOf(visit)
  if (found?.next.kind !== kind) return undefined
  return { username: found.username, next: found.next } satisfies Partial<LoginStep>
}

const code = ({ form }: Visit): string => (form.get('code') ?? '').replaceAll(/\s/g, '')

/** `/confirm` */
export const confirmPages = pages(
  (visit, told) => {
    const found = step(visit, 'confirm')
    const destination = found?.next.kind === 'confirm' ? found.next.destination : undefined
    return found && confirmPage(baseOf(visit, told), destination)
  },
  async (visit) => {
    const found = step(visit, 'confirm')
    if (found === undefined) return { problem: '' }
    if (code(visit) === '') return { problem: 'Enter the code.' }
    await visit.site.ctx.call(ConfirmSignUp, {
      ...identify(visit, found.username),
      ConfirmationCode: code(visit),
    })
    if (found.next.kind === 'confirm' && found.next.proved) {
      return await signedUp(visit, found.username)
    }
    return signInAgain(visit, { notice: 'Your account is confirmed.', username: found.username })
  },
)

/** `/resendcode` */
export const resendPages = pages(confirmView, async (visit) => {
  const found = step(visit, 'confirm')
  if (found === undefined) return { problem: '' }
  await visit.site.ctx.call(ResendConfirmationCode, identify(visit, found.username))
  const view = confirmView(visit, { notice: 'Another code is on its way.' })
  return view === undefined ? { problem: '' } : show(visit, view)
})

function confirmView(visit: Visit, told: Told): View | undefined {
  const found = step(visit, 'confirm')
  const destination = found?.next.kind === 'confirm' ? found.next.destination : undefined
  return found && confirmPage(baseOf(visit, told), destination)
}

/** `/forgotPassword` */
export const forgotPages = pages(
  (visit, told) =>
    forgotPage(baseOf(visit, told), visit.form.get('username') ?? visit.request.loginHint),
  async (visit) => {
    const username = visit.form.get('username') ?? ''
    if (username === '') return { problem: 'Enter your username.' }
    const { CodeDeliveryDetails } = await visit.site.ctx.call(
      ForgotPassword,
      identify(visit, username),
    )
    const destination = CodeDeliveryDetails?.Destination
    return goOn(visit, '/confirmForgotPassword', username, {
      kind: 'reset',
      ...(destination === undefined ? {} : { destination }),
    })
  },
)

/** `/confirmForgotPassword` */
export const resetPages = pages(
  (visit, told) => {
    const found = step(visit, 'reset')
    const destination = found?.next.kind === 'reset' ? found.next.destination : undefined
    return found && resetPage(baseOf(visit, told), destination)
  },
  async (visit) => {
    const found = step(visit, 'reset')
    if (found === undefined) return { problem: '' }
    const password = visit.form.get('new_password') ?? ''
    if (code(visit) === '' || password === '') return { problem: 'Fill in all fields.' }
    if (password !== visit.form.get('repeated'))
      return { problem: 'The passwords are not the same.' }
    await visit.site.ctx.call(ConfirmForgotPassword, {
      ...identify(visit, found.username),
      ConfirmationCode: code(visit),
      Password: password,
    })
    const { username } = found
    return signInAgain(visit, { notice: 'Your password is changed. Sign in with it.', username })
  },
)

/** `GET /confirmUser`: the link of a mail confirms a new account. */
export async function confirmByLink(site: Site): Promise<HttpOperationOutput> {
  const query = queryOf(site)
  const client = clients.get(site.ctx, query.get('client_id') ?? '')
  const [username, given] = [query.get('user_name'), query.get('confirmation_code')]
  const tell = (status: number, title: string, text: string) =>
    page(status, layout(messagePage(title, text), lookOf(site, client)))
  const unusable = 'This link is not usable. Ask for another one in the app.'
  if (client?.poolId !== site.pool.id || username === null || given === null) {
    return tell(400, 'Your account is not confirmed', unusable)
  }
  try {
    const hash = secretHashOf(client, username)
    await site.ctx.call(ConfirmSignUp, {
      ClientId: client.id,
      Username: username,
      ConfirmationCode: given,
      ...(hash === undefined ? {} : { SecretHash: hash }),
    })
    return tell(200, 'Your registration has been confirmed!', 'You can go back to the app now.')
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return tell(400, 'Your account is not confirmed', error.message)
  }
}
