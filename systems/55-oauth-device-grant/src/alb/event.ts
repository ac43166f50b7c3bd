/** What a load balancer hands to a function, of what is looked at here. */
export interface ALBEvent {
  readonly httpMethod: string
  readonly path: string
  readonly queryStringParameters?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly isBase64Encoded: boolean
}

/** What it takes back. With multi-value headers off, each header, a cookie too, comes once. */
export interface ALBResult {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
