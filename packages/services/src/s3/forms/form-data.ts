import { s3Error } from '../errors.ts'
import { formFieldsBytesMax } from '../limits.ts'

/** A form of a browser: its fields by their names in lower case, and its one file. */
export interface Form {
  readonly fields: ReadonlyMap<string, string>
  readonly file: { readonly name: string; readonly body: Uint8Array } | undefined
}

/**
 * Reads `multipart/form-data`. The file ends the form: what comes after it counts for nothing.
 * Source: RFC 7578; S3 API Reference, POST Object, "Form fields". Throws PreconditionFailed, MalformedPOSTRequest,
 * MaxPostPreDataLengthExceededError.
 */
export function readForm(contentType: string | undefined, body: Uint8Array): Form {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const delimiter = Buffer.from(`--${boundaryOf(contentType)}`)
  const fields = new Map<string, string>()
  let at = bytes.indexOf(delimiter)
  if (at < 0) throw malformed()
  for (;;) {
    at += delimiter.byteLength
    if (bytes.subarray(at, at + 2).toString() === '--') return { fields, file: undefined }
    const headersEnd = bytes.indexOf('\r\n\r\n', at)
    if (headersEnd < 0) throw malformed()
    const { name, filename } = dispositionOf(bytes.subarray(at, headersEnd).toString())
    const start = headersEnd + 4
    // A body may hold the delimiter's letters, but not behind a line's end.
    const end = bytes.indexOf(Buffer.concat([Buffer.from('\r\n'), delimiter]), headersEnd + 2)
    if (end < 0) throw malformed()
    const content = bytes.subarray(Math.min(start, end), end)
    if (name === 'file') return { fields, file: { name: filename ?? '', body: content } }
    if (end > formFieldsBytesMax) throw tooLong()
    fields.set(name, content.toString())
    at = end + 2
  }
}

function boundaryOf(contentType = ''): string {
  const { quoted, plain } =
    /^multipart\/form-data\s*;.*\bboundary=(?:"(?<quoted>[^"]+)"|(?<plain>[^\s;]+))/i.exec(
      contentType,
    )?.groups ?? {}
  const boundary = quoted ?? plain
  if (boundary !== undefined) return boundary
  throw s3Error(
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
    { Condition: 'Bucket POST must be of the enclosure-type multipart/form-data' },
  )
}

function dispositionOf(headers: string): { name: string; filename?: string | undefined } {
  const line = /^content-disposition:(?<rest>.*)$/im.exec(headers)?.groups?.['rest'] ?? ''
  const name = /;\s*name=(?:"(?<quoted>[^"]*)"|(?<plain>[^\s;]+))/i.exec(line)?.groups ?? {}
  const file = /;\s*filename=(?:"(?<quoted>[^"]*)"|(?<plain>[^\s;]+))/i.exec(line)?.groups ?? {}
  const filename = file['quoted'] ?? file['plain']
  return { name: (name['quoted'] ?? name['plain'] ?? '').toLowerCase(), filename }
}

function malformed() {
  return s3Error(
    'MalformedPOSTRequest',
    'The body of your POST request is not well-formed multipart/form-data.',
  )
}

function tooLong() {
  return s3Error(
    'MaxPostPreDataLengthExceededError',
    'Your POST request fields preceding the upload file were too large.',
  )
}
