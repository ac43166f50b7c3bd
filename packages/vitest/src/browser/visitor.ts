import type { FetchOptions } from '@cloud-orrery/cloud'
import { Cookie, CookieJar, getPublicSuffix } from 'tough-cookie'
import type { Aws } from '../aws.ts'
import { type Form, ShownPage } from './shown-page.ts'

/** As browsers have it; source: Fetch standard, "HTTP-redirect fetch": twenty redirects. */
const redirectsMax = 20

const formType = 'application/x-www-form-urlencoded'

export interface VisitorOptions {
  /** Addresses that a redirect leads to and that are not asked for, such as an app's on this machine. */
  readonly stopAt?: (url: URL) => boolean
}

export interface SentForm {
  /** Words of the button that is pressed; default: the first one, as Enter does. */
  readonly button?: string
  /** Which form, by its `id`, or by a part of its action; default: the only one with all the given fields. */
  readonly form?: string
}

/** What a script on the page asks for. */
export interface ScriptRequest extends Pick<FetchOptions, 'method' | 'headers' | 'body'> {
  /** Default `same-origin`: cookies go to the page's own origin alone. */
  readonly credentials?: 'omit' | 'same-origin' | 'include'
}

/** One request, from where it was set off. */
interface Asked {
  readonly method: string
  readonly body?: string | Uint8Array
  readonly headers?: Record<string, string>
  /** The page whose link, form or script set it off; absent: the address was typed in. */
  readonly initiator?: URL
  /** What `sec-fetch-mode` says. */
  readonly mode: 'navigate' | 'cors'
  readonly withCookies: boolean
}

/**
 * A person with a browser that runs no scripts: it keeps cookies by the rules of browsers on model time, follows
 * redirects, fills in forms and sends them. All in the process, so that one seed gives one journal.
 */
export class Visitor {
  readonly #aws: Aws
  readonly #stopAt: (url: URL) => boolean
  readonly #jar = new CookieJar(undefined, { prefixSecurity: 'strict' })
  #page: ShownPage | undefined

  constructor(aws: Aws, options: VisitorOptions = {}) {
    this.#aws = aws
    this.#stopAt = options.stopAt ?? (() => false)
  }

