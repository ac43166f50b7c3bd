import { AwsError } from '@cloud-orrery/models'
import {
  GetObject,
  type GetObjectOutput,
  HeadObject,
  type WebsiteConfiguration,
} from '@cloud-orrery/models/s3'
import type { Context } from '../../context.ts'
import {
  type HttpOperationInput,
  type HttpOperationOutput,
  httpOperation,
} from '../../http-operation.ts'
import { requestHeaders } from '../cors/preflight.ts'
import { noSuchBucket, s3Error } from '../errors.ts'
import { buckets } from '../state.ts'
import { encodeKey, type Redirection, redirected, redirectedAll, ruleFor } from './routing.ts'
import { noSuchWebsite } from './website-configuration.ts'
import { fieldsOf, type PageFields, page } from './website-pages.ts'

/** `bucket.s3-website-us-east-1.amazonaws.com`, `bucket.s3-website.localhost`. Of the registry's entry. */
const websiteHost =
  /^(?<bucket>.+)\.s3-website(?:[.-](?<region>[a-z]{2}(?:-[a-z]+)+-\d))?\.(?:amazonaws\.com|localhost)$/

/**
 * What a browser gets from a website endpoint. Such an endpoint knows no signatures: its readers are anonymous, and
 * see what the bucket's policy lets everyone see. Source: S3 User Guide, "Website endpoints", "Hosting a static website".
 */
export const websiteRequest = httpOperation('s3', 'WebsiteRequest', {
  authorize: () => ({ none: 's3:GetObject is judged for the object that is asked for' }),
  provenance: 'recorded',
  trail: { kind: 'unlogged' },
  unsigned: true,
  scope: (input, ctx) => {
    const { accountId, region } = buckets.get(ctx, siteOf(input).bucket) ?? {}
    return accountId === undefined || region === undefined ? {} : { accountId, region }
  },
  async run(ctx, request) {
    const site = siteOf(request)
    try {
      if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed(request)
      const bucket = buckets.get(ctx, site.bucket)
      if (bucket === undefined) throw noSuchBucket(site.bucket)
      if (site.region !== undefined && site.region !== bucket.region) {
        throw elsewhere(bucket.name, bucket.region)
      }
      if (bucket.website === undefined) throw noSuchWebsite(bucket.name)
      return await answer(ctx, request, bucket.name, bucket.website)
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      return errorPage(ctx, request, error)
    }
  },
})

function siteOf({ host }: HttpOperationInput): { bucket: string; region?: string | undefined } {
  const { bucket = '', region } = websiteHost.exec(host)?.groups ?? {}
  return { bucket, region }
}

