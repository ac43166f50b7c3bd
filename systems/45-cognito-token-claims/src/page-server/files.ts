/** The files of the page: under which path each is served, and as what. */
export const pageFiles: Readonly<Record<string, { readonly file: string; readonly type: string }>> =
  {
    '/': { file: 'index.html', type: 'text/html; charset=utf-8' },
    '/style.css': { file: 'style.css', type: 'text/css; charset=utf-8' },
    '/app.js': { file: 'app.js', type: 'text/javascript; charset=utf-8' },
  }

/** Where the page finds its own settings. */
export const settingsPath = '/settings.json'

export const pagePaths: readonly string[] = [...Object.keys(pageFiles), settingsPath]

/** What the page has to know of where it runs. */
export interface PageSettings {
  /** Scheme and host of the login pages. */
  readonly loginUrl: string
  readonly clientId: string
  /** Where the login sends the browser back to, letter by letter as the app client has it. */
  readonly returnUrl: string
  /** Scheme and host of the API; empty where it serves the page too. */
  readonly apiUrl: string
}

export interface Served {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A file of the page, or its settings; `read` gets a file's text. Scripts, styles and calls: from here and the login. */
export function served(
  path: string,
  settings: PageSettings,
  read: (file: string) => string,
): Served {
  if (path === settingsPath) return found('application/json', JSON.stringify(settings), settings)
  const known = pageFiles[path]
  if (known !== undefined) return found(known.type, read(known.file), settings)
  return { statusCode: 404, headers: { 'content-type': 'text/plain' }, body: 'Not found' }
}

function found(type: string, body: string, { loginUrl, apiUrl }: PageSettings): Served {
  const called = ["'self'", loginUrl, apiUrl].filter((source) => source !== '').join(' ')
  return {
    statusCode: 200,
    headers: {
      'content-type': type,
      'cache-control': 'no-cache',
      'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src ${called}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      // The address that the login sends the browser back to has a code in it.
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'x-content-type-options': 'nosniff',
    },
    body,
  }
}
