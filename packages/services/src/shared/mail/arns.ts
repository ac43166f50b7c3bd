import type { Scope } from '@cloud-orrery/kernel'

/** The kinds of resources that SES's ARNs name. */
export type MailResourceKind =
  | 'identity'
  | 'configuration-set'
  | 'template'
  | 'custom-verification-email-template'
  | 'contact-list'

function arn({ region, accountId }: Scope, kind: MailResourceKind, name: string): string {
  return `arn:aws:ses:${region}:${accountId}:${kind}/${name}`
}

export const identityArn = (scope: Scope, name: string) => arn(scope, 'identity', name)
export const configurationSetArn = (scope: Scope, name: string) =>
  arn(scope, 'configuration-set', name)
export const templateArn = (scope: Scope, name: string) => arn(scope, 'template', name)
export const customTemplateArn = (scope: Scope, name: string) =>
  arn(scope, 'custom-verification-email-template', name)
export const contactListArn = (scope: Scope, name: string) => arn(scope, 'contact-list', name)

export interface MailAddress extends Scope {
  readonly kind: string
  readonly name: string
}

// Of this partition alone: policies judge ARNs as they are written.
const form = /^arn:aws:ses:(?<region>[^:]*):(?<accountId>\d{12}):(?<kind>[a-z-]+)\/(?<name>.+)$/

/** What an ARN of SES names; undefined where it is none. */
export function mailAddressOf(text: string): MailAddress | undefined {
  const { region, accountId, kind, name } = form.exec(text)?.groups ?? {}
  if (region === undefined || accountId === undefined) return undefined
  if (kind === undefined || name === undefined) return undefined
  return { region, accountId, kind, name }
}
