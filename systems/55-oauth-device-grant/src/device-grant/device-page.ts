import { randomBytes } from 'node:crypto'
import type { ALBResult } from '../alb/event.ts'
import { cookieOf, type Request } from '../alb/request.ts'
import { cookie, notAllowed, seeOther } from '../alb/responses.ts'
import { note } from './audit.ts'
import { clientWithId, isSame } from './clients.ts'
import { drawCode, shownUserCode, typedUserCode } from './codes.ts'
import { authorizeUrl } from './login.ts'
import { type Person, personOf } from './person.ts'
import { askForCode, askForDecision, csrfField, outcome } from './phone-pages.ts'
import {
  beginApproval,
  type DeviceRequest,
  deny,
  mayGuess,
  notGuessed,
  requestOfUserCode,
} from './requests.ts'
import { settings } from './settings.ts'

const csrfCookie = '__Host-csrf'
/** The state of an approval, in the browser that began it and in no other. */
export const approvalCookie = '__Host-approval'

/** Seconds that a browser may be at the login on its way back. */
const approvalSeconds = 900

/** `/device`: the balancer lets nobody through who has not signed in. An address alone decides nothing: it fills in. */
export async function answerPerson(request: Request): Promise<ALBResult> {
  const person = await personOf(request)
  // Whoever came past the balancer, or could write its headers, is sent to where it asks.
  if (person === undefined) return seeOther(`${settings.baseUrl}/device`)
  if (request.method === 'POST') return await decide(request, person)
  if (request.method !== 'GET') return notAllowed
  const typed = request.query.get('user_code') ?? request.query.get('code') ?? ''
  if (typed === '') return askForCode(person)
  const found = await findRequest(person, typed)
  if ('statusCode' in found) return found
  const csrf = cookieOf(request, csrfCookie) ?? randomBytes(24).toString('base64url')
  const kept = cookie(csrfCookie, csrf, { maxAge: 3600, sameSite: 'Strict' })
  return askForDecision(person, found, csrf, kept)
}

/** The request that someone typed the code of, if it waits for a decision. */
async function findRequest(person: Person, typed: string): Promise<DeviceRequest | ALBResult> {
  const nowMs = Date.now()
  if (!(await mayGuess(person.subject, nowMs))) {
    const minutes = Math.ceil(settings.codeExpirationMs / 60_000)
    const problem = `Too many codes were wrong. Wait ${minutes} minutes, then have the device show a new one.`
    return askForCode(person, { problem, status: 429 })
  }
  const found = await requestOfUserCode(typedUserCode(typed, settings.userCode.format))
  if (found === undefined) {
    return askForCode(person, { problem: 'No device shows this code.', typed, status: 400 })
  }
  await notGuessed(person.subject)
  if (found.Max_expiry <= nowMs) return ended('This code has expired')
  const isOpen =
    found.Status === 'pending' || (found.Status === 'approving' && found.Subject === person.subject)
  return isOpen ? found : ended('This code was used already')
}

function ended(title: string): ALBResult {
  const text = 'Have the device show a new one.'
  return outcome({ status: 400, title, text, again: '/device' })
}

async function decide(request: Request, person: Person): Promise<ALBResult> {
  const { form, headers } = request
  const kept = cookieOf(request, csrfCookie)
  const given = form.get(csrfField)
  const isOwn =
    kept !== undefined &&
    given !== null &&
    isSame(kept, given) &&
    (headers['origin'] ?? settings.baseUrl) === settings.baseUrl
  if (!isOwn) {
    const text = 'It did not come from this page. Nothing was decided.'
    return outcome({ status: 403, title: 'That was not you', text, again: '/device' })
  }
  const decision = form.get('decision')
  if (decision !== 'authorize' && decision !== 'deny') return notAllowed
  const found = await findRequest(person, form.get('user_code') ?? '')
  if ('statusCode' in found) return found
  return decision === 'deny' ? await refuse(found, person) : await approve(found, person)
}

async function refuse(found: DeviceRequest, { subject }: Person): Promise<ALBResult> {
  if (!(await deny(found, { subject, nowMs: Date.now() })))
    return ended('This code was used already')
  note('denied', { ...found, Subject: subject })
  const device = clientWithId(found.Client_id)?.title ?? 'The device'
  return outcome({
    title: 'Denied',
    text: `${device} gets nothing, and says so the next time it asks.`,
  })
}

/** On to Cognito, which gives a code for the device: at once, where the person signed in there within the hour. */
async function approve(found: DeviceRequest, { subject }: Person): Promise<ALBResult> {
  const client = clientWithId(found.Client_id)
  if (client === undefined) return ended('This device is not known any more')
  const way = {
    state: `${found.Device_code}.${drawCode('#aA', 32)}`,
    verifier: drawCode('#aA', 64),
  }
  if (!(await beginApproval(found, { subject, nowMs: Date.now() }, way))) {
    return ended('This code was used already')
  }
  note('approving', { ...found, Subject: subject })
  const own = cookie(approvalCookie, way.state, { maxAge: approvalSeconds, sameSite: 'Lax' })
  return seeOther(authorizeUrl(client, found.Scope, way), { 'set-cookie': own })
}

/** Where someone goes to decide once more. */
export function pageOf({ User_code }: DeviceRequest): string {
  return `/device?user_code=${shownUserCode(User_code)}`
}
