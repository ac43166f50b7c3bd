import type { HttpRequest } from '@cloud-orrery/protocols'
import { httpOperation } from '../http-operation.ts'
import { preflight } from './cors/preflight.ts'
import { s3Error } from './errors.ts'
import { resourceType } from './request-place.ts'

/** Which operation of ours a request means that means none of the model. */
export function unlisted({ method, path, headers }: HttpRequest): string {
  const isForm = method === 'POST' && resourceType(path) === 'BUCKET'
  if (isForm && headers['content-type']?.startsWith('multipart/form-data') === true) {
    return 'PostObject'
  }
  return unlistedName
}

/** Its name in the journal: S3's documentation has none that its model knows. */
const unlistedName = 'UnlistedRequest'

/** Methods that S3 names in its refusal of another. */
const allowedMethods = {
  SERVICE: 'GET',
  BUCKET: 'HEAD, DELETE, GET, PUT, POST',
  OBJECT: 'HEAD, DELETE, GET, PUT',
}

/** Requests that mean no operation of the model: preflights of browsers, and what is refused. */
export const unlistedRequest = httpOperation('s3', unlistedName, {
  authorize: () => ({ none: 'browsers ask without credentials; nothing but CORS rules is told' }),
  provenance: 'recorded',
  trail: { kind: 'unlogged' },
  unsigned: true,
  run(ctx, request) {
    if (request.method === 'OPTIONS') return preflight(ctx, request)
    const type = resourceType(request.path)
    throw s3Error(
      'MethodNotAllowed',
      'The specified method is not allowed against this resource.',
      { Method: request.method, ResourceType: type },
      { allow: allowedMethods[type] },
    )
  },
})
