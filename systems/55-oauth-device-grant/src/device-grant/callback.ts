import type { ALBResult } from '../alb/event.ts'
import { cookieOf, type Request } from '../alb/request.ts'
import { cookie, notAllowed } from '../alb/responses.ts'
import { note } from './audit.ts'
import { clientWithId, isSame } from './clients.ts'
import { approvalCookie, pageOf } from './device-page.ts'
import { askForTokens, callbackUrl, subjectOf, tokensOf } from './login.ts'
import { outcome } from './phone-pages.ts'
import { authorize, type DeviceRequest, giveBack, requestOf } from './requests.ts'
import { seal } from './sealed-tokens.ts'

const gone = cookie(approvalCookie, '', { maxAge: 0, sameSite: 'Lax' })

/** `GET /callback`: Cognito's code becomes tokens here and now, since it lives five minutes and devices are slow. */
export async function answerCallback(request: Request): Promise<ALBResult> {
  if (request.method !== 'GET') return notAllowed
  const { query } = request
  const state = query.get('state') ?? ''
  // Without the cookie another browser began this: its owner would be linked to a device that is not theirs.
  const began = cookieOf(request, approvalCookie)
  const found = began !== undefined && isSame(began, state) ? await approvalOf(state) : undefined
  if (found === undefined) {
    const text = 'This approval did not begin in this browser, or it has ended.'
    return outcome({ status: 400, title: 'Nothing was approved', text, again: '/device' })
  }
  const code = query.get('code')
  if (code === null || found.Max_expiry <= Date.now()) return await undecided(found, 400)
  return await exchange(found, code)
}

async function approvalOf(state: string): Promise<DeviceRequest | undefined> {
  const found = await requestOf(state.slice(0, state.indexOf('.')))
  const isOpen = found?.Status === 'approving' && found.AuthZ_State !== undefined
  return isOpen && isSame(found.AuthZ_State ?? '', state) ? found : undefined
}

async function exchange(found: DeviceRequest, code: string): Promise<ALBResult> {
  const client = clientWithId(found.Client_id)
  if (client === undefined) return await undecided(found, 400)
  const answer = await askForTokens(client, {
    grant_type: 'authorization_code',
    client_id: client.id,
    code,
    redirect_uri: callbackUrl,
    code_verifier: found.AuthZ_Verifier_code ?? '',
  })
  const tokens = tokensOf(answer)
  if (tokens === undefined) return await undecided(found, answer.status === 400 ? 400 : 503)
  // Who signed in on the way may be somebody else than the one who decided.
  if (subjectOf(tokens) !== found.Subject) return await undecided(found, 403)
  const purpose = { request: found.Device_code, client: client.id }
  const sealed = await seal(JSON.stringify(tokens), purpose)
  if (!(await authorize(found, sealed))) return await undecided(found, 400)
  note('authorized', found)
  const text = `${client.title} is yours in a moment. You can put the phone away.`
  return outcome({ good: true, title: 'Success', text, cookie: gone })
}

/** What did not come to its end is undone: the request waits, and its owner can decide once more. */
async function undecided(found: DeviceRequest, status: number): Promise<ALBResult> {
  await giveBack(found)
  note('given back', found)
  const reasons: Readonly<Record<number, string>> = {
    403: 'You signed in as somebody else on the way.',
    503: 'The login did not answer.',
  }
  return outcome({
    status,
    title: 'Not yet',
    text: `${reasons[status] ?? 'The login took too long.'} The device still waits.`,
    again: pageOf(found),
    cookie: gone,
  })
}
