import { STATUS_CODES } from 'node:http'
import type { AwsError } from '@cloud-orrery/models'
import { s3HostId } from '@cloud-orrery/protocols'

/** What a page of S3 says: a code, a message, and whatever else belongs to it, in order. */
export type PageFields = readonly (readonly [name: string, value: string])[]

export function fieldsOf({ code, message, fields = {} }: AwsError): PageFields {
  const others = Object.entries(fields).map(([name, value]) => [name, String(value)] as const)
  return [['Code', code], ['Message', message], ...others]
}

/** A page as S3 writes them for browsers. Recorded: S3, website endpoints, February 2026. */
export function page(
  status: number,
  fields: PageFields,
  requestId: string,
  /** What went wrong with the page that should have told it. */
  documentFields?: PageFields,
): string {
  const title = `${status} ${STATUS_CODES[status] ?? ''}`
  const nested =
    documentFields === undefined
      ? []
      : [
          '<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>',
          ...listOf(documentFields),
        ]
  return [
    '<html>',
    `<head><title>${title}</title></head>`,
    '<body>',
    `<h1>${title}</h1>`,
    ...listOf([...fields, ['RequestId', requestId], ['HostId', s3HostId(requestId)]]),
    ...nested,
    '<hr/>',
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

function listOf(fields: PageFields): string[] {
  const items = fields.map(([name, value]) => `<li>${name}: ${escaped(value)}</li>`)
  return ['<ul>', ...items, '</ul>']
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
