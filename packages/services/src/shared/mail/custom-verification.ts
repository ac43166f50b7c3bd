import type { Context } from '../../context.ts'
import { AddressProblem, addressOf } from './addresses.ts'
import { createIdentity, identityName, isVerified, startVerification } from './identities.ts'
import { messageId } from './message-ids.ts'
import { sendingAccount } from './quota.ts'
import { type CustomTemplate, customTemplates, identities } from './state.ts'
import type { MailWords } from './words.ts'

/** Source: SES Developer Guide, "Using custom verification email templates": at most 50, of 10 MB. */
const templatesMax = 50

export function customTemplateNamed(ctx: Context, name: string, words: MailWords): CustomTemplate {
  const template = customTemplates.get(ctx, name)
  if (template === undefined) throw words.customTemplateNotFound(name)
  return template
}

export function putCustomTemplate(
  ctx: Context,
  template: CustomTemplate,
  isNew: boolean,
  words: MailWords,
): void {
  if (isNew && customTemplates.has(ctx, template.name)) {
    throw words.customTemplateExists(template.name)
  }
  if (isNew && customTemplates.count(ctx) >= templatesMax) {
    throw words.limitExceeded('You have reached the limit on custom verification email templates.')
  }
  if (!isVerified(ctx, plainAddress(template.from, words)))
    throw words.fromNotVerified(template.from)
  for (const url of [template.successUrl, template.failureUrl]) {
    if (!URL.canParse(url)) throw words.invalid(`Invalid redirection URL <${url}>.`)
  }
  if (/<(?:script|iframe|object|embed)\b/i.test(template.content)) {
    throw words.customTemplateInvalid('The template content has elements that are not allowed.')
  }
  customTemplates.put(ctx, template)
}

/** Adds an address as an identity and mails it the link in the template's own words. */
export function sendCustomVerification(
  ctx: Context,
  address: string,
  templateName: string,
  words: MailWords,
): string {
  const template = customTemplateNamed(ctx, templateName, words)
  if (!sendingAccount(ctx).productionAccess) {
    throw words.productionOnly(
      'Custom verification emails can only be sent by accounts that are out of the sandbox.',
    )
  }
  const name = identityName(plainAddress(address, words))
  const { from, subject, content, successUrl, failureUrl } = template
  const mail = { from: plainAddress(from, words), subject, content, successUrl, failureUrl }
  const known = identities.get(ctx, name)
  if (known === undefined) createIdentity(ctx, name, {}, mail)
  else startVerification(ctx, known, mail)
  return messageId(ctx)
}

function plainAddress(text: string, words: MailWords): string {
  try {
    return addressOf(text)
  } catch (error) {
    if (error instanceof AddressProblem) throw words.invalid(error.message)
    throw error
  }
}
