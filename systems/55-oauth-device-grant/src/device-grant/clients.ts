import { createHash, timingSafeEqual } from 'node:crypto'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { Request } from '../alb/request.ts'
import { type DeviceClient, settings } from './settings.ts'

const secretsManager = new SecretsManagerClient({})

/** How long a secret is taken from memory, ms. After a rotation the old one counts as long. */
const keptMs = 300_000

const kept = new Map<string, { readonly secret: string; readonly untilMs: number }>()

export async function secretOf({ secretArn }: DeviceClient): Promise<string> {
  const known = kept.get(secretArn)
  if (known !== undefined && Date.now() < known.untilMs) return known.secret
  const { SecretString } = await secretsManager.send(
    new GetSecretValueCommand({ SecretId: secretArn }),
  )
  if (SecretString === undefined) throw new Error(`${secretArn} holds no text`)
  kept.set(secretArn, { secret: SecretString, untilMs: Date.now() + keptMs })
  return SecretString
}

export function clientWithId(id: string): DeviceClient | undefined {
  return settings.clients.find((client) => client.id === id)
}

/** Who asks, by `Authorization: Basic`; what the request says besides must be the same. Undefined: nobody we know. */
export async function authenticatedClient(
  { headers }: Request,
  statedId: string | null,
): Promise<DeviceClient | undefined> {
  const given = /^basic +([A-Za-z0-9+/]+=*)\s*$/i.exec(headers['authorization'] ?? '')?.[1] ?? ''
  const text = Buffer.from(given, 'base64').toString()
  const at = text.indexOf(':')
  if (at === -1) return undefined
  const [id, secret] = [text.slice(0, at), text.slice(at + 1)].map(formDecoded)
  const client = clientWithId(id ?? '')
  if (client === undefined || (statedId !== null && statedId !== id)) return undefined
  return isSame(secret ?? '', await secretOf(client)) ? client : undefined
}

/** Ids and secrets are form-encoded before they are put together (RFC 6749, section 2.3.1). */
function formDecoded(text: string): string {
  return new URLSearchParams(`v=${text}`).get('v') ?? ''
}

/** Takes as long for wrong texts as for right ones. */
export function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
