import { Invoke } from '@cloud-orrery/models/lambda'
import { type ApiCall, integrationArn } from './api-call.ts'

interface Invocation {
  /** `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations` */
  readonly uri: string
  readonly payload: string
  /** A role, or `arn:aws:iam::*:user/*` for the caller; absent: the function's own policy has to allow it. */
  readonly credentials?: string | undefined
  readonly sourceArn?: string
  readonly isAsync?: boolean
}

/** Whom a call is made as. Source: PutIntegration, `credentials`. */
export function identityFor(call: ApiCall, credentials: string | undefined, sourceArn: string) {
  const service = 'apigateway.amazonaws.com'
  if (credentials === undefined || credentials === '') {
    return { as: service, sourceArn, sourceAccount: call.ctx.accountId } as const
  }
  if (/^arn:[^:]+:iam::\*:(?:user\/\*|caller\/\*)$/.test(credentials)) {
    return { as: { caller: call.ctx.caller } } as const
  }
  return { as: { role: credentials, service, sessionName: 'BackplaneAssumeRoleSession' } } as const
}

/** Calls a function and waits for its answer. Throws the refusal of Lambda or of STS. */
export async function invokeFunction(
  call: ApiCall,
  { uri, payload, credentials, sourceArn, isAsync }: Invocation,
): Promise<{ payload: string; failed: boolean; status: number }> {
  const match = /\/functions\/(.+)\/invocations/.exec(uri)
  const arn = match?.[1] ?? ''
  const [, , , region = call.ctx.region, accountId = call.ctx.accountId] = arn.split(':')
  const output = await call.ctx.call(
    Invoke,
    {
      FunctionName: arn,
      Payload: Buffer.from(payload),
      InvocationType: isAsync === true ? 'Event' : 'RequestResponse',
    },
    {
      ...identityFor(call, credentials, sourceArn ?? integrationArn(call)),
      region,
      accountId,
    },
  )
  return {
    payload: Buffer.from(output.Payload ?? []).toString(),
    failed: output.FunctionError !== undefined,
    status: output.StatusCode ?? 200,
  }
}
