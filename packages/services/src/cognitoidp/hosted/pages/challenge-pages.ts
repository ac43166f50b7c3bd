import type { NextPage } from '../state.ts'
import type { PageBase } from './account-pages.ts'
import { attributeField, newPasswordFields } from './attributes.ts'
import { type Field, form } from './forms.ts'
import type { View } from './layout.ts'
import { markup } from './markup.ts'
import { qrCode } from './qr-code.ts'

export type ChallengePage = Extract<NextPage, { kind: 'challenge' }>

const told = ({ problem, notice }: PageBase) => ({ problem, notice })

/** Attributes that a user has to give with the first password of their own. */
export function requiredAttributes({ parameters }: ChallengePage): string[] {
  const names: unknown = JSON.parse(parameters['requiredAttributes'] ?? '[]')
  if (!Array.isArray(names)) return []
  return names.map((name) => String(name).replace('userAttributes.', ''))
}

export function newPasswordPage(
  base: PageBase,
  step: ChallengePage,
  values: Readonly<Record<string, string>>,
): View {
  const { pool, csrf, link } = base
  const fields = [
    ...newPasswordFields(pool),
    ...requiredAttributes(step).map((name) => attributeField(name, values[name])),
  ]
  return {
    title: 'Change your password',
    ...told(base),
    body: markup`<p>Your password was temporary. Choose one of your own.</p>${form({
      ...{ action: link('/changePassword'), csrf, fields, submit: 'Continue' },
      isInvalid: base.problem !== undefined,
    })}`,
  }
}

const codeField = (label: string): Field => ({
  name: 'code',
  label,
  autocomplete: 'one-time-code',
  isCode: true,
})

/** Asks for a second factor's code. */
export function codePage(base: PageBase, { challenge, parameters }: ChallengePage): View {
  const { csrf, link } = base
  const destination = parameters['CODE_DELIVERY_DESTINATION']
  const isApp = challenge === 'SOFTWARE_TOKEN_MFA'
  const text = isApp
    ? markup`<p>Enter the code that your authenticator app shows now.</p>`
    : markup`<p>We sent a code to <strong>${destination}</strong>. Enter it here.</p>`
  return {
    title: 'Verify that it is you',
    ...told(base),
    body: markup`${text}${form({
      ...{ action: link('/mfa'), csrf, fields: [codeField('Code')], submit: 'Continue' },
      isInvalid: base.problem !== undefined,
    })}
<p class="below"><a href="${link('/login')}">Sign in as someone else</a></p>`,
  }
}

const factorNames: Readonly<Record<string, string>> = {
  SMS_MFA: 'A text message',
  EMAIL_OTP: 'An email',
  SOFTWARE_TOKEN_MFA: 'My authenticator app',
}

/** Lets a user choose among their second factors. */
export function choicePage(base: PageBase, { parameters }: ChallengePage): View {
  const { csrf, link } = base
  const names: unknown = JSON.parse(parameters['MFAS_CAN_CHOOSE'] ?? '[]')
  const choices = Array.isArray(names) ? names.map(String) : []
  const more = markup`<fieldset><legend>How shall we verify that it is you?</legend>
${choices.map((name, at) => markup`<label><input type="radio" name="answer" value="${name}" required${at === 0 && markup` checked`}> ${factorNames[name] ?? name}</label>`)}
</fieldset>`
  return {
    title: 'Verify that it is you',
    ...told(base),
    body: form({
      ...{ action: link('/mfa'), csrf, fields: [], submit: 'Continue', more },
      isInvalid: base.problem !== undefined,
    }),
  }
}

/** The address that authenticator apps read. Source: their key URI format. */
export function keyUri(issuer: string, username: string, secretCode: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(username)}`
  return `otpauth://totp/${label}?secret=${secretCode}&issuer=${encodeURIComponent(issuer)}`
}

/** Sets up an authenticator app: by a picture, or by hand. */
export function setUpPage(base: PageBase, username: string, secretCode: string): View {
  const { csrf, link } = base
  const uri = keyUri(base.pool.name.slice(0, 40), username.slice(0, 64), secretCode)
  return {
    title: 'Set up your authenticator app',
    ...told(base),
    body: markup`<p>Scan this picture with an authenticator app, then enter the code that it shows.</p>
${qrCode(uri, 'QR code with the secret key below')}
<p class="hint">Or enter this key by hand: <span class="secret">${secretCode}</span></p>
${form({
  ...{ action: link('/mfa/setup'), csrf, submit: 'Continue' },
  fields: [codeField('Code from the app')],
  isInvalid: base.problem !== undefined,
})}`,
  }
}

/** A page that says something and asks for nothing. */
export function messagePage(
  title: string,
  text: string,
  link?: { href: string; text: string },
): View {
  const more =
    link !== undefined && markup`<p class="below"><a href="${link.href}">${link.text}</a></p>`
  return { title, body: markup`<p>${text}</p>${more}` }
}
