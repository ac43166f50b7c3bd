import { orderedKey } from '@cloud-orrery/kernel'
import type { CodeDeliveryDetailsType } from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import { type Client, domains } from '../clients/state.ts'
import { invalidParameter } from '../errors.ts'
import { attributeCodeMs, resetCodeMs, signUpCodeMs } from '../limits.ts'
import type { Pool } from '../pools/state.ts'
import { customMessage } from '../triggers/custom-message.ts'
import { type CodePurpose, codes, type User } from '../users/state.ts'
import { sendMail } from './email.ts'
import { masked } from './masking.ts'
import { sendSms } from './sms.ts'
import { filled, linkTemplateOf, type MessageKind, templateOf } from './templates.ts'

export type Medium = 'EMAIL' | 'SMS'

interface Addressee {
  readonly user: User
  readonly client?: Client | undefined
  readonly clientMetadata?: Readonly<Record<string, string>> | undefined
}

const attributeOf = (medium: Medium) => (medium === 'EMAIL' ? 'email' : 'phone_number')

/** Makes a code for a purpose and sends it where the pool says; undefined where there is nowhere to send it. */
export async function deliverCode(
  ctx: Context,
  pool: Pool,
  about: Addressee & {
    readonly purpose: CodePurpose
    readonly kind?: MessageKind
    /** The attribute to verify, where that decides. */
    readonly attribute?: string
    /** Its new value, where the user does not have it yet. */
    readonly address?: string
  },
): Promise<CodeDeliveryDetailsType | undefined> {
  const { user, purpose } = about
  const medium =
    about.attribute === undefined ? mediumFor(pool, user, purpose) : byName(about.attribute)
  if (medium === undefined) return undefined
  const attribute = attributeOf(medium)
  const address = about.address ?? user.attributes[attribute]
  if (address === undefined) return undefined
  const code = ctx.ids.from('0123456789', 6)
  codes.put(ctx, {
    poolId: pool.id,
    key: user.key,
    purpose,
    code,
    sentAtMs: ctx.now(),
    expiresAtMs: ctx.now() + lifeMs(purpose),
    wrong: 0,
    attribute,
  })
  const kind = about.kind ?? kindOf(purpose)
  await send(ctx, pool, { ...about, medium, address, code, kind, username: user.username })
  return { Destination: masked(address), DeliveryMedium: medium, AttributeName: attribute }
}

const byName = (attribute: string): Medium => (attribute === 'email' ? 'EMAIL' : 'SMS')

function kindOf(purpose: CodePurpose): MessageKind {
  if (purpose === 'sign-up') return 'SignUp'
  return purpose === 'reset' ? 'ForgotPassword' : 'VerifyUserAttribute'
}

function lifeMs(purpose: CodePurpose): number {
  if (purpose === 'sign-up') return signUpCodeMs
  return purpose === 'reset' ? resetCodeMs : attributeCodeMs
}

function mediumFor(pool: Pool, user: User, purpose: CodePurpose): Medium | undefined {
  return purpose === 'reset' ? recoveryMedium(pool, user) : signUpMedium(pool, user)
}

/** A new account is confirmed by number before mail. Source: "Signing up and confirming user accounts". */
function signUpMedium({ settings }: Pool, { attributes }: User): Medium | undefined {
  const verified = settings.AutoVerifiedAttributes ?? []
  if (verified.includes('phone_number') && attributes['phone_number'] !== undefined) return 'SMS'
  if (verified.includes('email') && attributes['email'] !== undefined) return 'EMAIL'
  return undefined
}

/** Source: CreateUserPool, `AccountRecoverySetting`: by priority; without one, by number before mail. */
export function recoveryMedium({ settings }: Pool, { attributes }: User): Medium | undefined {
  const mechanisms = settings.AccountRecoverySetting?.RecoveryMechanisms ?? [
    { Name: 'verified_phone_number', Priority: 1 },
    { Name: 'verified_email', Priority: 2 },
  ]
  const inOrder = [...mechanisms].sort((a, b) => a.Priority - b.Priority)
  for (const { Name } of inOrder) {
    const attribute = Name.replace('verified_', '')
    if (attributes[attribute] !== undefined && attributes[`${attribute}_verified`] === 'true') {
      return byName(attribute)
    }
  }
  return undefined
}

/** A code for a sign-in: it lives with the session, not here. */
export async function deliverMfaCode(
  ctx: Context,
  pool: Pool,
  about: Addressee & { readonly medium: Medium; readonly code: string },
): Promise<void> {
  const { user, medium } = about
  const address = user.attributes[attributeOf(medium)]
  if (address === undefined) throw invalidParameter('The user has no address for the code.')
  await send(ctx, pool, { ...about, address, kind: 'Authentication', username: user.username })
}

/** Tells a user whom an administrator made their temporary password. */
export async function invite(
  ctx: Context,
  pool: Pool,
  about: Addressee & { readonly medium: Medium; readonly password: string; readonly name: string },
): Promise<void> {
  const { user, medium, password, name } = about
  const address = user.attributes[attributeOf(medium)]
  if (address === undefined) return
  const kind = 'AdminCreateUser'
  await send(ctx, pool, { ...about, address, code: password, kind, username: name })
}

interface Sending extends Addressee {
  readonly medium: Medium
  readonly address: string
  readonly code: string
  readonly kind: MessageKind
  readonly username: string
}

async function send(ctx: Context, pool: Pool, sending: Sending): Promise<void> {
  const { medium, address, code, kind, username } = sending
  const isNew = kind === 'SignUp' || kind === 'ResendCode'
  const byLink = isNew && medium === 'EMAIL' ? linkTemplateOf(pool) : undefined
  const template = await customMessage(ctx, pool, sending, byLink ?? templateOf(pool, kind))
  const values = { code, username, link: linkOf(ctx, pool, sending) }
  if (medium === 'SMS') {
    await sendSms(ctx, pool, { phoneNumber: address, message: filled(template.sms, values) })
    return
  }
  await sendMail(ctx, pool, {
    to: address,
    subject: template.subject,
    body: filled(template.email, values),
  })
}

/** Where a new account is confirmed by a click; undefined for pools without a domain. */
function linkOf(ctx: Context, pool: Pool, { user, client, code }: Sending): string | undefined {
  const domain = domains.first(ctx, 'pool', pool.id)
  if (domain === undefined || client === undefined) return undefined
  const host = domain.certificateArn === undefined ? domain.host : domain.domain
  const query = new URLSearchParams({
    client_id: client.id,
    user_name: user.username,
    confirmation_code: code,
  })
  return `https://${host}/confirmUser?${query}`
}

/** Forgets a code that has done its work. */
export function forgetCode(ctx: Context, { poolId, key }: User, purpose: CodePurpose): void {
  codes.delete(ctx, orderedKey(poolId, key, purpose))
}