async function answer(
  ctx: Context,
  request: HttpOperationInput,
  bucket: string,
  website: WebsiteConfiguration,
): Promise<HttpOperationOutput> {
  const asked = {
    host: request.headers['host'] ?? request.host,
    key: decoded(request.path.slice(1)),
    query: request.query === '' ? '' : `?${request.query}`,
  }
  const { RedirectAllRequestsTo: other } = website
  if (other !== undefined) return redirect(ctx, redirectedAll(other, asked))
  const rule = ruleFor(website, asked.key, undefined)
  if (rule !== undefined) return redirect(ctx, redirected(rule, asked))
  const suffix = website.IndexDocument?.Suffix ?? ''
  const isFolder = asked.key === '' || asked.key.endsWith('/')
  try {
    return await object(ctx, request, bucket, isFolder ? asked.key + suffix : asked.key)
  } catch (error) {
    if (!(error instanceof AwsError) || error.status < 400) throw error
    const index = `${asked.key}/${suffix}`
    if (!isFolder && (await exists(ctx, bucket, index))) {
      return foundElsewhere(ctx, request, `/${encodeKey(asked.key)}/`)
    }
    const late = ruleFor(website, asked.key, error.status)
    if (late !== undefined) return redirect(ctx, redirected(late, asked))
    return await errorDocument(ctx, request, bucket, website, error)
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** As whoever asks; the endpoint itself speaks plain HTTP. */
function asReader({ caller }: Context) {
  return { as: { caller: { ...caller, secureTransport: false }, direct: true } } as const
}

async function object(
  ctx: Context,
  { headers, method }: HttpOperationInput,
  Bucket: string,
  Key: string,
): Promise<HttpOperationOutput> {
  const since = headers['if-modified-since']
  const input = {
    Bucket,
    Key,
    ...(headers['range'] === undefined ? {} : { Range: headers['range'] }),
    ...(headers['if-none-match'] === undefined ? {} : { IfNoneMatch: headers['if-none-match'] }),
    ...(since === undefined || Number.isNaN(Date.parse(since))
      ? {}
      : { IfModifiedSince: Date.parse(since) }),
  }
  const output = await ctx.call(GetObject, input, asReader(ctx))
  const { WebsiteRedirectLocation: location } = output
  if (location !== undefined) return redirect(ctx, { status: 301, location })
  return {
    status: output.ContentRange === undefined ? 200 : 206,
    headers: { ...requestHeaders(ctx), ...headersOf(output) },
    body: method === 'HEAD' ? new Uint8Array(0) : (output.Body ?? new Uint8Array(0)),
  }
}

function headersOf(output: GetObjectOutput): Record<string, string> {
  const metadata = Object.entries(output.Metadata ?? {}).map(([name, value]) => [
    `x-amz-meta-${name}`,
    value,
  ])
  const headers = {
    'accept-ranges': 'bytes',
    'cache-control': output.CacheControl,
    'content-disposition': output.ContentDisposition,
    'content-encoding': output.ContentEncoding,
    'content-language': output.ContentLanguage,
    'content-length': String(output.ContentLength ?? 0),
    'content-range': output.ContentRange,
    'content-type': output.ContentType,
    etag: output.ETag,
    expires: output.Expires,
    'last-modified': new Date(output.LastModified ?? 0).toUTCString(),
    'x-amz-version-id': output.VersionId,
    ...(Object.fromEntries(metadata) as Record<string, string>),
  }
  const told = Object.entries(headers).filter(([, value]) => value !== undefined)
  return Object.fromEntries(told) as Record<string, string>
}

async function exists(ctx: Context, Bucket: string, Key: string): Promise<boolean> {
  try {
    await ctx.call(HeadObject, { Bucket, Key }, asReader(ctx))
    return true
  } catch (error) {
    if (error instanceof AwsError) return false
    throw error
  }
}

function redirect(ctx: Context, { status, location }: Redirection): HttpOperationOutput {
  return {
    status,
    headers: { ...requestHeaders(ctx), location, 'content-length': '0' },
    body: new Uint8Array(0),
  }
}

/** A folder without its slash, which has an index. */
function foundElsewhere(
  ctx: Context,
  request: HttpOperationInput,
  location: string,
): HttpOperationOutput {
  const fields: PageFields = [
    ['Code', 'Found'],
    ['Message', 'Resource Found'],
  ]
  return html(ctx, request, 302, page(302, fields, ctx.requestId), { location })
}

async function errorDocument(
  ctx: Context,
  request: HttpOperationInput,
  Bucket: string,
  { ErrorDocument }: WebsiteConfiguration,
  error: AwsError,
): Promise<HttpOperationOutput> {
  if (ErrorDocument === undefined) return errorPage(ctx, request, error)
  try {
    const output = await ctx.call(GetObject, { Bucket, Key: ErrorDocument.Key }, asReader(ctx))
    const { 'last-modified': _time, ...headers } = headersOf(output)
    return {
      status: error.status,
      headers: { ...requestHeaders(ctx), ...headers, ...codeHeaders(error) },
      body: request.method === 'HEAD' ? new Uint8Array(0) : (output.Body ?? new Uint8Array(0)),
    }
  } catch (missing) {
    if (!(missing instanceof AwsError)) throw missing
    return errorPage(ctx, request, error, missing)
  }
}

function codeHeaders({ code, message }: AwsError): Record<string, string> {
  return { 'x-amz-error-code': code, 'x-amz-error-message': message }
}

function errorPage(
  ctx: Context,
  request: HttpOperationInput,
  error: AwsError,
  missing?: AwsError,
): HttpOperationOutput {
  const { status, headers = {} } = error
  if (status < 400) {
    return { status, headers: { ...requestHeaders(ctx), ...headers }, body: new Uint8Array(0) }
  }
  const text = page(status, fieldsOf(error), ctx.requestId, missing && fieldsOf(missing))
  return html(ctx, request, status, text, { ...headers, ...codeHeaders(error) })
}

function html(
  ctx: Context,
  { method }: HttpOperationInput,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>>,
): HttpOperationOutput {
  const body = new TextEncoder().encode(text)
  return {
    status,
    headers: {
      ...requestHeaders(ctx),
      'content-type': 'text/html; charset=utf-8',
      'content-length': String(body.byteLength),
      ...headers,
    },
    body: method === 'HEAD' ? new Uint8Array(0) : body,
  }
}

function methodNotAllowed({ method }: HttpOperationInput): AwsError {
  return s3Error(
    'MethodNotAllowed',
    'The specified method is not allowed against this resource.',
    { Method: method, ResourceType: 'OBJECT' },
    { allow: 'GET, HEAD' },
  )
}

/** Source: S3 API Reference, "Error responses", IncorrectEndpoint. */
function elsewhere(bucket: string, region: string): AwsError {
  return s3Error(
    'IncorrectEndpoint',
    'The specified bucket exists in another region. Please direct requests to the specified endpoint.',
    { Endpoint: `${bucket}.s3-website.${region}.amazonaws.com` },
  )
}
