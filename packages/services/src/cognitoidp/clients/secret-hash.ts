import { createHmac, timingSafeEqual } from 'node:crypto'
import { notAuthorized } from '../errors.ts'
import type { Client } from './state.ts'

/** `SECRET_HASH` of a client's secret. Source: "Signing up and confirming user accounts", computing secret hash values. */
export function secretHash(
  client: Pick<Client, 'id'>,
  clientSecret: string,
  username: string,
): string {
  return createHmac('sha256', clientSecret).update(username).update(client.id).digest('base64')
}

/** A client with a secret has to prove that it knows it, for one of the names that the user goes by. */
export function checkSecretHash(
  client: Client,
  names: readonly string[],
  given: string | undefined,
): void {
  if (client.secrets.length === 0) {
    if (given === undefined) return
    throw notAuthorized(`Unable to verify secret hash for client ${client.id}`)
  }
  if (given === undefined) {
    throw notAuthorized(
      `Client ${client.id} is configured with secret but SECRET_HASH was not received`,
    )
  }
  const isOf = ({ clientSecret }: { readonly clientSecret: string }) =>
    names.some((name) => isSame(secretHash(client, clientSecret, name), given))
  if (!client.secrets.some(isOf)) {
    throw notAuthorized(`Unable to verify secret hash for client ${client.id}`)
  }
}

/** As `checkSecretHash`, by the secret itself: GetTokensFromRefreshToken, RevokeToken, the token endpoint. */
export function isClientSecret(client: Client, given: string | undefined): boolean {
  if (client.secrets.length === 0) return given === undefined
  return client.secrets.some(({ clientSecret }) => isSame(clientSecret, given ?? ''))
}

function isSame(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}
