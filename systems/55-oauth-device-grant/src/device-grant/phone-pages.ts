import type { ALBResult } from '../alb/event.ts'
import { html, type Markup } from '../pages/markup.ts'
import { page } from '../pages/page.ts'
import { clientWithId } from './clients.ts'
import { shownUserCode } from './codes.ts'
import type { Person } from './person.ts'
import type { DeviceRequest } from './requests.ts'
import { settings } from './settings.ts'

const signedInAs = ({ name }: Person): Markup => html`Signed in as ${name}.`

/** The name of the form's field, and the cookie that has the same value. */
export const csrfField = 'csrf'

interface Asking {
  readonly problem?: string
  readonly typed?: string
  readonly status?: number
}

/** Which code the device shows. */
export function askForCode(
  person: Person,
  { problem, typed = '', status = 200 }: Asking = {},
): ALBResult {
  return page({
    title: 'Connect a device',
    status,
    footer: signedInAs(person),
    content: html`<h1>Connect a device</h1>
${problem !== undefined && html`<p class="problem" id="problem" role="alert">${problem}</p>`}
<form method="get" action="/device">
<label for="user_code">The code on its screen</label>
<input type="text" id="user_code" name="user_code" value="${typed}" required maxlength="40"
 autocomplete="off" autocapitalize="characters" spellcheck="false" autofocus${problem !== undefined && html` aria-describedby="problem"`}>
<div class="buttons"><button>Continue</button></div>
</form>`,
  })
}

/** What is asked for, by whom, from where; and the two buttons. */
export function askForDecision(
  person: Person,
  request: DeviceRequest,
  csrf: string,
  cookie: string,
): ALBResult {
  const device = clientWithId(request.Client_id)?.title ?? 'An unknown device'
  return page({
    title: 'Allow this device?',
    footer: signedInAs(person),
    leadsTo: settings.loginUrl,
    cookie,
    content: html`<h1>Allow ${device} to use your account?</h1>
<dl>
<dt>Code</dt><dd class="code">${shownUserCode(request.User_code)}</dd>
<dt>It may</dt><dd>${request.Scope.split(' ').map(scopeInWords).join(', ')}</dd>
<dt>Asked from</dt><dd>${request.Asked_from}</dd>
<dt>Asked at</dt><dd>${new Date(request.Asked_at).toISOString().slice(0, 16).replace('T', ' ')} UTC</dd>
</dl>
<p>Go on only if you have this device before you and it shows this code. Nobody should have sent it to you.</p>
<form method="post" action="/device">
<input type="hidden" name="user_code" value="${request.User_code}">
<input type="hidden" name="${csrfField}" value="${csrf}">
<div class="buttons">
<button name="decision" value="authorize">Authorize</button>
<button name="decision" value="deny" class="second">Deny</button>
</div>
</form>`,
  })
}

function scopeInWords(scope: string): string {
  return scope === 'openid' ? 'know who you are' : scope
}

interface Outcome {
  readonly status?: number
  readonly good?: boolean
  readonly title: string
  readonly text: string
  readonly again?: string
  readonly cookie?: string
}

/** How it ended. */
export function outcome({
  status = 200,
  good = false,
  title,
  text,
  again,
  cookie,
}: Outcome): ALBResult {
  return page({
    title,
    status,
    ...(cookie === undefined ? {} : { cookie }),
    content: html`<span class="mark${!good && ' no'}" aria-hidden="true">${good ? '✓' : '✕'}</span>
<h1>${title}</h1>
<p>${text}</p>
${again !== undefined && html`<p><a href="${again}">Try once more</a></p>`}`,
  })
}
