import type { Context } from '../../context.ts'
import type { Client } from '../clients/state.ts'
import type { MessageKind, Template } from '../messages/templates.ts'
import type { Pool } from '../pools/state.ts'
import { triggerAttributes } from '../users/lookup.ts'
import type { User } from '../users/state.ts'
import { callTrigger } from './invoke.ts'

/** Lets the pool's function word a message; what it leaves out or spoils stays as it is. */
export async function customMessage(
  ctx: Context,
  pool: Pool,
  about: {
    readonly user: User
    readonly client?: Client | undefined
    readonly kind: MessageKind
    readonly clientMetadata?: Readonly<Record<string, string>> | undefined
  },
  template: Template,
): Promise<Template> {
  const { user, client, kind, clientMetadata } = about
  const isInvitation = kind === 'AdminCreateUser'
  const response = await callTrigger(ctx, pool, {
    name: 'CustomMessage',
    source: `CustomMessage_${kind}`,
    clientId: client?.id,
    username: user.username,
    request: {
      userAttributes: triggerAttributes(user),
      codeParameter: '{####}',
      linkParameter: '{##Click Here##}',
      usernameParameter: isInvitation ? '{username}' : null,
      ...(clientMetadata === undefined ? {} : { clientMetadata }),
    },
    response: { smsMessage: null, emailMessage: null, emailSubject: null },
  })
  const text = (member: string, needs: readonly string[], usual: string): string => {
    const value = response?.[member]
    // A message without its code or name is not sent as it stands: the pool's own is.
    const isWhole =
      typeof value === 'string' && (needs.length === 0 || needs.every((it) => value.includes(it)))
    return isWhole ? value : usual
  }
  const needs = isInvitation ? ['{####}', '{username}'] : []
  const code =
    template.email.includes('{##') && !template.email.includes('{####}') ? [] : ['{####}']
  const needed = isInvitation ? needs : code
  return {
    sms: text('smsMessage', isInvitation ? needs : ['{####}'], template.sms),
    subject: text('emailSubject', [], template.subject),
    email: text('emailMessage', needed, template.email),
  }
}
