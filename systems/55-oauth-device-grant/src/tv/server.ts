import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'

function env(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`${name} is not set`)
  return value
}

export const baseUrl = env('BASE_URL')
const [loginUrl, clientId, SecretId] = [
  env('LOGIN_URL'),
  env('CLIENT_ID'),
  env('CLIENT_SECRET_ARN'),
]
const secretsManager = new SecretsManagerClient({})
let secret: string | undefined

async function basic(): Promise<string> {
  if (secret === undefined) {
    const { SecretString = '' } = await secretsManager.send(new GetSecretValueCommand({ SecretId }))
    secret = SecretString
  }
  return `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`
}

export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** Asks the authorization server over the internet, as a television does. */
export async function ask(path: string, form: Readonly<Record<string, string>>): Promise<Answer> {
  const answer = await fetch(`${baseUrl}${path}`, {
    method: 'POST',
    headers: {
      authorization: await basic(),
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ client_id: clientId, ...form }).toString(),
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

/** Whose television it is; undefined where the token is no longer good. */
export async function ownerOf(accessToken: string): Promise<string | undefined> {
  const answer = await fetch(`${loginUrl}/oauth2/userInfo`, {
    headers: { authorization: `Bearer ${accessToken}` },
  })
  if (!answer.ok) return undefined
  const { email, username } = (await answer.json()) as Record<string, unknown>
  return String(email ?? username)
}
