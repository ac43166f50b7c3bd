import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { type HttpRequest, signRequest } from '@cloud-orrery/protocols'
import type { Credentials } from '@cloud-orrery/services'
import type { Cloud } from './cloud.ts'
import { client } from './create-cloud.ts'
import { answer } from './door.ts'

/** A request in the wire's own form, as a client would sign it; `tamper` changes it afterwards. */
export interface Sending {
  /** In the credential scope and the host name. Default `hello`. */
  service?: string
  region?: string
  /** After the point in `X-Amz-Target`. */
  operation?: string
  method?: string
  path?: string
  query?: string
  headers?: Record<string, string>
  /** Objects go as JSON. */
  body?: object | string | Uint8Array
  /** Default: the cloud's administrator. `'none'`: unsigned. */
  credentials?: Credentials | 'none'
  signedAtMs?: number
  tamper?: (request: HttpRequest) => void
}

export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** Of a JSON answer. */
  readonly json: Readonly<Record<string, unknown>>
}

export function requestOf(cloud: Cloud, sending: Sending): HttpRequest {
  const { service = 'hello', region = cloud.defaultRegion, operation, body = {} } = sending
  const request: HttpRequest = {
    method: sending.method ?? 'POST',
    path: sending.path ?? '/',
    query: sending.query ?? '',
    headers: {
      host: `${service}.${region}.amazonaws.com`,
      ...(operation === undefined
        ? {}
        : {
            'content-type': 'application/x-amz-json-1.1',
            'x-amz-target': `Hello_20260101.${operation}`,
          }),
      ...sending.headers,
    },
    body: bytesOf(body),
  }
  const { credentials = cloud.credentials(), signedAtMs: nowMs = cloud.kernel.clock.nowMs } =
    sending
  const signed =
    credentials === 'none' ? request : signRequest(request, { credentials, service, region, nowMs })
  sending.tamper?.(signed)
  return signed
}

function bytesOf(body: object | string | Uint8Array): Uint8Array {
  if (body instanceof Uint8Array) return body
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

/** Sends it by the in-process door. */
export async function send(cloud: Cloud, sending: Sending): Promise<Answered> {
  const { response } = await answer(cloud, 'in-process', requestOf(cloud, sending))
  const chunks: Uint8Array[] = []
  if (response.body instanceof Uint8Array) chunks.push(response.body)
  else for await (const chunk of response.body) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  const json = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {}
  return { status: response.status, headers: response.headers, text, json }
}

/** Status and the two facts of an error, however its protocol writes them. */
export function refusalIn({ status, text, json }: Answered): [number, string, string] {
  if (text.startsWith('{')) {
    return [status, String(json['__type']), String(json['message'] ?? json['Message'] ?? '')]
  }
  const element = (name: string) =>
    new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1]?.replaceAll('&apos;', "'") ?? ''
  return [status, element('Code'), element('Message')]
}

/** A new user's key; with a policy, what it may do. */
export async function newUser(
  cloud: Cloud,
  UserName: string,
  policy?: { readonly Action: string; readonly Resource: string; readonly Effect?: string },
): Promise<Credentials> {
  const iam = client(cloud, IAMClient)
  await iam.send(new CreateUserCommand({ UserName }))
  if (policy !== undefined) {
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', ...policy }],
    })
    const named = { UserName, PolicyName: 'policy', PolicyDocument }
    await iam.send(new PutUserPolicyCommand(named))
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  const { AccessKeyId = '', SecretAccessKey = '' } = AccessKey ?? {}
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey }
}