  /** The page that is shown. Throws before the first one. */
  get page(): ShownPage {
    if (this.#page === undefined) throw new Error('No page is open yet: open(url) comes first.')
    return this.#page
  }

  /** Types an address in. */
  open(url: string, headers: Record<string, string> = {}): Promise<ShownPage> {
    return this.#navigate(new URL(url, this.#page?.url), {
      method: 'GET',
      headers,
      mode: 'navigate',
      withCookies: true,
    })
  }

  /** Follows the link with these words. */
  follow(text: string): Promise<ShownPage> {
    return this.#navigate(new URL(this.page.link(text)), {
      method: 'GET',
      initiator: this.page.url,
      mode: 'navigate',
      withCookies: true,
    })
  }

  /** Fills in a form of the page and sends it. A field that no form has is an error: the page may have changed. */
  submit(values: Record<string, string> = {}, how: SentForm = {}): Promise<ShownPage> {
    const form = this.#formFor(values, how)
    const sent = bodyOf(form, values, how.button)
    const url = new URL(form.action)
    const set = { initiator: this.page.url, mode: 'navigate', withCookies: true } as const
    if (form.method === 'GET') {
      url.search = sent.toString()
      return this.#navigate(url, { ...set, method: 'GET' })
    }
    const headers = { 'content-type': formType }
    return this.#navigate(url, { ...set, method: 'POST', headers, body: sent.toString() })
  }

  /** A form that another page, an attacker's, has this browser send. */
  submitFrom(page: string, action: string, values: Record<string, string>): Promise<ShownPage> {
    return this.#navigate(new URL(action), {
      method: 'POST',
      headers: { 'content-type': formType },
      body: new URLSearchParams(values).toString(),
      initiator: new URL(page),
      mode: 'navigate',
      withCookies: true,
    })
  }

  /** What a script on the page would be answered by `fetch`; CORS is the script's to obey. Redirects are not followed. */
  async script(url: string, request: ScriptRequest = {}): Promise<Response> {
    const { method = 'GET', credentials = 'same-origin', body, headers } = request
    const from = this.page.url
    const to = new URL(url, from)
    return await this.#ask(to, {
      method,
      initiator: from,
      mode: 'cors',
      withCookies:
        credentials === 'include' || (credentials === 'same-origin' && to.origin === from.origin),
      ...(body === undefined ? {} : { body }),
      ...(headers === undefined ? {} : { headers }),
    })
  }

  /** Cookies that a request to the address would carry, on a page of the same site. */
  cookies(url: string = this.page.url.href): Cookie[] {
    return this.#cookiesFor(new URL(url), 'strict')
  }

  /** What `document.cookie` says to scripts on the page. */
  get scriptCookies(): string {
    return this.cookies()
      .filter(({ httpOnly }) => !httpOnly)
      .map((cookie) => cookie.cookieString())
      .join('; ')
  }

  /** Puts a cookie there, as a person with developer tools can: `name=value; Path=/; Secure`. */
  setCookie(text: string, url: string = this.page.url.href): void {
    this.#keep(text, new URL(url))
  }

  forgetCookies(): void {
    this.#jar.removeAllCookiesSync()
  }

  async #navigate(url: URL, asked: Asked): Promise<ShownPage> {
    let next = url
    let request = asked
    for (let redirects = 0; redirects <= redirectsMax; redirects += 1) {
      const answer = await this.#ask(next, request)
      const location = answer.headers.get('location')
      if (location === null || answer.status < 300 || answer.status > 399) {
        this.#page = new ShownPage(next, answer.status, answer.headers, await answer.text())
        return this.#page
      }
      const { hash } = next
      next = new URL(location, next)
      next.hash ||= hash
      if (this.#stopAt(next)) {
        this.#page = new ShownPage(next, 0, answer.headers, '')
        return this.#page
      }
      request = redirected(request, answer.status)
    }
    throw new Error(`There are too many redirects, at last to ${next.href}`)
  }

  async #ask(url: URL, asked: Asked): Promise<Response> {
    const { method, body, mode, withCookies, initiator } = asked
    const site = siteOf(initiator, url)
    const cookies = withCookies ? this.#cookiesFor(url, sameSite(site, asked)) : []
    const answer = await this.#aws.fetch(url.href, {
      method,
      headers: {
        accept: mode === 'navigate' ? 'text/html,application/xhtml+xml,*/*;q=0.8' : '*/*',
        ...asked.headers,
        'sec-fetch-site': site,
        'sec-fetch-mode': mode,
        'sec-fetch-dest': mode === 'navigate' ? 'document' : 'empty',
        ...(cookies.length > 0 && {
          cookie: cookies.map((cookie) => cookie.cookieString()).join('; '),
        }),
        ...(initiator !== undefined && method !== 'GET' && { origin: initiator.origin }),
      },
      ...(body === undefined ? {} : { body }),
    })
    if (withCookies) for (const text of answer.headers.getSetCookie()) this.#keep(text, url)
    return answer
  }

  #cookiesFor(url: URL, context: 'strict' | 'lax' | 'none'): Cookie[] {
    const options = { expire: false, sameSiteContext: context } // The jar would ask the wall's clock.
    const nowMs = this.#aws.clock.now()
    return this.#jar.getCookiesSync(url.href, options).filter(({ expires }) => {
      return !(expires instanceof Date) || expires.getTime() > nowMs
    })
  }

  /** Keeps a cookie; one that breaks a rule of its prefix or domain is dropped, as browsers do. */
  #keep(text: string, url: URL): void {
    const now = this.#aws.clock.date()
    const cookie = Cookie.parse(text)
    if (cookie === undefined) return
    if (typeof cookie.maxAge === 'number') {
      // As a moment: the jar would count it from when the cookie was last sent.
      cookie.expires = new Date(cookie.maxAge <= 0 ? 0 : now.getTime() + cookie.maxAge * 1000)
      cookie.maxAge = null
    }
    // What says nothing is Lax. Source: Cookies (RFC 6265bis), section 5.7; browsers since 2020.
    cookie.sameSite ??= 'lax'
    if (cookie.secure && url.protocol !== 'https:' && url.hostname !== 'localhost') return
    this.#jar.setCookieSync(cookie, url.href, { now, ignoreError: true })
  }

  #formFor(values: Record<string, string>, { form: wanted, button }: SentForm): Form {
    const names = Object.keys(values)
    const found = this.page.forms.filter(({ id, action, fields }) => {
      if (wanted !== undefined && id !== wanted && !action.includes(wanted)) return false
      if (button !== undefined && !fields.some((field) => isButton(field, button))) return false
      return names.every((name) => fields.some((field) => field.name === name))
    })
    const [form] = found
    if (form !== undefined && found.length === 1) return form
    const count = found.length === 0 ? 'no form' : `${found.length} forms`
    const asked = [...names, ...(button === undefined ? [] : [`the button ${button}`])].join(', ')
    throw new Error(`There is ${count} with ${asked} at ${this.page.url.href}: ${this.page.text}`)
  }
}

/** Browsers turn a redirected POST into a GET, unless the status says otherwise. Source: Fetch, "HTTP-redirect fetch". */
function redirected(asked: Asked, status: number): Asked {
  if (status === 307 || status === 308) return asked
  const { body: _, headers: _dropped, ...rest } = asked
  return { ...rest, method: 'GET' }
}

function bodyOf(form: Form, values: Record<string, string>, button?: string): URLSearchParams {
  const sent = new URLSearchParams()
  const pressed = form.fields.find((field) => isButton(field, button))
  for (const field of form.fields) {
    const given = values[field.name]
    if (field.name === '') continue
    if (field.type === 'button' || field.type === 'submit') {
      if (field === pressed) sent.append(field.name, field.value)
    } else if (field.type === 'radio') {
      if (given === undefined ? field.checked : given === field.value)
        sent.append(field.name, field.value)
    } else if (given !== undefined || field.checked) {
      sent.append(field.name, given ?? field.value)
    }
  }
  return sent
}

function isButton({ type, text }: Form['fields'][number], words?: string): boolean {
  return (type === 'button' || type === 'submit') && (words === undefined || text === words)
}

type Site = 'none' | 'same-origin' | 'same-site' | 'cross-site'

function siteOf(from: URL | undefined, to: URL): Site {
  if (from === undefined) return 'none'
  if (from.origin === to.origin) return 'same-origin'
  const isOne = from.protocol === to.protocol && siteName(from) === siteName(to)
  return isOne ? 'same-site' : 'cross-site'
}

/** The registrable domain, private suffixes such as `amazoncognito.com`'s included. */
function siteName({ hostname }: URL): string {
  const options = { allowSpecialUseDomain: true, ignoreError: true }
  return getPublicSuffix(hostname, options) ?? hostname
}

/** Which cookies go along. Source: RFC 6265bis, section 5.2. */
function sameSite(site: Site, { mode, method }: Asked): 'strict' | 'lax' | 'none' {
  if (site !== 'cross-site') return 'strict'
  return mode === 'navigate' && method === 'GET' ? 'lax' : 'none'
}
