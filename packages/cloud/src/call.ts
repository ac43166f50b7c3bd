import { loadServiceModel, type Operation } from '@cloud-orrery/models'
import { type Credentials, registry } from '@cloud-orrery/services'
import type { Cloud } from './cloud.ts'
import {
  expiredToken,
  operationNotModelled,
  serviceNotModelled,
  unknownAccessKey,
  type Wording,
} from './errors.ts'
import type { Door, Exchange } from './exchange.ts'
import { type Identity, identityOf } from './identity.ts'
import { makeCall } from './request-path.ts'

export interface CallOptions {
  /** As whom. Default: the administrator of `accountId`. */
  credentials?: Credentials
  /** Default: the cloud's. */
  accountId?: string
  region?: string
}

/** Makes one API call without an SDK. Throws `AwsError` as the call was answered. */
export async function call<I, O>(
  cloud: Cloud,
  operation: Operation<I, O>,
  input: I,
  options: CallOptions = {},
): Promise<O> {
  // The handler is tied to this very descriptor, which says what it gives back.
  return (await callByName(cloud, operation.service, operation.name, input, options)) as O
}

/** The same by names, for command lines. Input and output are those of the model. */
export async function callByName(
  cloud: Cloud,
  service: string,
  operation: string,
  input: unknown,
  options: CallOptions = {},
  door: Exclude<Door, 'internal'> = 'in-process',
): Promise<unknown> {
  if (!Object.hasOwn(registry, service)) throw serviceNotModelled(service)
  if (cloud.durability?.refusal !== undefined) await cloud.durability.retry()
  if (cloud.durability?.refusal !== undefined) throw cloud.durability.refusal
  try {
    return await callNow(cloud, service, operation, input, options, door)
  } finally {
    await cloud.durability?.kept()
  }
}

async function callNow(
  cloud: Cloud,
  service: string,
  operation: string,
  input: unknown,
  options: CallOptions,
  door: Exclude<Door, 'internal'>,
): Promise<unknown> {
  return await cloud.kernel.scheduler.enter(async (turn) => {
    // In the call's own turn: an account that is new enters with it.
    const credentials = options.credentials ?? cloud.credentials(options.accountId)
    const model = loadServiceModel(service)
    const wording = { model, protocol: model.protocols[0] ?? 'awsJson1_1' } as const
    const { caller, accountId } = callerOf(cloud, credentials.accessKeyId, wording)
    const operationModel = Object.hasOwn(model.operations, operation)
      ? model.operations[operation]
      : undefined
    if (operationModel === undefined) throw operationNotModelled(service, operation)
    const exchange: Exchange = {
      door,
      requestId: cloud.nextRequestId(),
      service: await cloud.services.load(service),
      model,
      operationModel,
      input,
      caller: { ...caller, sourceIp: '127.0.0.1', userAgent: 'orrery', secureTransport: true },
      accountId,
      region: options.region ?? cloud.defaultRegion,
      cause: undefined,
      decisions: [],
      turn,
    }
    const handler = cloud.services.handler(service, operation)
    if (handler !== undefined) exchange.handler = handler
    await makeCall(cloud, exchange)
    if (exchange.error !== undefined) throw exchange.error
    return exchange.output
  })
}

function callerOf(cloud: Cloud, accessKeyId: string, wording: Wording): Identity {
  const identity = identityOf(cloud, accessKeyId)
  if (identity === undefined) throw unknownAccessKey(wording, accessKeyId)
  const { expiresAtMs = Number.POSITIVE_INFINITY, sessionToken } = identity
  if (expiresAtMs <= cloud.kernel.clock.nowMs) throw expiredToken(wording, sessionToken)
  return identity
}
