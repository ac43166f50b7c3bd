import { AwsError } from '@cloud-orrery/models'
import type { HttpOperationInput, HttpOperationOutput } from '../../http-operation.ts'
import { forbidden, internalError } from './answers.ts'
import type { ApiCall } from './api-call.ts'
import { routeArnOf } from './events.ts'
import { judgeByFunction } from './function-authorizer.ts'
import { judgeToken } from './jwt-authorizer.ts'

/** Judges who may take a call's route. Undefined: let through; `call.authorized` says what was found out. */
export async function refusalOf(call: ApiCall): Promise<HttpOperationOutput | undefined> {
  const { AuthorizationType = 'NONE', AuthorizerId = '' } = call.matched?.route ?? {}
  if (AuthorizationType === 'NONE') return undefined
  if (AuthorizationType === 'AWS_IAM') return refusalBySignature(call)
  const authorizer = call.served.authorizers.get(AuthorizerId)
  if (authorizer === undefined) return internalError()
  const verdict = await (authorizer.AuthorizerType === 'JWT'
    ? judgeToken(call, authorizer)
    : judgeByFunction(call, authorizer))
  if ('refused' in verdict) return verdict.refused
  call.authorized = verdict.authorized
  return undefined
}

/** The service in the scope of a signature, in the header or in the query. */
function signedService({ headers, query }: HttpOperationInput): string | undefined {
  const presigned = new URLSearchParams(query).get('X-Amz-Credential')
  const scope = presigned ?? /Credential=([^,\s]+)/.exec(headers['authorization'] ?? '')?.[1] ?? ''
  return scope.split('/').at(-2)
}

/** Source: developer guide, "Control access to HTTP APIs with IAM authorization": `execute-api:Invoke` of the request. */
function refusalBySignature(call: ApiCall): HttpOperationOutput | undefined {
  const { ctx } = call
  if (ctx.caller.principal.kind === 'anonymous') return forbidden()
  if (signedService(call.request) !== 'execute-api') return forbidden()
  try {
    ctx.authorize('execute-api:Invoke', routeArnOf(call), { resourceAccountId: ctx.accountId })
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    call.notes.authorizerError = error.message
    return forbidden()
  }
  call.authorized = { kind: 'iam' }
  return undefined
}
