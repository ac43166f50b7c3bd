import { renderSVG } from 'uqr'
import type { ALBResult } from '../alb/event.ts'
import { shownUserCode } from '../device-grant/codes.ts'
import { html, Markup } from '../pages/markup.ts'
import { page } from '../pages/page.ts'
import type { Waiting } from './memory.ts'

const stations = ['Nobody’s', 'Waits for you', 'Yours'] as const

/** Where in the grant it is. */
function way(current: (typeof stations)[number]): Markup {
  return html`<ol class="way" aria-label="How far it is">${stations.map(
    (name) => html`<li${name === current && html` aria-current="step"`}>${name}</li>`,
  )}</ol>`
}

const button = (action: string, words: string) => html`<form method="post" action="/tv">
<div class="buttons"><button name="action" value="${action}" autofocus>${words}</button></div>
</form>`

/** Nobody is signed in. */
export function start(problem?: string): ALBResult {
  return page({
    title: 'Television',
    kind: 'tv',
    content: html`<h1>Good evening.</h1>
${problem !== undefined && html`<p class="problem" role="alert">${problem}</p>`}
<p>Sign in with your phone: there is nothing to type here.</p>
${button('sign-in', 'Sign in')}
${way('Nobody’s')}`,
  })
}

/** The code, until someone has decided. The browser asks again by itself. */
export function showCode(waiting: Waiting, refresh: number, cookie: string): ALBResult {
  const { address } = waiting
  const userCode = shownUserCode(waiting.userCode)
  const typed = address.replace(/^https:\/\//, '').replace(/\?.*$/, '')
  // Drawn by `uqr` from an address of our own: no text of others comes into it.
  const picture = new Markup(renderSVG(address, { border: 1 }))
  return page({
    title: `Code ${userCode}`,
    kind: 'tv',
    refresh,
    cookie,
    content: html`<h1>Sign in with your phone</h1>
<div class="ask">
<div>
<p>Open <strong>${typed}</strong><br>and type</p>
<p class="code">${userCode}</p>
</div>
<div class="qr" role="img" aria-label="QR code of ${typed} with this code">${picture}</div>
</div>
${way('Waits for you')}`,
  })
}

/** Someone has decided. */
export function welcome(owner: string): ALBResult {
  return page({
    title: 'Welcome',
    kind: 'tv',
    content: html`<span class="mark" aria-hidden="true">✓</span>
<h1>Welcome, ${owner}</h1>
<p>This television is yours. It holds tokens of its own, and never saw your password.</p>
${button('sign-out', 'Sign out')}
${way('Yours')}`,
  })
}
