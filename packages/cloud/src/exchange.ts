import type { Departure, JournalEntry, Turn } from '@cloud-orrery/kernel'
import type { AwsError, OperationModel, ServiceModel } from '@cloud-orrery/models'
import type {
  ChunkVerification,
  HttpRequest,
  ResolvedOperation,
  SignatureReading,
} from '@cloud-orrery/protocols'
import type { Caller, Context, OperationHandler, Service } from '@cloud-orrery/services'
import type { Judgement } from './authorization.ts'

/** Where a call came in. `code`: from the user's code that runs. `internal`: a service's `ctx.call`. */
export type Door = 'in-process' | 'port' | 'code' | 'internal'

/** One call on its way through the request path; each step reads what earlier ones found. */
export interface Exchange {
  readonly door: Door
  readonly requestId: string
  /** As it came in; absent for internal calls. Signatures are verified over this one. */
  readonly received?: HttpRequest
  /** As routing read it, in the words that most services share. */
  signature?: SignatureReading
  /** The verified signature and its secret: chunks of the body are signed with the same. */
  verification?: ChunkVerification
  /** The same in path style: what the protocols read. */
  request?: HttpRequest
  /** The name of a service's own to which the request's host leads, where the service answers plain HTTP. */
  servedName?: string
  service?: Service
  model?: ServiceModel
  resolved?: ResolvedOperation
  operationModel?: OperationModel
  handler?: OperationHandler
  input?: unknown
  caller?: Caller
  accountId: string
  region: string
  /** Condition keys that the door or the calling service knows: `aws:SourceArn`. */
  readonly extraContext?: Readonly<Record<string, string>>
  /** ARN of the resource on whose behalf a service calls. */
  readonly sourceArn?: string
  ctx?: Context
  entry?: JournalEntry
  cause: JournalEntry | undefined
  /** The piece of work that this call is, or is part of. */
  readonly turn?: Turn
  readonly signal?: Departure | undefined
  /** Access keys whose secret the sender has shown to have: one in-process client, whose requests nobody can change. */
  readonly verifiedKeys?: Set<string> | undefined
  decisions: Judgement[]
  /** An injected fault lets the call be done and its answer be lost. */
  losesAnswer?: boolean
  output?: unknown
  error?: AwsError
}
