import {
  AdminInitiateAuth,
  AdminRespondToAuthChallenge,
  GetTokensFromRefreshToken,
  InitiateAuth,
  type InitiateAuthResponse,
  RespondToAuthChallenge,
} from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { checkSecretHash, isClientSecret } from '../clients/secret-hash.ts'
import type { Client } from '../clients/state.ts'
import { invalidParameter, notAuthorized } from '../errors.ts'
import { byAnyone, clientOf, clientOfPool, onPool, poolOf, scopeOfClient } from '../pools/lookup.ts'
import { authenticationResult, issueTokens, selfServiceScope } from '../tokens/issue.ts'
import { checkFlow, initiate } from './initiate.ts'
import { countSignIn } from './metrics.ts'
import type { Outcome, SignIn } from './outcome.ts'
import { refresh, rotates, sessionOfRefreshToken } from './refresh.ts'
import { respond } from './respond.ts'
import { neededOf } from './srp-flow.ts'

type Texts = Readonly<Record<string, string>>

const tokensOnly = ['AuthenticationResult'] as const

export const initiateAuth = operation(InitiateAuth, {
  scope: scopeOfClient,
  authorize: byAnyone,
  provenance: 'modelled',
  refuses: ['Session'],
  secretOutput: tokensOnly,
  async run(ctx, { ClientId, AuthFlow, AuthParameters = {}, ClientMetadata }) {
    const client = clientOf(ctx, ClientId)
    const asked = { ctx, client, flow: AuthFlow, isAdmin: false, clientMetadata: ClientMetadata }
    return await begin(asked, AuthParameters)
  },
})

export const adminInitiateAuth = operation(AdminInitiateAuth, {
  authorize: onPool,
  provenance: 'modelled',
  refuses: ['Session'],
  secretOutput: tokensOnly,
  async run(ctx, { UserPoolId, ClientId, AuthFlow, AuthParameters = {}, ClientMetadata }) {
    const client = clientOfPool(ctx, UserPoolId, ClientId)
    if (AuthFlow === 'USER_PASSWORD_AUTH') {
      throw invalidParameter('Initiate Auth method not supported.')
    }
    const asked = { ctx, client, flow: AuthFlow, isAdmin: true, clientMetadata: ClientMetadata }
    return await begin(asked, AuthParameters)
  },
})

async function begin(
  asked: Omit<SignIn, 'pool'>,
  parameters: Texts,
): Promise<InitiateAuthResponse> {
  const { ctx, client, flow } = asked
  const pool = poolOf(ctx, client.poolId)
  if (flow === 'REFRESH_TOKEN_AUTH' || flow === 'REFRESH_TOKEN') {
    checkFlow(asked)
    if (rotates(client)) {
      throw invalidParameter('Refresh token rotation is enabled: use GetTokensFromRefreshToken.')
    }
    const token = neededOf(parameters, 'REFRESH_TOKEN')
    const { user } = sessionOfRefreshToken(ctx, client, token)
    checkSecretHash(
      client,
      [user.username, user.sub, ...Object.values(user.attributes)],
      parameters['SECRET_HASH'],
    )
    // Source: "Pre token generation Lambda trigger": it gets no metadata of InitiateAuth.
    const AuthenticationResult = await refresh(ctx, client, token, undefined)
    return { ChallengeParameters: {}, AuthenticationResult }
  }
  const signIn = { ...asked, pool }
  return await answered(signIn, undefined, () => initiate(signIn, parameters))
}

export const respondToAuthChallenge = operation(RespondToAuthChallenge, {
  scope: scopeOfClient,
  authorize: byAnyone,
  provenance: 'modelled',
  secretOutput: tokensOnly,
  async run(ctx, { ClientId, ChallengeName, Session, ChallengeResponses = {}, ClientMetadata }) {
    const client = clientOf(ctx, ClientId)
    return await goOn(
      ctx,
      client,
      false,
      ChallengeName,
      Session,
      ChallengeResponses,
      ClientMetadata,
    )
  },
})

export const adminRespondToAuthChallenge = operation(AdminRespondToAuthChallenge, {
  authorize: onPool,
  provenance: 'modelled',
  secretOutput: tokensOnly,
  async run(ctx, input) {
    const { UserPoolId, ClientId, ChallengeName, Session, ChallengeResponses = {} } = input
    const client = clientOfPool(ctx, UserPoolId, ClientId)
    const { ClientMetadata } = input
    return await goOn(ctx, client, true, ChallengeName, Session, ChallengeResponses, ClientMetadata)
  },
})

async function goOn(
  ctx: Context,
  client: Client,
  isAdmin: boolean,
  challenge: string,
  session: string | undefined,
  responses: Texts,
  clientMetadata: Texts | undefined,
): Promise<InitiateAuthResponse> {
  const pool = poolOf(ctx, client.poolId)
  const signIn = { ctx, pool, client, flow: '', isAdmin, clientMetadata }
  return await answered(signIn, clientMetadata, () =>
    respond(signIn, challenge, session, responses),
  )
}

/** A challenge as it is, or the tokens of a sign-in that is complete. */
async function answered(
  { ctx, pool, client }: SignIn,
  clientMetadata: Texts | undefined,
  work: () => Promise<Outcome>,
): Promise<InitiateAuthResponse> {
  const outcome = await countSignIn(ctx, pool, client, work)
  if (outcome.kind === 'challenge') {
    return {
      ChallengeName: outcome.name,
      Session: outcome.session,
      ChallengeParameters: outcome.parameters,
      ...(outcome.available === undefined ? {} : { AvailableChallenges: outcome.available }),
    }
  }
  const { user, generation, deviceKey, newDevice } = outcome
  const issued = await issueTokens(ctx, pool, client, user, {
    generation,
    clientMetadata,
    session: {
      scopes: [selfServiceScope],
      origin: 'api',
      ...(deviceKey === undefined ? {} : { deviceKey }),
    },
  })
  return {
    ChallengeParameters: {},
    AuthenticationResult: {
      ...authenticationResult(issued),
      ...(newDevice === undefined
        ? {}
        : {
            NewDeviceMetadata: {
              DeviceKey: newDevice.deviceKey,
              DeviceGroupKey: newDevice.groupKey,
            },
          }),
    },
  }
}

export const getTokensFromRefreshToken = operation(GetTokensFromRefreshToken, {
  scope: scopeOfClient,
  authorize: byAnyone,
  provenance: 'modelled',
  secretOutput: tokensOnly,
  async run(ctx, { ClientId, RefreshToken, ClientSecret, ClientMetadata }) {
    const client = clientOf(ctx, ClientId)
    if (!isClientSecret(client, ClientSecret)) {
      throw notAuthorized(`Unable to verify secret for client ${client.id}`)
    }
    return { AuthenticationResult: await refresh(ctx, client, RefreshToken, ClientMetadata) }
  },
})
