import type { AuthorizationRequest, PolicyDocument, RequestContext } from '@cloud-orrery/policy'
import { parsePolicy } from '@cloud-orrery/policy'
import type { Context } from '../../context.ts'
import type { Authorization, ResourceAccess, TaggedResource } from '../../define.ts'
import { readMailbox } from './addresses.ts'
import {
  configurationSetArn,
  contactListArn,
  identityArn,
  mailAddressOf,
  templateArn,
} from './arns.ts'
import { identityOf } from './identities.ts'
import { isSimulator } from './outcomes.ts'
import { sendingAccount } from './quota.ts'
import { configurationSets, contactLists, type Identity, identities, templates } from './state.ts'

/** What a call that sends has to say to the policy engine. */
export interface SendingCall {
  readonly action: string
  readonly apiVersion: '1' | '2'
  readonly from: string
  readonly recipients: readonly string[]
  readonly feedbackAddress?: string
  readonly identityArn?: string
  readonly configurationSetName?: string
  readonly templateName?: string
}

/**
 * The permissions that sending needs: on the sender's identity, on the configuration set and the template that are
 * named, and in the sandbox on the recipients' identities too. Source: Service Authorization Reference, Amazon SES
 * v2; the recipients: experience with accounts in the sandbox, whose denials name the recipient's identity.
 */
export function sendingAuthorization(ctx: Context, call: SendingCall): Authorization[] {
  const { action, from, recipients, configurationSetName, templateName } = call
  const sender = readOr(from)
  const plain = recipients.map((text) => readOr(text).address)
  const context: RequestContext = {
    'ses:ApiVersion': call.apiVersion,
    'ses:FromAddress': sender.address,
    'ses:Recipients': plain,
    ...(sender.displayName === '' ? {} : { 'ses:FromDisplayName': sender.displayName }),
    ...(call.feedbackAddress === undefined ? {} : { 'ses:FeedbackAddress': call.feedbackAddress }),
  }
  const identity = identityOf(ctx, sender.address)
  const resources = new Set([
    call.identityArn ?? identityArn(ctx, identity?.name ?? sender.address),
  ])
  const setName =
    configurationSetName ??
    (call.identityArn === undefined ? identity?.configurationSetName : undefined)
  if (setName !== undefined) resources.add(configurationSetArn(ctx, setName))
  if (templateName !== undefined) resources.add(templateArn(ctx, templateName))
  if (!sendingAccount(ctx).productionAccess) {
    for (const address of plain) {
      const own = isSimulator(address) ? undefined : identityOf(ctx, address)
      if (own !== undefined) resources.add(identityArn(ctx, own.name))
    }
  }
  return [...resources].map((resource) => ({ action, resource, context }))
}

/** An address that cannot be read is judged as it stands: the operation complains of it afterwards. */
function readOr(text: string): { displayName: string; address: string } {
  if (!text.includes('<')) return { displayName: '', address: text }
  try {
    return readMailbox(text)
  } catch {
    return { displayName: '', address: text }
  }
}

const parsed = new WeakMap<Identity['policies'], PolicyDocument>()

/** Owner and sending authorisation of an identity; owners of the other resources. */
export function mailResourceAccess(ctx: Context, arn: string): ResourceAccess | undefined {
  const address = mailAddressOf(arn)
  if (address === undefined) return undefined
  const { accountId, kind, name } = address
  if (kind !== 'identity') return { accountId }
  const identity = identities.get({ ...address, store: ctx.store }, name)
  if (identity === undefined || Object.keys(identity.policies).length === 0) return { accountId }
  let policy = parsed.get(identity.policies)
  if (policy === undefined) {
    policy = allOf(identity)
    parsed.set(identity.policies, policy)
  }
  return { accountId, policy }
}

/** All policies of an identity count: their statements make one document. */
function allOf({ policies }: Identity): PolicyDocument {
  const documents = Object.values(policies).map((text) => parsePolicy(text, 'resource'))
  return { Version: '2012-10-17', Statement: documents.flatMap(({ Statement }) => Statement) }
}

/** Sending is denied in a form of SES's own. Source: SES Developer Guide, "Email sending errors", Access denied. */
export function deniedSending(request: AuthorizationRequest): string | undefined {
  if (!/^ses:Send/.test(request.action)) return undefined
  const { principal, action, resource } = request
  const who = 'arn' in principal ? principal.arn : principal.kind
  return `User \`${who}' is not authorized to perform \`${action}' on resource \`${resource}'`
}

/** What tags can be put on, for the Resource Groups Tagging API. */
export function* taggedMailResources(ctx: Context): Generator<TaggedResource> {
  for (const { name, tags } of identities.scan(ctx)) yield { arn: identityArn(ctx, name), tags }
  for (const { name, tags } of configurationSets.scan(ctx)) {
    yield { arn: configurationSetArn(ctx, name), tags }
  }
  for (const { name, tags } of contactLists.scan(ctx)) {
    yield { arn: contactListArn(ctx, name), tags }
  }
  for (const { name, tags } of templates.scan(ctx)) yield { arn: templateArn(ctx, name), tags }
}
