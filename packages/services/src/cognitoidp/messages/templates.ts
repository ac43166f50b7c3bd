import type { Pool } from '../pools/state.ts'

/** The words of one message before codes and names are filled in. */
export interface Template {
  readonly sms: string
  readonly subject: string
  readonly email: string
}

/** Which message. */
export type MessageKind =
  | 'SignUp'
  | 'ResendCode'
  | 'ForgotPassword'
  | 'UpdateUserAttribute'
  | 'VerifyUserAttribute'
  | 'Authentication'
  | 'AdminCreateUser'

/** AWS's own words where the pool has none. */
const verification: Template = {
  sms: 'Your confirmation code is {####}',
  subject: 'Your verification code',
  email: 'Your confirmation code is {####}',
}

const reset: Template = {
  sms: 'Your password reset code is {####}',
  subject: 'Your password reset code',
  email: 'Your password reset code is {####}',
}

const invitation: Template = {
  sms: 'Your username is {username} and temporary password is {####}.',
  subject: 'Your temporary password',
  email: 'Your username is {username} and temporary password is {####}.',
}

const authentication: Template = {
  sms: 'Your authentication code is {####}. ',
  subject: 'Your authentication code',
  email: 'Your authentication code is {####}',
}

export function templateOf({ settings, mfa }: Pool, kind: MessageKind): Template {
  const words = settings.VerificationMessageTemplate ?? {}
  switch (kind) {
    case 'AdminCreateUser': {
      const invite = settings.AdminCreateUserConfig?.InviteMessageTemplate ?? {}
      return {
        sms: invite.SMSMessage ?? invitation.sms,
        subject: invite.EmailSubject ?? invitation.subject,
        email: invite.EmailMessage ?? invitation.email,
      }
    }
    case 'Authentication':
      return {
        sms: settings.SmsAuthenticationMessage ?? authentication.sms,
        subject: mfa.email?.Subject ?? authentication.subject,
        email: mfa.email?.Message ?? authentication.email,
      }
    default: {
      const usual = kind === 'ForgotPassword' ? reset : verification
      return {
        sms: words.SmsMessage ?? usual.sms,
        subject: words.EmailSubject ?? usual.subject,
        email: words.EmailMessage ?? usual.email,
      }
    }
  }
}

/** Of new accounts, where the pool asks people to follow a link. */
export function linkTemplateOf({ settings }: Pool): Template | undefined {
  const words = settings.VerificationMessageTemplate
  if (words?.DefaultEmailOption !== 'CONFIRM_WITH_LINK') return undefined
  return {
    sms: words.SmsMessage ?? verification.sms,
    subject: words.EmailSubjectByLink ?? 'Your verification link',
    email:
      words.EmailMessageByLink ??
      'Please click the link below to verify your email address. {##Verify Email##}',
  }
}

/** Fills in codes and names. `link` replaces `{##…##}`. */
export function filled(
  text: string,
  { code, username, link }: { code: string; username: string; link?: string | undefined },
): string {
  return text
    .replaceAll('{####}', code)
    .replaceAll('{username}', username)
    .replace(/\{##(.*?)##\}/g, (_, words: string) => `<a href="${link ?? ''}">${words}</a>`)
}
