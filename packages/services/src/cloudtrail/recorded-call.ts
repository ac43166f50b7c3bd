import { loadServiceModel, type OperationModel, type ServiceModel } from '@cloud-orrery/models'
import type { CallData, Caller, JournalView } from '../context.ts'
import { notModelledCode } from '../shared/not-modelled.ts'
import { isRecord } from './elements.ts'
import { isManagementEvent, isReadOnly } from './event-kinds.ts'
import { globalEventsRegion } from './limits.ts'

/** A call of the journal, as far as CloudTrail tells of it. */
export interface RecordedCall {
  readonly sequence: number
  readonly atMs: number
  readonly service: string
  readonly model: ServiceModel
  readonly operation: OperationModel
  readonly region: string
  readonly caller: Caller
  /** The account that called, and the one that owns what was called upon. */
  readonly callerAccountId: string
  readonly ownerAccountId: string
  readonly requestId: string
  readonly readOnly: boolean
  readonly input: Readonly<Record<string, unknown>>
  readonly output?: Readonly<Record<string, unknown>>
  readonly error?: { readonly code: string; readonly message: string; readonly status: number }
  /** ARN on which the first permission was judged; `*` where the action has no resource. */
  readonly resourceArn?: string
}

/** The decisions of the request path, in the journal beside what its contract names. */
interface JudgedCallData extends CallData {
  readonly decisions?: readonly { readonly resource: string }[]
}

/** The call that an entry tells of, or undefined where event history has nothing of it. */
export function recordedCall(entry: JournalView): RecordedCall | undefined {
  const { name, accountId, region } = entry
  if (entry.kind !== 'call' || accountId === undefined || region === undefined) return undefined
  const data: JudgedCallData = entry.data
  if (!hasEnded(data) || isOurRefusal(data)) return undefined
  const dot = name.indexOf('.')
  const service = name.slice(0, dot)
  const operationName = name.slice(dot + 1)
  if (!isManagementEvent(service, operationName, data.trail)) return undefined
  const model = loadServiceModel(service)
  const operation = model.operations[operationName]
  if (operation === undefined) return undefined
  const { caller, requestId, error } = data
  const resourceArn = data.decisions?.[0]?.resource
  return {
    sequence: entry.sequence,
    atMs: entry.atMs,
    service,
    model,
    operation,
    region: model.global === true ? globalEventsRegion : (data.scope?.region ?? region),
    caller: caller ?? { principal: { kind: 'anonymous' } },
    callerAccountId: accountId,
    ownerAccountId: data.scope?.accountId ?? accountInArn(resourceArn) ?? accountId,
    requestId,
    readOnly: data.trail?.readOnly ?? isReadOnly(service, operationName),
    input: isRecord(data.input) ? data.input : {},
    ...(isRecord(data.output) ? { output: data.output } : {}),
    ...(error === undefined ? {} : { error }),
    ...(resourceArn === undefined ? {} : { resourceArn }),
  }
}

/** The call that looks events up is in the journal too, without its answer. */
function hasEnded({ provenance }: CallData): boolean {
  return provenance !== undefined
}

/** What the model does not have, AWS would not have refused. */
function isOurRefusal({ provenance, error }: CallData): boolean {
  return provenance === 'refused' || error?.code === notModelledCode
}

function accountInArn(arn: string | undefined): string | undefined {
  const account = arn?.split(':', 5)[4]
  return account !== undefined && /^\d{12}$/.test(account) ? account : undefined
}

/**
 * Whether the event is in the history of an account: the caller's, and, unless it was denied, that of
 * the account whose resource was called upon.
 */
export function isInHistoryOf(call: RecordedCall, accountId: string): boolean {
  if (call.callerAccountId === accountId) return true
  return call.ownerAccountId === accountId && !isDenial(call)
}

/** Refused for want of a permission. */
export function isDenial({ error }: RecordedCall): boolean {
  return error !== undefined && /^AccessDenied(Exception)?$/.test(error.code)
}
