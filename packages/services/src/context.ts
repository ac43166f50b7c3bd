import type {
  Blobs,
  Ids,
  RandomStream,
  Scope,
  Store,
  TableContext,
  TaskRecord,
} from '@cloud-orrery/kernel'
import type { Operation } from '@cloud-orrery/models'
import type { Principal, RequestContext, SourcedPolicy } from '@cloud-orrery/policy'
import type { HttpRequest } from '@cloud-orrery/protocols'
import type { CodeRunner } from './code.ts'
import type { Provenance, ResourceHandler, TaggedResource, Task } from './define.ts'
import type { Sockets } from './shared/apis/sockets.ts'

/** Who makes a call, as plain data, so that pending work can keep it and act as them later. */
export interface Caller {
  readonly principal: Principal
  readonly accessKeyId?: string
  /** Present, even if empty, when the session was made with session policies. */
  readonly sessionPolicies?: readonly SourcedPolicy[]
  readonly sourceIp?: string
  readonly userAgent?: string
  /** The page from which a browser says it came: `aws:Referer`. */
  readonly referer?: string
  /** False only for in-process clients whose endpoint is `http:`; the port stands in for AWS's TLS. */
  readonly secureTransport?: boolean
  readonly mfaPresent?: boolean
  readonly tokenIssueTimeMs?: number
  /** Services through which the call came, the first one first: `aws:CalledVia`. */
  readonly calledVia?: readonly string[]
  /** The service that acts with this identity: `events.amazonaws.com`. */
  readonly invokedBy?: string
}

/** Under which identity a service calls another. Omitted: as the one who called it. */
export type CallAs =
  /** A service principal: `'sns.amazonaws.com'`. Only resource policies can allow it. */
  | string
  /** A role that the named service assumes, its trust policy judged, for this one call. */
  | { readonly role: string; readonly service: string; readonly sessionName?: string }
  /**
   * Someone who called earlier and whose request is still being worked on. `direct`: the call is their own
   * request in another form (a form of a browser), and comes through no service.
   */
  | { readonly caller: Caller; readonly direct?: true }

export interface CallOptions {
  readonly as?: CallAs
  /** For service principals: `aws:SourceArn`, the resource on whose behalf the service calls. */
  readonly sourceArn?: string
  /** For service principals: `aws:SourceAccount`. Default: the calling context's account. */
  readonly sourceAccount?: string
  /** For service principals: `aws:SourceOwner`, which CloudWatch gives and the first policies of topics ask for. */
  readonly sourceOwner?: string
  /** Where the call goes. Default: the context's region, and the account of the identity. */
  readonly region?: string
  readonly accountId?: string
}

/** An event that an AWS service puts on its account's default bus. */
export interface ServiceEvent {
  /** `aws.s3` */
  readonly source: string
  readonly detailType: string
  readonly resources?: readonly string[]
  readonly detail: Readonly<Record<string, unknown>>
}

export interface OutboundRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The body as it is to be sent, where it need not be text: `body` is the same as UTF-8. */
  readonly bytes?: Uint8Array
  /** Model time allowed. AWS's figure of whoever calls. */
  readonly timeoutMs: number
}

/** `status` 0 means that no answer came: the connection failed, or the host is not in the model. */
export interface OutboundResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** The `set-cookie` headers of a name of the model. */
  readonly cookies?: readonly string[]
  readonly body: string
  /** The body as it came; absent: `body` is all of it. `body` is the same as UTF-8. */
  readonly bytes?: Uint8Array
}

export interface AuthorizeOptions {
  readonly context?: RequestContext
  /** Owner of the resource where its ARN does not say it. */
  readonly resourceAccountId?: string
}

/** All that a service sees of the world. */
export interface Context extends TableContext {
  /** The account in which the operation works: the resource's owner. */
  readonly accountId: string
  readonly region: string
  /** `aws` */
  readonly partition: string
  readonly store: Store
  readonly blobs: Blobs
  /** This service's own stream of chance. */
  readonly random: RandomStream
  readonly ids: Ids
  readonly caller: Caller
  /** The HTTP request by which the call came; absent for calls that services make. */
  readonly request?: HttpRequest | undefined
  /** Of the API call that is being answered, or of the task that runs. */
  readonly requestId: string

