/** What the functions read of a request: payload format 2.0 of an HTTP API. */
export interface HttpRequest {
  readonly routeKey: string
  /** Names in lower case; those that came several times are joined with commas. No `cookie`: see `cookies`. */
  readonly headers: Readonly<Record<string, string>>
  /** `name=value`, one each. Absent where the request has none. */
  readonly cookies?: readonly string[]
  readonly queryStringParameters?: Readonly<Record<string, string>>
  readonly body?: string
  readonly isBase64Encoded?: boolean
  readonly requestContext: {
    readonly http: { readonly method: string }
    /** What the authorizer added. */
    readonly authorizer?: { readonly lambda?: Readonly<Record<string, string>> | null }
  }
}

export interface HttpAnswer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly cookies?: readonly string[]
  readonly body?: string
}

/** The fields of a form that came in the body. */
export function formOf({ body = '', isBase64Encoded = false }: HttpRequest): URLSearchParams {
  return new URLSearchParams(isBase64Encoded ? Buffer.from(body, 'base64').toString() : body)
}

/** A browser that shows pages says so; scripts and command lines do not. */
export function wantsPage({ headers }: HttpRequest): boolean {
  return /\btext\/html\b/.test(headers['accept'] ?? '')
}
