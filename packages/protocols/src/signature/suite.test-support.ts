import { readdirSync, readFileSync } from 'node:fs'
import type { HttpRequest } from '../http.ts'

/** One case of AWS's Signature Version 4 test suite. */
export interface SuiteCase {
  name: string
  /** As sent: with the headers that signing adds. */
  request: HttpRequest
  canonicalRequest: string
  stringToSign: string
  authorization: string
}

/** The suite's credentials; all its cases are signed for `us-east-1` and `service`. */
export const suiteCredentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}

export function suiteCases(folder: string): SuiteCase[] {
  const cases: SuiteCase[] = []
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!entry.endsWith('.req')) continue
    const stem = `${folder}/${entry.slice(0, -4)}`
    const read = (extension: string) =>
      readFileSync(`${stem}.${extension}`, 'utf8').replaceAll('\r\n', '\n')
    cases.push({
      name: entry.slice(entry.lastIndexOf('/') + 1, -4),
      request: parseRequest(read('sreq')),
      canonicalRequest: read('creq'),
      stringToSign: read('sts'),
      authorization: read('authz'),
    })
  }
  return cases
}

/** `GET /path?query HTTP/1.1`, headers (a line that starts with a blank goes on), a blank line, the body. */
function parseRequest(text: string): HttpRequest {
  const [head = '', ...rest] = text.split('\n\n')
  const [line = '', ...headerLines] = head.split('\n')
  const method = line.slice(0, line.indexOf(' '))
  const target = line.slice(line.indexOf(' ') + 1, line.lastIndexOf(' '))
  const question = target.indexOf('?')
  const headers: Record<string, string> = {}
  let last = ''
  for (const headerLine of headerLines) {
    if (/^\s/.test(headerLine)) {
      headers[last] += ` ${headerLine.trim()}`
      continue
    }
    const colon = headerLine.indexOf(':')
    last = headerLine.slice(0, colon).toLowerCase()
    const value = headerLine.slice(colon + 1)
    headers[last] = headers[last] === undefined ? value.trim() : `${headers[last]},${value.trim()}`
  }
  return {
    method,
    path: question < 0 ? target : target.slice(0, question),
    query: question < 0 ? '' : target.slice(question + 1),
    headers,
    body: Buffer.from(rest.join('\n\n')),
  }
}
