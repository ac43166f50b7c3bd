import {
  type CreateUserPoolClientCommandInput,
  type CreateUserPoolCommandInput,
  CreateUserPoolDomainCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { type Cloud, fetchFromCloud } from '@cloud-orrery/cloud'
import { start } from '../cognito.test-support.ts'

/** A page that a browser shows, or the place outside the login where it was sent. */
export interface Shown {
  readonly url: URL
  readonly status: number
  readonly html: string
  readonly headers: Headers
}

/** A browser without scripts: it keeps cookies, follows redirects, sends forms. */
export class Browser {
  readonly cloud: Cloud
  readonly cookies = new Map<string, Map<string, string>>()
  page: Shown | undefined

  constructor(cloud: Cloud) {
    this.cloud = cloud
  }

  /** Opens an address; stops at a page, or where no login page of the model answers. */
  async open(url: string, form?: URLSearchParams): Promise<Shown> {
    let next = new URL(url, this.page?.url)
    let body = form
    for (let hops = 0; hops < 10; hops += 1) {
      const answer = await this.request(next, body)
      const location = answer.headers.get('location')
      if (location === null) {
        this.page = {
          url: next,
          status: answer.status,
          html: await answer.text(),
          headers: answer.headers,
        }
        return this.page
      }
      next = new URL(location, next)
      body = undefined
      if (!next.host.includes('amazoncognito') && !this.cookies.has(next.host)) {
        this.page = { url: next, status: 0, html: '', headers: answer.headers }
        return this.page
      }
    }
    throw new Error(`too many redirects: ${next.href}`)
  }

  async request(url: URL, form?: URLSearchParams): Promise<Response> {
    const jar = this.cookies.get(url.host) ?? new Map<string, string>()
    this.cookies.set(url.host, jar)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetchFromCloud(this.cloud, url.href, {
      method: form === undefined ? 'GET' : 'POST',
      headers: {
        ...(cookie === '' ? {} : { cookie }),
        ...(form === undefined
          ? {}
          : { 'content-type': 'application/x-www-form-urlencoded', origin: url.origin }),
      },
      body: form?.toString() ?? '',
    })
    for (const one of answer.headers.getSetCookie()) {
      const [pair = ''] = one.split(';')
      const at = pair.indexOf('=')
      const value = pair.slice(at + 1)
      if (value === '') jar.delete(pair.slice(0, at))
      else jar.set(pair.slice(0, at), value)
    }
    return answer
  }

  /** Fills in the page's form and sends it. */
  async submit(values: Record<string, string>): Promise<Shown> {
    const { html, url } = this.page ?? { html: '', url: new URL('https://nowhere') }
    const action = /<form method="post" action="([^"]+)"/.exec(html)?.[1]
    if (action === undefined) throw new Error(`no form at ${url.href}: ${this.text()}`)
    const form = new URLSearchParams(values)
    const csrf = /name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? ''
    if (!form.has('_csrf')) form.set('_csrf', csrf)
    return await this.open(unescaped(action), form)
  }

  /** Where a link with this text leads. */
  link(text: string): string {
    const found = [...(this.page?.html ?? '').matchAll(/<a [^>]*href="([^"]+)"[^>]*>([^<]*)</g)]
    const href = found.find(([, , words]) => words === text)?.[1]
    if (href === undefined) throw new Error(`no link ${text}: ${this.text()}`)
    return unescaped(href)
  }

  /** The words of the page's alert. */
  alert(): string | undefined {
    const text = /id="problem" role="alert">([^<]*)</.exec(this.page?.html ?? '')?.[1]
    return text === undefined ? undefined : unescaped(text)
  }

  heading(): string | undefined {
    const text = /<h1[^>]*>([^<]*)</.exec(this.page?.html ?? '')?.[1]
    return text === undefined ? undefined : unescaped(text)
  }

  text(): string {
    const html = (this.page?.html ?? '').replace(/<style>[^<]*<\/style>/g, '')
    return unescaped(html.replaceAll(/<[^>]*>/g, ' ')).replaceAll(/\s+/g, ' ')
  }

  field(name: string): string | undefined {
    return new RegExp(`<input[^>]*name="${name}"[^>]*>`).exec(this.page?.html ?? '')?.[0]
  }
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}

export const callback = 'https://app.example.com/callback'
export const origin = 'https://people.auth.us-east-1.amazoncognito.com'

/** What an app client needs for the login pages. */
export const oauthSettings: Partial<CreateUserPoolClientCommandInput> = {
  AllowedOAuthFlows: ['code', 'implicit'],
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthScopes: ['openid', 'email', 'profile', 'phone', 'aws.cognito.signin.user.admin'],
  CallbackURLs: [callback],
  LogoutURLs: ['https://app.example.com/bye'],
  SupportedIdentityProviders: ['COGNITO'],
}

/** A pool with a login domain and an app that uses it. */
export async function startHosted(
  pool: Partial<CreateUserPoolCommandInput> = {},
  app: Partial<CreateUserPoolClientCommandInput> = {},
  cloud?: Cloud,
  version?: number,
) {
  const made = await start(pool, { ...oauthSettings, ...app }, cloud)
  await made.idp.send(
    new CreateUserPoolDomainCommand({
      UserPoolId: made.UserPoolId,
      Domain: 'people',
      ManagedLoginVersion: version,
    }),
  )
  const { ClientId, clientSecret } = made
  const browser = new Browser(made.cloud)
  return {
    ...made,
    browser,
    /** The address to which the app sends a browser. */
    authorizeUrl(parameters: Record<string, string> = {}): string {
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: ClientId,
        redirect_uri: callback,
        ...parameters,
      })
      return `${origin}/oauth2/authorize?${query}`
    },
    /** A call of the token endpoint or another. */
    async post(path: string, form: Record<string, string>, headers: Record<string, string> = {}) {
      const answer = await fetchFromCloud(made.cloud, `${origin}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: new URLSearchParams(form).toString(),
      })
      const text = await answer.text()
      const body = text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>)
      return { status: answer.status, headers: answer.headers, body }
    },
    basic: `Basic ${Buffer.from(`${ClientId}:${clientSecret}`).toString('base64')}`,
    async userInfo(token: unknown) {
      const answer = await fetchFromCloud(made.cloud, `${origin}/oauth2/userInfo`, {
        headers: { authorization: `Bearer ${String(token)}` },
      })
      return { status: answer.status, headers: answer.headers, body: await answer.json() }
    },
  }
}
