import { invariant } from '@cloud-orrery/kernel'
import {
  type AwsError,
  awsError,
  commonError,
  loadServiceModel,
  type Operation,
} from '@cloud-orrery/models'
import { accessKeys, type Caller, type Credentials, sessions, users } from '@cloud-orrery/services'
import type { Cloud } from './cloud.ts'
import { operationNotModelled, serviceNotModelled } from './errors.ts'
import type { Door, Exchange } from './exchange.ts'
import { makeCall } from './request-path.ts'
import { folderOf } from './service-names.ts'

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
  if (folderOf(service) === undefined) throw serviceNotModelled(service)
  const credentials = options.credentials ?? cloud.credentials(options.accountId)
  return await cloud.kernel.scheduler.enter(async (turn) => {
    const { caller, accountId } = callerOf(cloud, credentials.accessKeyId)
    const model = loadServiceModel(service)
    const operationModel = model.operations[operation]
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

function callerOf(cloud: Cloud, accessKeyId: string): { caller: Caller; accountId: string } {
  const scope = cloud.scope(cloud.defaultAccountId, cloud.defaultRegion)
  const session = sessions.get(scope, accessKeyId)
  if (session !== undefined) return session
  const key = accessKeys.get(scope, accessKeyId)
  if (key === undefined) throw unknownKey()
  const { accountId, userName } = key
  if (userName === undefined) {
    const arn = `arn:aws:iam::${accountId}:root`
    return { accountId, caller: { principal: { kind: 'root', accountId, arn }, accessKeyId } }
  }
  const user = users.get(cloud.scope(accountId, cloud.defaultRegion), userName.toLowerCase())
  invariant(user !== undefined, `access key ${accessKeyId} belongs to no user`)
  const { arn, userId, tags } = user
  return {
    accountId,
    caller: { principal: { kind: 'user', accountId, arn, userId, userName, tags }, accessKeyId },
  }
}

function unknownKey(): AwsError {
  return awsError(
    commonError('InvalidClientTokenId', 403),
    'The security token included in the request is invalid.',
  )
}
