import { spawnSync } from 'node:child_process'
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { client } from '@cloud-orrery/cloud'
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'
import {
  howToPrepare,
  layerOf,
  makeFunction,
  type Place,
  place,
  preparedPath,
  pythonRuntimeOf,
  returnedBy,
} from './strangers.test-support.ts'

/** Libraries that verify a user pool's tokens, unmodified, in functions: they fetch its keys by their true name. */

async function people({ cloud }: Place) {
  const idp = client(cloud, CognitoIdentityProviderClient)
  const { UserPool } = await idp.send(new CreateUserPoolCommand({ PoolName: 'people' }))
  const UserPoolId = UserPool?.Id ?? ''
  const { UserPoolClient } = await idp.send(
    new CreateUserPoolClientCommand({
      ...{
        UserPoolId,
        ClientName: 'app',
        ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      },
    }),
  )
  const ClientId = UserPoolClient?.ClientId ?? ''
  const user = { UserPoolId, Username: 'ana' }
  await idp.send(new AdminCreateUserCommand({ ...user, MessageAction: 'SUPPRESS' }))
  const Password = 'Correct-horse-1'
  await idp.send(new AdminSetUserPasswordCommand({ ...user, Password, Permanent: true }))
  const { AuthenticationResult } = await idp.send(
    new InitiateAuthCommand({
      ...{ ClientId, AuthFlow: 'USER_PASSWORD_AUTH' },
      AuthParameters: { USERNAME: 'ana', PASSWORD: Password },
    }),
  )
  const { AccessToken = '', IdToken = '' } = AuthenticationResult ?? {}
  return { UserPoolId, ClientId, AccessToken, IdToken }
}

/** What each of the tokens is found to be: right, of another use, changed, for another app, an hour later. */
async function judged(at: Place, made: Awaited<ReturnType<typeof people>>) {
  const { AccessToken, IdToken, ClientId } = made
  const ask = (token: string, use = 'access', clientId = ClientId) =>
    returnedBy(at, 'fn', { token, use, clientId })
  const [head = '', claims = ''] = AccessToken.split('.')
  const before = {
    access: await ask(AccessToken),
    id: await ask(IdToken, 'id'),
    idForAccess: await ask(IdToken),
    changed: await ask(`${head}.${claims}.${IdToken.split('.')[2]}`),
    otherApp: await ask(AccessToken, 'access', 'another'),
  }
  await at.cloud.advance({ hours: 1 })
  return { ...before, late: await ask(AccessToken) }
}

test('aws-jwt-verify in a Node function', async () => {
  const at = await place()
  const made = await people(at)
  const contents = `
    import { CognitoJwtVerifier } from 'aws-jwt-verify'
    const verifier = CognitoJwtVerifier.create({ userPoolId: process.env.POOL })
    export const handler = async ({ token, use, clientId }) => {
      try {
        const claims = await verifier.verify(token, { tokenUse: use, clientId })
        return claims['cognito:username'] ?? claims.username
      } catch (error) { return error.constructor.name }
    }`
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    ...{ bundle: true, write: false, platform: 'node', target: 'node22', format: 'cjs' },
  })
  await makeFunction(at, 'fn', {
    files: { 'index.js': outputFiles[0]?.text ?? '' },
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Environment: { Variables: { POOL: made.UserPoolId } },
  })
  expect(await judged(at, made)).toEqual({
    access: 'ana',
    id: 'ana',
    idForAccess: 'CognitoJwtInvalidTokenUseError',
    changed: 'JwtInvalidSignatureError',
    otherApp: 'CognitoJwtInvalidClientIdError',
    late: 'JwtExpiredError',
  })
})

const packages = preparedPath('python.zip')
const script = `
import sys, zipfile
assert 'python/jwt/__init__.py' in zipfile.ZipFile(sys.argv[1]).namelist()
print("%d.%d" % sys.version_info[:2])`
const python = spawnSync('python3', ['-c', script, packages ?? ''], { encoding: 'utf8' })

describe.skipIf(python.status !== 0)(`PyJWT in a Python function (${howToPrepare})`, () => {
  test('fetches the keys and verifies', { timeout: 120_000 }, async () => {
    const at = await place()
    const made = await people(at)
    await makeFunction(at, 'fn', {
      Runtime: pythonRuntimeOf(python.stdout.trim()),
      Handler: 'index.handler',
      Layers: [await layerOf(at, packages ?? '')],
      Environment: { Variables: { POOL: made.UserPoolId } },
      files: {
        'index.py': `
import os, jwt
issuer = "https://cognito-idp.us-east-1.amazonaws.com/" + os.environ["POOL"]
keys = jwt.PyJWKClient(issuer + "/.well-known/jwks.json")

def handler(event, context):
    try:
        key = keys.get_signing_key_from_jwt(event["token"]).key
        audience = event["clientId"] if event["use"] == "id" else None
        claims = jwt.decode(event["token"], key, algorithms=["RS256"], issuer=issuer, audience=audience,
                            options={"verify_aud": audience is not None})
        if claims["token_use"] != event["use"]:
            return "use"
        if event["use"] == "access" and claims["client_id"] != event["clientId"]:
            return "client"
        return claims.get("cognito:username", claims.get("username"))
    except jwt.InvalidTokenError as error:
        return type(error).__name__
`,
      },
    })
    expect(await judged(at, made)).toEqual({
      access: 'ana',
      id: 'ana',
      idForAccess: 'use',
      changed: 'InvalidSignatureError',
      otherApp: 'client',
      late: 'ExpiredSignatureError',
    })
  })
})
