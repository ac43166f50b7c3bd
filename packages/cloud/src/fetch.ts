import { signRequest } from '@cloud-orrery/protocols'
import type { Credentials } from '@cloud-orrery/services'
import type { Cloud } from './cloud.ts'
import { answer } from './door.ts'
import { answerOfGiven } from './doors/hosts.ts'
import { plainHttpHeader } from './steps/authenticate.ts'

export interface FetchOptions {
  method?: string
  headers?: Record<string, string>
  body?: string | Uint8Array
  /** Sign as whom; absent: unsigned, as a browser or `curl` would. */
  credentials?: Credentials
  /** Name and region of the service in the signature. */
  service?: string
  region?: string
}

/**
 * A plain HTTP request into the cloud by true name, in the process: a link in a mail, a presigned URL. A host that was
 * given to the cloud answers too. Redirects are not followed.
 */
export async function fetchFromCloud(
  cloud: Cloud,
  url: string,
  options: FetchOptions = {},
): Promise<Response> {
  const { host, pathname, search, protocol } = new URL(url)
  const { method = 'GET', body = '' } = options
  const headers: Record<string, string> = { host }
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    headers[name.toLowerCase()] = value
  }
  const plain = {
    method,
    path: pathname,
    query: search.slice(1),
    headers,
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
  }
  const request =
    options.credentials === undefined
      ? plain
      : signRequest(plain, {
          credentials: options.credentials,
          service: options.service ?? 's3',
          region: options.region ?? cloud.defaultRegion,
          nowMs: cloud.kernel.clock.nowMs,
        })
  if (protocol === 'http:') request.headers[plainHttpHeader] = 'true'
  const response =
    (await answerOfGiven(cloud, request)) ?? (await answer(cloud, 'in-process', request)).response
  const chunks: Uint8Array<ArrayBuffer>[] = []
  if (response.body instanceof Uint8Array) chunks.push(new Uint8Array(response.body))
  else for await (const chunk of response.body) chunks.push(new Uint8Array(chunk))
  const empty = [204, 205, 304].includes(response.status)
  const answered = new Headers(response.headers)
  for (const cookie of response.cookies ?? []) answered.append('set-cookie', cookie)
  return new Response(empty ? null : new Blob(chunks), {
    status: response.status,
    headers: answered,
  })
}
