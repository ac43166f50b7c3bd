import { timingSafeEqual } from 'node:crypto'
import type { HttpOperationOutput } from '../../http-operation.ts'
import { isClientSecret } from '../clients/secret-hash.ts'
import { type Client, clients } from '../clients/state.ts'
import { json } from './answers.ts'
import type { Site } from './site.ts'

/** What a program is told. Source: RFC 6749, 5.2. */
export function oauthError(error: string, description?: string, status = 400): HttpOperationOutput {
  const told = description === undefined ? {} : { error_description: description }
  return json(status, { error, ...told })
}

/**
 * The client that a program says it is, by `client_secret_basic` or `client_secret_post`; public ones by name alone.
 * `status`: of the refusal where it is not that client.
 */
export function authenticatedClient(
  { ctx, input, pool }: Site,
  form: URLSearchParams,
  status = 400,
): Client | HttpOperationOutput {
  const header = input.headers['authorization']
  const basic = header === undefined ? undefined : basicOf(header)
  if (header !== undefined && basic === undefined)
    return oauthError('invalid_client', undefined, status)
  const named = form.get('client_id')
  if (basic !== undefined && named !== null && named !== basic.id) {
    return oauthError('invalid_request')
  }
  const id = basic?.id ?? named
  if (id === null) return oauthError('invalid_request')
  const client = clients.get(ctx, id)
  if (client?.poolId !== pool.id) return oauthError('invalid_client', undefined, status)
  const secret = basic?.secret ?? form.get('client_secret') ?? undefined
  // Seen on AWS: a secret that is wrong or missing.
  const isRight = isClientSecret(client, secret === '' ? undefined : secret)
  return isRight ? client : oauthError('invalid_client', 'invalid_client_secret', status)
}

/** Names and secrets are form-encoded before they are joined. Source: RFC 6749, 2.3.1. */
function basicOf(header: string): { readonly id: string; readonly secret: string } | undefined {
  const text = /^basic +(\S+)$/i.exec(header)?.[1]
  if (text === undefined) return undefined
  const [id = '', ...rest] = Buffer.from(text, 'base64').toString().split(':')
  if (rest.length === 0) return undefined
  try {
    return { id: decodeURIComponent(id), secret: decodeURIComponent(rest.join(':')) }
  } catch {
    return { id, secret: rest.join(':') } // A secret that was not encoded and has a percent sign.
  }
}

export function isSameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
