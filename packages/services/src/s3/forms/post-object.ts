import { loadServiceModel, validateInput, validationMessage } from '@cloud-orrery/models'
import type { PutObjectRequest } from '@cloud-orrery/models/s3'
import type { Context } from '../../context.ts'
import {
  type HttpOperationInput,
  type HttpOperationOutput,
  httpOperation,
} from '../../http-operation.ts'
import { bucketOf, scopeOfBucket } from '../access.ts'
import { requestHeaders } from '../cors/preflight.ts'
import { s3Error } from '../errors.ts'
import { invalidInput } from '../invalid-input.ts'
import { putAuthorizations, writeObject } from '../put-object.ts'
import { placeOf } from '../request-place.ts'
import { encodeKey } from '../website/routing.ts'
import { type Form, readForm } from './form-data.ts'
import { formClaim, missingField } from './form-signature.ts'
import { checkPostPolicy } from './post-policy.ts'

/** Source: S3 API Reference, POST Object. */
export const postObject = httpOperation('s3', 'PostObject', {
  authorize: (request, ctx) => putAuthorizations(ctx, inputOf(request)),
  provenance: 'recorded',
  trail: { kind: 'data', readOnly: false },
  unsigned: true,
  claimed: (request) => formClaim(formOf(request).fields),
  // The form's signature names the region of its signer, the host that of the bucket.
  scope: (request, ctx) => {
    const { bucket } = placeOf(request.path)
    return scopeOfBucket({ Bucket: bucket }, ctx.at({ region: bucketOf(ctx, bucket).region }))
  },
  async run(ctx, request) {
    const { fields, file } = formOf(request)
    if (file === undefined) {
      throw s3Error('InvalidArgument', 'POST requires exactly one file upload per request.', {
        ArgumentName: 'file',
        ArgumentValue: '0',
      })
    }
    const { bucket } = placeOf(request.path)
    const policy = fields.get('policy')
    const sizeBytes = file.body.byteLength
    if (policy !== undefined) checkPostPolicy(policy, { bucket, fields, sizeBytes }, ctx.now())
    const input = inputOf(request)
    validate(ctx, input)
    const { ETag, VersionId } = await writeObject(ctx, input, 'ObjectCreated:Post')
    return answer(ctx, request, input, ETag, VersionId)
  },
})

const forms = new WeakMap<Uint8Array, Form>()

/** The form is read by whoever needs it first: the one who looks for its signer. */
function formOf({ headers, body }: Pick<HttpOperationInput, 'headers' | 'body'>): Form {
  let form = forms.get(body)
  if (form === undefined) {
    form = readForm(headers['content-type'], body)
    forms.set(body, form)
  }
  return form
}

/** Fields that are members of PutObject under another name. */
const members: Readonly<Record<string, keyof PutObjectRequest & string>> = {
  acl: 'ACL',
  'cache-control': 'CacheControl',
  'content-disposition': 'ContentDisposition',
  'content-encoding': 'ContentEncoding',
  'content-language': 'ContentLanguage',
  'content-md5': 'ContentMD5',
  'content-type': 'ContentType',
  expires: 'Expires',
  'x-amz-checksum-crc32': 'ChecksumCRC32',
  'x-amz-checksum-crc32c': 'ChecksumCRC32C',
  'x-amz-checksum-crc64nvme': 'ChecksumCRC64NVME',
  'x-amz-checksum-sha1': 'ChecksumSHA1',
  'x-amz-checksum-sha256': 'ChecksumSHA256',
  'x-amz-object-lock-mode': 'ObjectLockMode',
  'x-amz-object-lock-legal-hold': 'ObjectLockLegalHoldStatus',
  'x-amz-server-side-encryption': 'ServerSideEncryption',
  'x-amz-server-side-encryption-aws-kms-key-id': 'SSEKMSKeyId',
  'x-amz-server-side-encryption-context': 'SSEKMSEncryptionContext',
  'x-amz-server-side-encryption-customer-algorithm': 'SSECustomerAlgorithm',
  'x-amz-server-side-encryption-customer-key': 'SSECustomerKey',
  'x-amz-server-side-encryption-customer-key-md5': 'SSECustomerKeyMD5',
  'x-amz-storage-class': 'StorageClass',
  'x-amz-website-redirect-location': 'WebsiteRedirectLocation',
}

