import type { ALBResult } from '../alb/event.ts'
import type { Request } from '../alb/request.ts'
import { json, notAllowed, refusal } from '../alb/responses.ts'
import { note } from './audit.ts'
import { authenticatedClient } from './clients.ts'
import { drawCode, shownUserCode } from './codes.ts'
import { askForTokens, forDevices, type Tokens } from './login.ts'
import { consume, type DeviceRequest, digestOf, keep, mayAsk, requestOf } from './requests.ts'
import { unseal } from './sealed-tokens.ts'
import { type DeviceClient, settings } from './settings.ts'

export const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code'

/** How long an item is there after its codes have ended, ms: until then a device is told that they ended. */
const rememberedMs = 86_400_000

const drawsMax = 3

/**
 * `POST /device_authorization` and `POST /token`. Parameters come as a form (RFC 8628), or in the address, as the post
 * has them; there, `/token` without a grant type begins.
 */
export async function answerDevice(request: Request): Promise<ALBResult> {
  const { form, query, path, method } = request
  const parameters = form.size > 0 ? form : query
  const isDoubled = [...parameters.keys()].some((name) => parameters.getAll(name).length > 1)
  if (method !== 'POST' || (form.size > 0 && query.size > 0)) return notAllowed
  const [clientId, grantType] = [parameters.get('client_id'), parameters.get('grant_type')]
  const begins = path === '/device_authorization' || grantType === null
  if ((clientId === null && form.size === 0) || (begins && parameters.has('device_code'))) {
    return notAllowed
  }
  const client = await authenticatedClient(request, clientId)
  if (client === undefined) {
    const challenge = { 'www-authenticate': 'Basic realm="devices", charset="UTF-8"' }
    return json(401, { error: 'invalid_client' }, challenge)
  }
  if (isDoubled) return refusal('invalid_request')
  if (begins) return await begin(request, client, parameters.get('scope') ?? 'openid')
  if (grantType === 'refresh_token') return await refresh(client, parameters.get('refresh_token'))
  if (grantType !== deviceCodeGrant) return refusal('unsupported_grant_type')
  const deviceCode = parameters.get('device_code')
  if (deviceCode === null) return refusal('invalid_request')
  return await poll(client, deviceCode)
}

async function begin(
  { headers }: Request,
  client: DeviceClient,
  scope: string,
): Promise<ALBResult> {
  if (scope !== 'openid') return refusal('invalid_scope')
  const nowMs = Date.now()
  const expiryMs = nowMs + settings.codeExpirationMs
  for (let draw = 0; draw < drawsMax; draw += 1) {
    const deviceCode = drawCode(settings.deviceCode.format, settings.deviceCode.length)
    const userCode = drawCode(settings.userCode.format, settings.userCode.length)
    const isKept = await keep({
      Device_code: digestOf(deviceCode),
      User_code: userCode,
      Status: 'pending',
      Client_id: client.id,
      Scope: scope,
      Max_expiry: expiryMs,
      Next_check: nowMs,
      Interval: settings.intervalSeconds,
      // The last one is the balancer's own word; those before it are the client's.
      Asked_from: headers['x-forwarded-for']?.split(/,\s*/).at(-1) ?? 'unknown',
      Asked_at: nowMs,
      Expires_at: Math.ceil((expiryMs + rememberedMs) / 1000),
    })
    if (!isKept) continue
    const shown = shownUserCode(userCode)
    const page = `${settings.baseUrl}/device`
    return json(200, {
      device_code: deviceCode,
      user_code: userCode,
      verification_uri: page,
      verification_uri_complete: `${page}?user_code=${shown}`,
      interval: settings.intervalSeconds,
      expires_in: settings.codeExpirationMs / 1000,
    })
  }
  throw new Error('three user codes in a row were taken')
}

async function poll(client: DeviceClient, deviceCode: string): Promise<ALBResult> {
  const nowMs = Date.now()
  const found = await requestOf(digestOf(deviceCode))
  if (found === undefined) return refusal('invalid_grant')
  if (found.Client_id !== client.id || found.Max_expiry <= nowMs) return refusal('expired_token')
  if (!(await mayAsk(found, nowMs))) return refusal('slow_down')
  switch (found.Status) {
    case 'pending':
    case 'approving':
      return refusal('authorization_pending')
    case 'denied':
      return refusal('access_denied')
    case 'consumed':
      return refusal('expired_token')
    case 'authorized':
      return await handOver(found)
  }
}

/** Tokens are read before they are given up, so that a fault leaves them for the next question. */
async function handOver(found: DeviceRequest): Promise<ALBResult> {
  const { Tokens: sealed, Device_code: request, Client_id: client } = found
  if (sealed === undefined) throw new Error('a request was authorized without tokens')
  const tokens = JSON.parse(await unseal(sealed, { request, client })) as Tokens // Sealed by us.
  if (!(await consume(found))) return refusal('expired_token')
  note('handed over', found)
  return json(200, forDevices(tokens))
}

/** Devices may refresh at Cognito too; who knows this server only, does it here. */
async function refresh(client: DeviceClient, refreshToken: string | null): Promise<ALBResult> {
  if (refreshToken === null) return refusal('invalid_request')
  const form = { grant_type: 'refresh_token', client_id: client.id, refresh_token: refreshToken }
  const { status, body } = await askForTokens(client, form)
  if (status === 200) {
    const { id_token: idToken, ...rest } = body
    return json(200, settings.tokenSet.includes('ID') ? { ...rest, id_token: idToken } : rest)
  }
  return status === 400 ? json(400, body) : json(503, { error: 'temporarily_unavailable' })
}

/** What clients find out by themselves (RFC 8414). */
export function metadata({ method }: Request): ALBResult {
  if (method !== 'GET') return notAllowed
  const { baseUrl } = settings
  return json(200, {
    issuer: baseUrl,
    device_authorization_endpoint: `${baseUrl}/device_authorization`,
    token_endpoint: `${baseUrl}/token`,
    token_endpoint_auth_methods_supported: ['client_secret_basic'],
    grant_types_supported: [deviceCodeGrant, 'refresh_token'],
    response_types_supported: [],
    scopes_supported: ['openid'],
  })
}
