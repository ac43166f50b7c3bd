import type { ALBEvent, ALBResult } from '../alb/event.ts'
import { type Request, requestOf } from '../alb/request.ts'
import { notAllowed, seeOther } from '../alb/responses.ts'
import { memoryOf, remember, type Waiting } from './memory.ts'
import { showCode, start, welcome } from './screens.ts'
import { ask, baseUrl, ownerOf } from './server.ts'

const grantType = 'urn:ietf:params:oauth:grant-type:device_code'

/** What a device says when its question was not answered with tokens (RFC 8628, section 3.5). */
const ends: Readonly<Record<string, string>> = {
  access_denied: 'That was denied.',
  expired_token: 'The code has expired.',
}

const forgotten = remember({}, 0)
const home = () => seeOther('/tv', { 'set-cookie': forgotten })

/** A television: it asks for codes, shows them, and asks for tokens until there are some. */
export async function handler(event: ALBEvent): Promise<ALBResult> {
  const request = requestOf(event)
  if (request.method === 'POST') return await press(request)
  if (request.method !== 'GET') return notAllowed
  const { waiting, accessToken } = memoryOf(request)
  if (accessToken !== undefined) {
    const owner = await ownerOf(accessToken)
    return owner === undefined ? home() : welcome(owner)
  }
  return waiting === undefined ? start() : await poll(waiting)
}

async function press({ form, headers }: Request): Promise<ALBResult> {
  if ((headers['origin'] ?? baseUrl) !== baseUrl) return notAllowed
  if (form.get('action') === 'sign-out') return home()
  const { status, body } = await ask('/device_authorization', { scope: 'openid' })
  if (status !== 200) return start('The service does not answer.')
  const waiting: Waiting = {
    deviceCode: String(body['device_code']),
    userCode: String(body['user_code']),
    address: String(body['verification_uri_complete']),
    interval: Number(body['interval']),
    untilMs: Date.now() + Number(body['expires_in']) * 1000,
  }
  return seeOther('/tv', { 'set-cookie': kept(waiting) })
}

function kept(waiting: Waiting): string {
  return remember({ waiting }, Math.ceil((waiting.untilMs - Date.now()) / 1000) + 60)
}

async function poll(waiting: Waiting): Promise<ALBResult> {
  const form = { grant_type: grantType, device_code: waiting.deviceCode }
  const { status, body } = await ask('/token', form)
  if (status === 200) {
    const memory = { accessToken: String(body['access_token']) }
    return seeOther('/tv', { 'set-cookie': remember(memory, Number(body['expires_in'])) })
  }
  const error = String(body['error'])
  if (error === 'authorization_pending' || error === 'slow_down') {
    const slower = error === 'slow_down' ? 5 : 0
    const next = { ...waiting, interval: waiting.interval + slower }
    // A second more than it must: a clock that is early is told to slow down.
    return showCode(next, next.interval + 1, kept(next))
  }
  // What failed otherwise is asked again.
  if (status >= 500) return showCode(waiting, waiting.interval + 1, kept(waiting))
  const shown = start(ends[error] ?? 'That did not work.')
  return { ...shown, headers: { ...shown.headers, 'set-cookie': forgotten } }
}