const metadataPrefix = 'x-amz-meta-'

function inputOf(request: HttpOperationInput): PutObjectRequest {
  const { fields, file } = formOf(request)
  const key = fields.get('key')
  if (key === undefined) throw missingField('key')
  const input: Record<string, unknown> = {}
  const Metadata: Record<string, string> = {}
  for (const [name, value] of fields) {
    const member = members[name]
    if (member !== undefined) input[member] = value
    if (name.startsWith(metadataPrefix)) Metadata[name.slice(metadataPrefix.length)] = value
  }
  const retainUntil = fields.get('x-amz-object-lock-retain-until-date')
  const tagging = fields.get('tagging')
  return {
    ...input,
    Bucket: placeOf(request.path).bucket,
    Key: key.replaceAll('${filename}', file?.name ?? ''),
    Body: file?.body ?? new Uint8Array(0),
    Metadata,
    ...(retainUntil === undefined ? {} : { ObjectLockRetainUntilDate: Date.parse(retainUntil) }),
    ...(tagging === undefined ? {} : { Tagging: taggingHeader(tagging) }),
  }
}

/** The field is a document, the header a query. What is no tag is passed over. Recorded: S3, POST with tags. */
function taggingHeader(document: string): string {
  const tags = [...document.matchAll(/<Tag>(?<tag>[\s\S]*?)<\/Tag>/g)].map(({ groups }) => {
    const element = (name: string) =>
      unescaped(
        new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(groups?.['tag'] ?? '')?.[1] ?? '',
      )
    return `${encodeURIComponent(element('Key'))}=${encodeURIComponent(element('Value'))}`
  })
  return tags.join('&')
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
}

/** A form's fields are judged as the headers of PutObject. */
function validate(_ctx: Context, input: PutObjectRequest): void {
  const model = loadServiceModel('s3').operations['PutObject']
  const violations = model === undefined ? [] : validateInput(model, input)
  const error = invalidInput(validationMessage(violations), violations)
  if (error !== undefined) throw error
}

function answer(
  ctx: Context,
  request: HttpOperationInput,
  { Bucket, Key }: PutObjectRequest,
  etag: string,
  versionId: string | undefined,
): HttpOperationOutput {
  const { fields } = formOf(request)
  const location = locationOf(ctx, request, Bucket, Key)
  const headers = {
    ...requestHeaders(ctx),
    etag,
    location,
    ...(versionId === undefined ? {} : { 'x-amz-version-id': versionId }),
  }
  const target = redirectTarget(fields, Bucket, Key, etag)
  if (target !== undefined) {
    return { status: 303, headers: { ...headers, location: target }, body: new Uint8Array(0) }
  }
  const status = fields.get('success_action_status')
  if (status === '201') {
    const text = `<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse><Location>${xml(location)}</Location><Bucket>${xml(Bucket)}</Bucket><Key>${xml(Key)}</Key><ETag>${xml(etag)}</ETag></PostResponse>`
    return {
      status: 201,
      headers: { ...headers, 'content-type': 'application/xml' },
      body: new TextEncoder().encode(text),
    }
  }
  return { status: status === '200' ? 200 : 204, headers, body: new Uint8Array(0) }
}

/** What is no URL is no target: the form is answered as without it. */
function redirectTarget(
  fields: ReadonlyMap<string, string>,
  bucket: string,
  key: string,
  etag: string,
): string | undefined {
  const text = fields.get('success_action_redirect') ?? fields.get('redirect')
  if (text === undefined || !URL.canParse(text)) return undefined
  const url = new URL(text)
  url.searchParams.set('bucket', bucket)
  url.searchParams.set('key', key)
  url.searchParams.set('etag', etag)
  return url.href
}

function locationOf(ctx: Context, { host, path }: HttpOperationInput, bucket: string, key: string) {
  // The path is in path style here; as it came in it says whether the host names the bucket.
  const received = ctx.request?.path ?? path
  const isInPath = received === path
  const authority = ctx.request?.headers['host'] ?? host
  return `https://${authority}/${isInPath ? `${bucket}/` : ''}${encodeKey(key)}`
}

function xml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
