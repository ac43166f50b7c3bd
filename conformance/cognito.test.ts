import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  SetUserPoolMfaConfigCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { client, createCloud, fetchFromCloud, listen } from '@cloud-orrery/cloud'
import * as srp from 'amazon-cognito-identity-js'
import { Amplify } from 'aws-amplify'
import { fetchAuthSession, fetchUserAttributes, signIn, signOut } from 'aws-amplify/auth'
import { CognitoJwtVerifier } from 'aws-jwt-verify'
import { SimpleJwksCache } from 'aws-jwt-verify/jwk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { totp } from '../packages/services/src/cognitoidp/auth/totp.ts'

const password = 'Correct-horse-1'

/** A cloud on a port, its clock at the wall's time: the libraries of browsers look at their own. */
async function serve() {
  const cloud = createCloud({ clock: { kind: 'real' } })
  const server = await listen(cloud, { port: 0, token: 'x' })
  const idp = client(cloud, CognitoIdentityProviderClient)
  const { UserPool } = await idp.send(
    new CreateUserPoolCommand({
      PoolName: 'people',
      DeviceConfiguration: { ChallengeRequiredOnNewDevice: true },
    }),
  )
  const UserPoolId = UserPool?.Id ?? ''
  const { UserPoolClient } = await idp.send(
    new CreateUserPoolClientCommand({ UserPoolId, ClientName: 'app' }),
  )
  await idp.send(
    new SetUserPoolMfaConfigCommand({
      UserPoolId,
      SoftwareTokenMfaConfiguration: { Enabled: true },
      MfaConfiguration: 'OPTIONAL',
    }),
  )
  const endpoint = server.url
  return { cloud, server, idp, UserPoolId, ClientId: UserPoolClient?.ClientId ?? '', endpoint }
}

let served: Awaited<ReturnType<typeof serve>>

beforeAll(async () => {
  served = await serve()
})

afterAll(async () => {
  await served.server.close()
})

async function newUser(Username: string): Promise<void> {
  const { idp, UserPoolId } = served
  const UserAttributes = [{ Name: 'email', Value: `${Username}@example.com` }]
  const MessageAction = 'SUPPRESS' as const
  await idp.send(
    new AdminCreateUserCommand({ UserPoolId, Username, UserAttributes, MessageAction }),
  )
  await idp.send(
    new AdminSetUserPasswordCommand({ UserPoolId, Username, Password: password, Permanent: true }),
  )
}

/** amazon-cognito-identity-js, its callbacks as promises. */
function browser(Username: string) {
  const { UserPoolId, ClientId, endpoint } = served
  const memory = new Map<string, string>()
  const Storage: srp.ICognitoStorage = {
    setItem: (key, value) => void memory.set(key, value),
    getItem: (key) => memory.get(key) ?? null,
    removeItem: (key) => void memory.delete(key),
    clear: () => memory.clear(),
  }
  const Pool = new srp.CognitoUserPool({ UserPoolId, ClientId, endpoint, Storage })
  const user = new srp.CognitoUser({ Username, Pool, Storage })
  type Step = { session?: srp.CognitoUserSession; challenge?: string }
  const signIn = (Password: string) =>
    new Promise<Step>((resolve, reject) => {
      const details = new srp.AuthenticationDetails({ Username, Password })
      user.authenticateUser(details, {
        onSuccess: (session) => resolve({ session }),
        onFailure: reject,
        totpRequired: (challenge) => resolve({ challenge }),
        newPasswordRequired: () => resolve({ challenge: 'NEW_PASSWORD_REQUIRED' }),
      })
    })
  return { user, signIn }
}

test('amazon-cognito-identity-js: SRP, a device of its own, refresh, authenticator codes, global sign-out', async () => {
  await newUser('ann')
  const { user, signIn } = browser('ann')
  await expect(signIn('Wrong-horse-1')).rejects.toMatchObject({
    code: 'NotAuthorizedException',
    message: 'Incorrect username or password.',
  })
  const { session } = await signIn(password)
  expect(session?.getIdToken().payload['cognito:username']).toBe('ann')
  await new Promise<void>((resolve, reject) => {
    user.setDeviceStatusRemembered({ onSuccess: () => resolve(), onFailure: reject })
  })
  const refreshed = await new Promise<srp.CognitoUserSession>((resolve, reject) => {
    const token = session?.getRefreshToken()
    if (token === undefined) throw new Error('no refresh token')
    user.refreshSession(token, (error, result) => (error ? reject(error) : resolve(result)))
  })
  expect(refreshed.isValid()).toBe(true)

  // The device that it confirmed proves itself the next time: DEVICE_SRP_AUTH.
  const again = await signIn(password)
  expect(again.session?.getAccessToken().payload['device_key']).toMatch(/^us-east-1_/)

  const secret = await new Promise<string>((resolve, reject) => {
    user.associateSoftwareToken({ associateSecretCode: resolve, onFailure: reject })
  })
  await new Promise<unknown>((resolve, reject) => {
    const code = totp(secret, served.cloud.kernel.clock.nowMs)
    user.verifySoftwareToken(code, 'phone', { onSuccess: resolve, onFailure: reject })
  })
  await new Promise<unknown>((resolve, reject) => {
    const settings = { PreferredMfa: true, Enabled: true }
    user.setUserMfaPreference(null, settings, (error, result) =>
      error ? reject(error) : resolve(result),
    )
  })
  const other = browser('ann')
  expect((await other.signIn(password)).challenge).toBe('SOFTWARE_TOKEN_MFA')
  const mfa = await new Promise<srp.CognitoUserSession>((resolve, reject) => {
    const code = totp(secret, served.cloud.kernel.clock.nowMs)
    other.user.sendMFACode(code, { onSuccess: resolve, onFailure: reject }, 'SOFTWARE_TOKEN_MFA')
  })
  expect(mfa.isValid()).toBe(true)
  await new Promise<unknown>((resolve, reject) => {
    other.user.globalSignOut({ onSuccess: resolve, onFailure: reject })
  })
  const revoked = new Promise<unknown>((resolve, reject) => {
    const token = mfa.getRefreshToken()
    user.refreshSession(token, (error, result) => (error ? reject(error) : resolve(result)))
  })
  await expect(revoked).rejects.toMatchObject({ message: 'Refresh Token has been revoked' })
})

test('Amplify signs in by SRP, reads attributes and signs out everywhere; aws-jwt-verify takes the tokens', async () => {
  await newUser('bob')
  const { UserPoolId: userPoolId, ClientId: userPoolClientId, endpoint, cloud } = served
  Amplify.configure({
    Auth: {
      Cognito: { userPoolId, userPoolClientId, userPoolEndpoint: endpoint },
    },
  })
  const { isSignedIn } = await signIn({ username: 'bob', password })
  expect(isSignedIn).toBe(true)
  expect((await fetchUserAttributes()).email).toBe('bob@example.com')
  const { tokens } = await fetchAuthSession()
  const jwksCache = new SimpleJwksCache({
    fetcher: {
      // The key set by its true name, inside the model.
      fetch: async (uri) => await (await fetchFromCloud(cloud, uri, {})).arrayBuffer(),
    },
  })
  const verifier = CognitoJwtVerifier.create(
    { userPoolId, clientId: userPoolClientId, tokenUse: 'id' },
    { jwksCache },
  )
  const claims = await verifier.verify(tokens?.idToken?.toString() ?? '')
  expect(claims['cognito:username']).toBe('bob')
  await expect(verifier.verify(tokens?.accessToken.toString() ?? '')).rejects.toThrow()
  await signOut({ global: true })
  await expect(fetchUserAttributes()).rejects.toThrow()
})
