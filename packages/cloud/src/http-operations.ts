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

export function httpInput({ method, path, query, headers, body }: HttpRequest): HttpOperationInput {
  const host = (headers['host'] ?? '').replace(/:\d+$/, '').toLowerCase()
  return { host, method, path, query, headers, body }
}

export function httpAnswer(output: unknown, requestId: string): HttpResponse {
  const { status, headers, body } = output as HttpOperationOutput // The operation's own type.
  // S3's own header of that kind is another.
  const named: Record<string, string> =
    'x-amz-request-id' in headers ? {} : { 'x-amzn-requestid': requestId }
  return { status, headers: { ...named, ...headers }, body }
}
