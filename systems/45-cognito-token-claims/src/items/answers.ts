/** An answer of the API in payload format 2.0. */
export interface Answer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** `lookups`: how often the user's projects were asked for during this call. The page counts them. */
export function answer(statusCode: number, body: object, lookups: number): Answer {
  return {
    statusCode,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-lookups': String(lookups),
    },
    body: JSON.stringify(body),
  }
}