  /** Model time, ms since 1970. */
  now(): number
  /** Runs a task after a delay of model time, in ms. Returns the id that `cancel` takes. */
  after<I>(delayMs: number, task: Task<I>, input: I): string
  cancel(taskId: string): boolean
  /** One road for every call to another service: identity, policy, faults and journal apply. */
  call<I, O>(operation: Operation<I, O>, input: I, options?: CallOptions): Promise<O>
  /** Puts an event of this service on the account's default bus. Free, never refused. */
  emit(event: ServiceEvent): void
  /** Picks one of the answers that AWS leaves open; the first is the usual one. */
  choose<T>(name: string, options: readonly [T, ...T[]]): T
  /**
   * True when an injected fault strikes at a site that this service names (`sqs.receive.empty`). `byChance`: a search over
   * seeds may strike here too, since whoever uses the service has to live with it.
   */
  struck(site: string, byChance?: boolean): boolean
  /** Waits until `wake(key)` or a moment of model time; true when woken. For calls only: in a task it returns false at once. */
  wait(key: string, untilMs: number): Promise<boolean>
  wake(key: string, count?: number): number
  /** Judges a further permission of the caller inside an operation (`iam:PassRole`). Throws AccessDenied. */
  authorize(action: string, resource: string, options?: AuthorizeOptions): void
  /** As `authorize`, without refusing: `s3:ListBucket` decides between 403 and 404. */
  isAllowed(action: string, resource: string, options?: AuthorizeOptions): boolean
  /** This context in another account or region: for lookups, and for calls that go there. */
  at(scope: Partial<Scope>): Context
  /** Notes something in the journal under the current entry: a mail, a delivery. */
  record(kind: string, name: string, data: Readonly<Record<string, unknown>>): void
  /**
   * An HTTP request by name. Names of the model (an API's, a user pool's issuer, what a zone of Route 53 leads to) are
   * answered on the request path; hosts outside it are refused unless allowed.
   */
  http(request: OutboundRequest): Promise<OutboundResponse>
  /** Open WebSockets, by the ids that services gave them. */
  readonly sockets: Sockets
  /** Runs the user's code. */
  readonly code: CodeRunner
  /** The handler of a CloudFormation resource type, if some service of the model has it. */
  resourceHandler(typeName: string): Promise<ResourceHandler | undefined>
  /** What all services of the model say of their tags in this account and region, service by service. */
  taggedResources(): Iterable<TaggedResource>
  /** Pending tasks, the earliest first: what `orrery status` shows. */
  pendingTasks(): Iterable<TaskRecord>
  /**
   * What the journal has of all accounts and regions, newest last: CloudTrail filters it. The entry of the
   * call that is running is there, still without an answer.
   */
  journal(): readonly JournalView[]
}

/** `data` of a journal entry of kind `call`. */
export interface CallData {
  readonly requestId: string
  readonly caller?: Caller
  readonly input: unknown
  readonly output?: unknown
  readonly error?: { readonly code: string; readonly message: string; readonly status: number }
  /** Absent while the call runs. */
  readonly provenance?: Provenance | 'refused'
  readonly trail?: { readonly kind?: 'data' | 'unlogged'; readonly readOnly?: boolean }
  /** Where the operation worked, if not where the caller sent it. */
  readonly scope?: Scope
}

interface EntryView extends Partial<Scope> {
  readonly sequence: number
  readonly atMs: number
  readonly name: string
}

/** An entry of the journal as services may see it. */
export type JournalView =
  | (EntryView & { readonly kind: 'call'; readonly data: CallData })
  | (EntryView & {
      readonly kind:
        | 'task'
        | 'event'
        | 'mail'
        | 'clock'
        | 'fault'
        | 'choice'
        | 'outside'
        | 'refused'
        | 'account'
      readonly data: Readonly<Record<string, unknown>>
    })

/** What a CloudFormation resource handler sees besides. Its calls go out as the deployer. */
export interface ResourceContext extends Context {
  readonly stackId: string
  readonly stackName: string
  readonly logicalId: string
  /** `ClientRequestToken` of the stack operation, or its stand-in. */
  readonly requestToken: string
  /** Tags of the stack and the three `aws:cloudformation:*` tags. */
  readonly stackTags: Readonly<Record<string, string>>
  /** `stack-logicalId-SUFFIX`, cut to fit, as CloudFormation names what the template does not. */
  physicalName(options: { lengthMax: number; suffix?: string; lowerCase?: boolean }): string
  /**
   * Notes what the first of several calls made, as `create` will answer it: where a later call fails, the stack knows
   * the resource, and its rollback deletes it.
   */
  made(state: object): void
}
