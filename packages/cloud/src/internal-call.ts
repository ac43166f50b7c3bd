import { invariant } from '@cloud-orrery/kernel'
import { loadServiceModel, type Operation } from '@cloud-orrery/models'
import { AssumeRole } from '@cloud-orrery/models/sts'
import type { CallAs, Caller, CallOptions, Context, Service } from '@cloud-orrery/services'
import { sessions } from '@cloud-orrery/services'
import type { Cloud } from './cloud.ts'
import type { Exchange } from './exchange.ts'
import { httpOperationModel } from './http-operations.ts'
import { makeCall } from './request-path.ts'

/** Shortest session that STS gives, in seconds: enough for one call. */
const sessionSeconds = 900

/** `ctx.call`: one service calls another, on the same road as everyone else. */
export async function internalCall<I, O>(
  cloud: Cloud,
  service: Service,
  from: Exchange,
  ctx: Context,
  operation: Operation<I, O>,
  input: I,
  options: CallOptions,
): Promise<O> {
  const caller = await callerOf(cloud, service, from, ctx, options)
  const exchange: Exchange = {
    door: 'internal',
    requestId: cloud.nextRequestId(),
    service: await cloud.services.load(operation.service),
    model: loadServiceModel(operation.service),
    input,
    caller,
    accountId: options.accountId ?? accountOf(caller) ?? ctx.accountId,
    region: options.region ?? ctx.region,
    extraContext: serviceContext(ctx, options, from),
    ...(options.sourceArn === undefined ? {} : { sourceArn: options.sourceArn }),
    cause: from.entry ?? from.cause,
    decisions: [],
    ...(from.turn === undefined ? {} : { turn: from.turn }),
    ...(from.signal === undefined ? {} : { signal: from.signal }),
  }
  const handler = cloud.services.handler(operation.service, operation.name)
  const operationModel =
    handler?.isInternal === true
      ? httpOperationModel(operation.name)
      : exchange.model?.operations[operation.name]
  invariant(operationModel !== undefined, `${operation.service} has no ${operation.name}`)
  exchange.operationModel = operationModel
  if (handler !== undefined) exchange.handler = handler
  await makeCall(cloud, exchange)
  if (exchange.error !== undefined) throw exchange.error
  return exchange.output as O // The handler is tied to this very descriptor.
}

async function callerOf(
  cloud: Cloud,
  service: Service,
  from: Exchange,
  ctx: Context,
  { as, ...options }: CallOptions,
): Promise<Caller> {
  if (as === undefined) {
    invariant(from.caller !== undefined, 'a call has a caller')
    return viaService(from.caller, service)
  }
  if (typeof as === 'string') return { principal: { kind: 'service', service: as } }
  if ('caller' in as) return as.direct === true ? as.caller : viaService(as.caller, service)
  return await assumeRole(cloud, service, from, ctx, as, options)
}

/** The role's trust policy is judged by STS itself, with the service as the one who asks. */
async function assumeRole(
  cloud: Cloud,
  service: Service,
  from: Exchange,
  ctx: Context,
  as: Extract<CallAs, { role: string }>,
  options: CallOptions,
): Promise<Caller> {
  const { Credentials } = await internalCall(
    cloud,
    service,
    from,
    ctx,
    AssumeRole,
    {
      RoleArn: as.role,
      RoleSessionName: as.sessionName ?? ctx.ids.hex(32),
      DurationSeconds: sessionSeconds,
    },
    {
      as: as.service,
      ...(options.sourceArn === undefined ? {} : { sourceArn: options.sourceArn }),
      ...(options.sourceAccount === undefined ? {} : { sourceAccount: options.sourceAccount }),
      region: ctx.region,
    },
  )
  const session = sessions.get(ctx, Credentials?.AccessKeyId ?? '')
  invariant(session !== undefined, 'STS gave a session that it does not keep')
  return { ...session.caller, invokedBy: as.service }
}

/** The same identity, now calling through a service. */
function viaService(caller: Caller, service: Service): Caller {
  if (caller.principal.kind === 'service') return caller
  const name = loadServiceModel(service.name).eventSource
  return { ...caller, calledVia: [...(caller.calledVia ?? []), name], invokedBy: name }
}

/**
 * On whose behalf a service principal calls. What it calls passes that on: an encrypted queue's key is asked for
 * the topic that sends, so that the key's policy can name the topic.
 */
function serviceContext(
  ctx: Context,
  options: CallOptions,
  from: Exchange,
): Readonly<Record<string, string>> {
  if (options.as === undefined && from.caller?.principal.kind === 'service') {
    return from.extraContext ?? {}
  }
  if (typeof options.as !== 'string') return {}
  return {
    'aws:PrincipalIsAWSService': 'true',
    'aws:PrincipalServiceName': options.as,
    'aws:SourceAccount': options.sourceAccount ?? ctx.accountId,
    ...(options.sourceArn === undefined ? {} : { 'aws:SourceArn': options.sourceArn }),
    ...(options.sourceOwner === undefined ? {} : { 'aws:SourceOwner': options.sourceOwner }),
  }
}

function accountOf(caller: Caller): string | undefined {
  return 'accountId' in caller.principal ? caller.principal.accountId : undefined
}
