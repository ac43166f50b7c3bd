import type { OperationModel, Shape } from '@cloud-orrery/models'
import type { HttpRequest, HttpResponse } from '@cloud-orrery/protocols'
import type { HttpOperationInput, HttpOperationOutput } from '@cloud-orrery/services'

const anything: Shape = { name: 'Http', type: 'structure', members: {} }

const models = new Map<string, OperationModel>()

/** Stands for the model of an operation that answers plain HTTP: no shape, nothing to check. */
export function httpOperationModel(name: string): OperationModel {
  let model = models.get(name)
  if (model === undefined) {
    model = { name, input: anything, output: anything, errors: [], optionalAuth: true }
    models.set(name, model)
  }
  return model
}

/** What the doors say among themselves goes no further. */
export function httpInput(
  { method, path, query, headers, body }: HttpRequest,
  servedName: string | undefined,
): HttpOperationInput {
  const host = hostOf(headers)
  const sent = Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.startsWith('x-orrery-')),
  )
  return { host, servedName: servedName ?? host, method, path, query, headers: sent, body }
}

/** The name that a request is for, without port. */
export function hostOf(headers: Readonly<Record<string, string>>): string {
  return (headers['host'] ?? '').replace(/:\d+$/, '').toLowerCase()
}

/** Header values are octets, one a character, as all doors take them: other scripts are in UTF-8. */
function asOctets(headers: Readonly<Record<string, string>>): Record<string, string> {
  const all: Record<string, string> = {}
  for (const name in headers) all[name] = octets(headers[name] ?? '')
  return all
}

function octets(value: string): string {
  return /[^\0-\xff]/.test(value) ? Buffer.from(value).toString('latin1') : value
}

export function httpAnswer(output: unknown, requestId: string): HttpResponse {
  // The operation's own type.
  const { status, headers: said, cookies: saidCookies, body } = output as HttpOperationOutput
  const headers = asOctets(said)
  const cookies = saidCookies?.map(octets)
  // S3's own header of that kind is another.
  const named: Record<string, string> =
    'x-amz-request-id' in headers ? {} : { 'x-amzn-requestid': requestId }
  const rest = cookies === undefined ? {} : { cookies }
  return { status, headers: { ...named, ...headers }, ...rest, body }
}
