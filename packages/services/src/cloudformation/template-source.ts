import { AwsError } from '@cloud-orrery/models'
import { GetObject } from '@cloud-orrery/models/s3'
import type { CallAs, Context } from '../context.ts'
import { validationError } from './errors.ts'
import { templateBodyBytesMax, templateUrlBytesMax } from './limits.ts'

export interface TemplateSource {
  readonly TemplateBody?: string | undefined
  readonly TemplateURL?: string | undefined
}

/** A template's text, from the request or from S3, read there as the caller. Undefined: the request has none. */
export async function templateText(
  ctx: Context,
  { TemplateBody, TemplateURL }: TemplateSource,
  as?: CallAs,
): Promise<string | undefined> {
  if (TemplateBody !== undefined && TemplateURL !== undefined) {
    throw validationError('Specify exactly one of TemplateBody or TemplateUrl')
  }
  if (TemplateBody !== undefined) {
    // Recorded: test_to_validate_template_limit_for_macro.
    if (Buffer.byteLength(TemplateBody) > templateBodyBytesMax) {
      throw validationError(
        `1 validation error detected: Value '${TemplateBody}' at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${templateBodyBytesMax}`,
      )
    }
    return TemplateBody
  }
  if (TemplateURL === undefined) return undefined
  return await textOfUrl(ctx, TemplateURL, as)
}

/** The text of an S3 object that a URL names. */
export async function textOfUrl(ctx: Context, url: string, as?: CallAs): Promise<string> {
  const { bucket, key, versionId } = s3Location(url)
  const body = await objectBody(
    ctx,
    { Bucket: bucket, Key: key, ...(versionId && { VersionId: versionId }) },
    as,
  )
  if (body.byteLength > templateUrlBytesMax) {
    throw validationError(`Template may not exceed ${templateUrlBytesMax} bytes in size.`)
  }
  return Buffer.from(body).toString()
}

async function objectBody(
  ctx: Context,
  input: { Bucket: string; Key: string; VersionId?: string },
  as: CallAs | undefined,
): Promise<Uint8Array> {
  try {
    const { Body } = await ctx.call(GetObject, input, as === undefined ? {} : { as })
    return Body ?? new Uint8Array()
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw validationError(
      `S3 error: ${error.message}\nFor more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html`,
    )
  }
}

interface S3Location {
  readonly bucket: string
  readonly key: string
  readonly versionId?: string
}

/** Bucket and key of a URL in path or host style. Recorded: test_create_stack_from_s3_template_url. */
export function s3Location(url: string): S3Location {
  const parsed = URL.parse(url)
  if (parsed === null) throw validationError('TemplateURL must be a supported URL.')
  const { protocol, hostname, pathname, searchParams } = parsed
  if (protocol === 's3:') {
    throw validationError(`S3 error: Domain name specified in ${hostname} is not a valid S3 domain`)
  }
  const versionId = searchParams.get('versionId')
  const version = versionId === null ? {} : { versionId }
  const path = decodeURIComponent(pathname.slice(1))
  const host = /^(?:(.+)\.)?s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$/.exec(
    hostname,
  )
  if (host?.[1] !== undefined) return { bucket: host[1], key: path, ...version }
  // Orrery's own port: what a client with only an endpoint set takes for S3's.
  if (host === null && !/^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)) {
    throw validationError('TemplateURL must be a supported URL.')
  }
  const slash = path.indexOf('/')
  if (slash < 1) throw validationError('TemplateURL must be a supported URL.')
  return { bucket: path.slice(0, slash), key: path.slice(slash + 1), ...version }
}
