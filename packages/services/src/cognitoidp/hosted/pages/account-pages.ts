import type { Provider } from '../../clients/state.ts'
import type { Pool } from '../../pools/state.ts'
import { attributeField, newPasswordFields, policyHint, usernameField } from './attributes.ts'
import { button, type Field, form } from './forms.ts'
import type { View } from './layout.ts'
import { markup, nothing } from './markup.ts'

/** What every page of a login knows. */
export interface PageBase {
  readonly pool: Pool
  readonly csrf: string
  /** A page of this login: `link('/signup')`. */
  readonly link: (path: string) => string
  readonly problem?: string | undefined
  readonly notice?: string | undefined
}

const told = ({ problem, notice }: PageBase) => ({ problem, notice })

export function signInPage(
  base: PageBase,
  about: {
    readonly username?: string | undefined
    readonly hasOwnUsers: boolean
    readonly providers: readonly Provider[]
    readonly mayRegister: boolean
  },
): View {
  const { pool, csrf, link } = base
  const fields: Field[] = [
    usernameField(pool, about.username),
    { name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' },
  ]
  const own = markup`${form({
    ...{ action: link('/login'), csrf, fields, submit: 'Sign in' },
    isInvalid: base.problem !== undefined,
  })}
<p class="below"><a class="redirect-customizable" href="${link('/forgotPassword')}">Forgot your password?</a></p>
${about.mayRegister && markup`<p class="below">New here? <a href="${link('/signup')}">Create an account</a></p>`}`
  const outside = about.providers.map(
    ({ name }) =>
      markup`<a class="button idpButton-customizable" href="${`${link('/oauth2/authorize')}&${new URLSearchParams({ identity_provider: name })}`}">Continue with ${name}</a>`,
  )
  const both = about.hasOwnUsers && outside.length > 0
  return {
    title: 'Sign in',
    ...told(base),
    body: markup`${outside}${both && markup`<p class="or">or</p>`}${about.hasOwnUsers ? own : nothing}`,
  }
}

export function signUpPage(
  base: PageBase,
  names: readonly string[],
  values: Readonly<Record<string, string>>,
): View {
  const { pool, csrf, link } = base
  const hint = policyHint(pool.settings.Policies?.PasswordPolicy ?? {})
  const fields: Field[] = [
    usernameField(pool, values['username']),
    ...names.map((name) => attributeField(name, values[name])),
    { name: 'password', label: 'Password', type: 'password', autocomplete: 'new-password', hint },
  ]
  return {
    title: 'Create an account',
    ...told(base),
    body: markup`${form({
      ...{ action: link('/signup'), csrf, fields, submit: 'Sign up' },
      isInvalid: base.problem !== undefined,
    })}
<p class="below">Already have an account? <a href="${link('/login')}">Sign in</a></p>`,
  }
}

const codeField: Field = {
  name: 'code',
  label: 'Code',
  autocomplete: 'one-time-code',
  isCode: true,
}

const sentTo = (destination: string | undefined) =>
  destination === undefined
    ? markup`<p>Enter the code that we sent you.</p>`
    : markup`<p>We sent a code to <strong>${destination}</strong>. Enter it here.</p>`

export function confirmPage(base: PageBase, destination: string | undefined): View {
  const { csrf, link } = base
  return {
    title: 'Confirm your account',
    ...told(base),
    body: markup`${sentTo(destination)}${form({
      ...{ action: link('/confirm'), csrf, fields: [codeField], submit: 'Confirm account' },
      isInvalid: base.problem !== undefined,
    })}
<div class="below">Didn't get a code? ${button({ action: link('/resendcode'), csrf, submit: 'Send another' }, 'link')}</div>`,
  }
}

export function forgotPage(base: PageBase, username: string | undefined): View {
  const { pool, csrf, link } = base
  return {
    title: 'Forgot your password?',
    ...told(base),
    body: markup`<p>Tell us who you are, and we'll send you a code to reset your password.</p>${form(
      {
        ...{ action: link('/forgotPassword'), csrf, submit: 'Reset my password' },
        fields: [usernameField(pool, username)],
        isInvalid: base.problem !== undefined,
      },
    )}
<p class="below"><a href="${link('/login')}">Back to sign in</a></p>`,
  }
}

export function resetPage(base: PageBase, destination: string | undefined): View {
  const { pool, csrf, link } = base
  return {
    title: 'Reset your password',
    ...told(base),
    body: markup`${sentTo(destination)}${form({
      ...{ action: link('/confirmForgotPassword'), csrf, submit: 'Change password' },
      fields: [codeField, ...newPasswordFields(pool)],
      isInvalid: base.problem !== undefined,
    })}`,
  }
}
