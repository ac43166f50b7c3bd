/** An app client of devices. Its secret is in Secrets Manager. */
export interface DeviceClient {
  readonly id: string
  readonly title: string
  readonly secretArn: string
}

function env(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`${name} is not set`)
  return value
}

function count(name: string): number {
  const value = Number(env(name))
  if (!Number.isInteger(value) || value < 0) throw new Error(`${name} must be a whole number`)
  return value
}

/** Kinds of tokens that devices may be given. */
export type TokenKind = 'ID' | 'ACCESS' | 'REFRESH'

function tokenSet(): readonly TokenKind[] {
  return env('RESULT_TOKEN_SET')
    .split('+')
    .map((kind) => {
      if (kind === 'ID' || kind === 'ACCESS' || kind === 'REFRESH') return kind
      throw new Error(`RESULT_TOKEN_SET takes ID, ACCESS, REFRESH, joined by +, not '${kind}'`)
    })
}

export const settings = {
  baseUrl: env('BASE_URL'),
  loginUrl: env('LOGIN_URL'),
  poolIssuer: env('POOL_ISSUER'),
  balancerArn: env('BALANCER_ARN'),
  balancerClientId: env('BALANCER_CLIENT_ID'),
  table: env('REQUESTS_TABLE'),
  keyId: env('TOKEN_KEY_ID'),
  // Written by the app that deploys this function.
  clients: JSON.parse(env('DEVICE_CLIENTS')) as readonly DeviceClient[],
  codeExpirationMs: count('CODE_EXPIRATION') * 1000,
  deviceCode: { format: env('DEVICE_CODE_FORMAT'), length: count('DEVICE_CODE_LENGTH') },
  userCode: { format: env('USER_CODE_FORMAT'), length: count('USER_CODE_LENGTH') },
  intervalSeconds: count('POLLING_INTERVAL'),
  tokenSet: tokenSet(),
  guessesMax: count('GUESSES_MAX'),
} as const
