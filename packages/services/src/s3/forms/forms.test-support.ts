import { createHmac } from 'node:crypto'
import { type Cloud, fetchFromCloud } from '@cloud-orrery/cloud'

type Credentials = ReturnType<Cloud['credentials']>

export interface Signed {
  readonly fields: Record<string, string>
}

export interface FormOptions {
  readonly fields?: Record<string, string>
  readonly conditions?: readonly unknown[]
  readonly expiresSeconds?: number
  readonly credentials?: Credentials & { readonly sessionToken?: string }
}

/** Fields of a form as boto3 presigns it. */
export function signedForm(
  cloud: Cloud,
  bucket: string,
  key: string,
  options: FormOptions = {},
): Record<string, string> {
  const { fields = {}, conditions = [], expiresSeconds = 60 } = options
  const credentials = options.credentials ?? cloud.credentials()
  const { nowMs } = cloud.kernel.clock
  const date = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '')
  const day = date.slice(0, 8)
  const more = {
    ...fields,
    'x-amz-algorithm': 'AWS4-HMAC-SHA256',
    'x-amz-credential': `${credentials.accessKeyId}/${day}/us-east-1/s3/aws4_request`,
    'x-amz-date': date,
    ...(options.credentials?.sessionToken && {
      'x-amz-security-token': options.credentials.sessionToken,
    }),
  }
  const document = {
    expiration: new Date(nowMs + expiresSeconds * 1000).toISOString(),
    conditions: [
      ...conditions,
      { bucket },
      key.endsWith('${filename}')
        ? ['starts-with', '$key', key.slice(0, -'${filename}'.length)]
        : { key },
      ...Object.entries(more)
        .filter(([name]) => !(name in fields))
        .map(([name, value]) => ({ [name]: value })),
    ],
  }
  const policy = Buffer.from(JSON.stringify(document)).toString('base64')
  let signing: string | Buffer = `AWS4${credentials.secretAccessKey}`
  for (const part of [day, 'us-east-1', 's3', 'aws4_request']) {
    signing = createHmac('sha256', signing).update(part).digest()
  }
  const signature = createHmac('sha256', signing).update(policy).digest('hex')
  return { key, ...more, policy, 'x-amz-signature': signature }
}

/** Posts a form, its file last. */
export async function post(
  cloud: Cloud,
  bucket: string,
  fields: Record<string, string>,
  content: string | undefined,
  options: { host?: string; filename?: string } = {},
): Promise<Response> {
  const boundary = 'boundary-of-a-form'
  const parts = Object.entries(fields).map(
    ([name, value]) => `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`,
  )
  if (content !== undefined) {
    const { filename = 'file.txt' } = options
    parts.push(
      `Content-Disposition: form-data; name="file"; filename="${filename}"\r\nContent-Type: text/plain\r\n\r\n${content}`,
    )
  }
  const body = `${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`
  return await fetchFromCloud(
    cloud,
    `https://${options.host ?? `${bucket}.s3.us-east-1.amazonaws.com`}/${options.host === undefined ? '' : bucket}`,
    {
      method: 'POST',
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      body,
    },
  )
}
