import { AwsError } from '@cloud-orrery/models'
import { type ApiCall, methodArn } from './api-call.ts'
import { cognitoAuthorized } from './cognito-authorizer.ts'
import { functionAuthorized } from './function-authorizer.ts'
import { configurationError, GatewayError } from './gateway-errors.ts'

/**
 * Who may call: the API's resource policy, then what the method asks for.
 * Source: developer guide, "How API Gateway resource policies affect authorization workflow".
 */
export async function authorizeCall(call: ApiCall): Promise<void> {
  if (call.isTest) return // Source: TestInvokeMethod: authorizers are passed by.
  const { authorizationType = 'NONE' } = call.method
  if (authorizationType === 'AWS_IAM') {
    if (call.ctx.caller.principal.kind === 'anonymous') {
      throw new GatewayError('MISSING_AUTHENTICATION_TOKEN', 'Missing Authentication Token')
    }
    judge(call)
    return
  }
  if (call.api.policy !== undefined) judge(call)
  if (authorizationType === 'NONE') return
  const authorizer = call.api.authorizers.find(({ id }) => id === call.method.authorizerId)
  if (authorizer === undefined) throw configurationError()
  call.authorized =
    authorizer.type === 'COGNITO_USER_POOLS'
      ? await cognitoAuthorized(call, authorizer)
      : await functionAuthorized(call, authorizer)
}

/** Identity policies and the resource policy together, as IAM judges every call. */
function judge(call: ApiCall): void {
  const { ctx, apiId, stageName, request, path } = call
  const arn = methodArn(ctx, apiId, stageName, request.method, path)
  try {
    ctx.authorize('execute-api:Invoke', arn, { resourceAccountId: ctx.accountId })
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw denied(error.message, arn)
  }
}

/** AWS hides most of the account's number. Source: user reports of denied calls to REST APIs. */
function denied(message: string, arn: string): GatewayError {
  const who = /^User: (\S+) /.exec(message)?.[1] ?? 'anonymous'
  const masked = arn.replace(/:(\d{8})(\d{4}):/, ':********$2:')
  const reason = message.includes('explicit deny') ? ' with an explicit deny' : ''
  return new GatewayError(
    'ACCESS_DENIED',
    `User: ${who} is not authorized to perform: execute-api:Invoke on resource: ${masked}${reason}`,
  )
}
