import type { Scope, Store } from '@cloud-orrery/kernel'
import type { AwsError, Operation, ResourceType, Violation } from '@cloud-orrery/models'
import type {
  AuthorizationRequest,
  DenialWording,
  PolicyDocument,
  RequestContext,
} from '@cloud-orrery/policy'
import type { HttpRequest, HttpResponse } from '@cloud-orrery/protocols'
import type { Context, ResourceContext } from './context.ts'

/**
 * How an answer is known. `recorded`: checked against answers recorded from AWS. `modelled`: built from
 * AWS's documentation and models. `simplified`: the README says what is missing.
 */
export type Provenance = 'recorded' | 'modelled' | 'simplified'

/** One permission that an operation needs. */
export interface Authorization {
  /** Default: the service's IAM prefix and the operation's name. */
  readonly action?: string
  /** ARN, or `*` where the action has no resource. */
  readonly resource: string
  /** Condition keys that the service publishes for this call. */
  readonly context?: RequestContext
  /** The call makes the resource: judged as the caller's own, whoever has its name already. */
  readonly creates?: boolean
}

/** Marks an operation that AWS lets everyone call who can sign, with the reason. */
export interface NoAuthorization {
  readonly none: string
}

export type Authorize<I> = (
  input: I,
  ctx: Context,
) => string | Authorization | readonly Authorization[] | NoAuthorization

export interface OperationOptions<I, O> {
  readonly authorize: Authorize<I>
  readonly provenance: Provenance
  /** Parameters of the model that are not built: naming one in a call is refused by name. */
  readonly refuses?: readonly (keyof I & string)[]
  /** How CloudTrail sees it. Default: a management event, read-only where its verb is (Get, List, Describe). */
  readonly trail?: { readonly kind?: 'data' | 'unlogged'; readonly readOnly?: boolean }
  /**
   * Members of the output that open something, whose place alone the journal keeps; or the output as the
   * journal is to have it.
   */
  readonly secretOutput?: readonly (keyof O & string)[] | ((output: O) => unknown)
  /**
   * The account in which the operation works, where that is not the caller's: a queue URL names it. Asked before
   * the input is checked: what the model requires may yet be missing.
   */
  readonly scope?: (input: I, ctx: Context) => Partial<Scope>
  /** Synchronous, and therefore atomic, unless work leaves the service. What it wrote is undone when it throws. */
  readonly run: (ctx: Context, input: I) => O | Promise<O>
}

/** Whose a request says it is in a way of its own: in the fields of a form. */
export interface Claim {
  readonly accessKeyId: string
  readonly sessionToken?: string
  readonly signature: string
  readonly stringToSign: string
  /** Whether the owner of a secret signed it. */
  readonly isBy: (secretAccessKey: string) => boolean
}

/** An operation with its types forgotten: the request path hands it what its own model decoded. */
export interface OperationHandler
  extends Omit<OperationOptions<unknown, unknown>, 'refuses' | 'secretOutput'> {
  readonly descriptor: Operation
  readonly refuses?: readonly string[]
  readonly secretOutput?: readonly string[] | ((output: unknown) => unknown)
  /** It answers plain HTTP: made by `httpOperation`. */
  readonly isHttp?: boolean
  /** Made by `internalOperation`. */
  readonly isInternal?: boolean
  /** Signatures of its requests are not looked at: whoever calls is anonymous, or whom `claimed` names. */
  readonly unsigned?: boolean
  readonly claimed?: (request: HttpRequest) => Claim | undefined
}

/** Ties a generated operation to what it does. */
export function operation<I, O>(
  descriptor: Operation<I, O>,
  options: OperationOptions<I, O>,
): OperationHandler {
  // The request path calls `run` only with input that this descriptor's model decoded and checked.
  return { descriptor, ...(options as unknown as OperationOptions<unknown, unknown>) }
}

/** An operation that no model lists and no request reaches: services call it to have IAM judge work of their own. */
export function internalOperation<I, O>(
  descriptor: Operation<I, O>,
  options: OperationOptions<I, O>,
): OperationHandler {
  return { ...operation(descriptor, options), isInternal: true }
}

export interface TaskOptions<I> {
  readonly run: (ctx: Context, input: I) => void | Promise<void>
  /** Delay before attempt `attempt` + 1 (the first try is 1); undefined gives up. Absent: no retry. */
  readonly retryDelayMs?: (attempt: number, error: AwsError, input: I) => number | undefined
  /** Called once, when no retry is left. Absent: the failure is noted in the journal, nothing more. */
  readonly onGiveUp?: (
    ctx: Context,
    input: I,
    error: AwsError,
    attempts: number,
  ) => void | Promise<void>
}

export interface Task<I> extends TaskOptions<I> {
  /** `sns.deliver`: the service's folder, a dot, a verb. */
  readonly name: string
}

/** Pending work: a registered name, to be scheduled with JSON by `ctx.after`. */
export function task<I>(name: `${string}.${string}`, options: TaskOptions<I>): Task<I> {
  return { name, ...options }
}

/** What a handler gives back: attributes by their schema names, the identifier among them. */
export type NewResourceState<A> = { readonly [K in keyof A]?: A[K] | undefined } & {
  /** Physical id, where it is not what the schema's primary identifier gives. */
  readonly physicalId?: string
}

/** What it gave back, handed to it again. */
export type ResourceState<A> = A & {
  /** Physical id, where it is not what the schema's primary identifier gives. */
  readonly physicalId?: string
}

export interface ResourceOptions<P, A> {
  readonly create: (
    ctx: ResourceContext,
    properties: P,
  ) => NewResourceState<A> | Promise<NewResourceState<A>>
  /** Absent: the type has no property that can change in place. */
  readonly update?: (
    ctx: ResourceContext,
    properties: P,
    previous: P,
    state: ResourceState<A>,
  ) => NewResourceState<A> | Promise<NewResourceState<A>>
  readonly delete: (
    ctx: ResourceContext,
    state: ResourceState<A>,
    properties: P,
  ) => void | Promise<void>
  /** Properties as they are now, for drift; undefined when the resource is gone. Absent: drift is not supported. */
  readonly read?: (
    ctx: ResourceContext,
    state: ResourceState<A>,
    properties: P,
  ) => Partial<P> | undefined | Promise<Partial<P> | undefined>
  /**
   * What `create` would have given back for a resource that is there already, by the values of its primary
   * identifier; undefined when there is none. Absent: resources of this type can not be imported into stacks.
   */
  readonly adopt?: (
    ctx: ResourceContext,
    identifiers: Readonly<Record<string, string>>,
  ) => NewResourceState<A> | undefined | Promise<NewResourceState<A> | undefined>
  /**
   * Asked after a creation, again and again, where CloudFormation waits for the resource itself (a certificate that is
   * still to be validated). Throws what makes the step fail. Absent: it is ready when its time is over.
   */
  readonly isReady?: (
    ctx: ResourceContext,
    state: ResourceState<A>,
    properties: P,
  ) => boolean | Promise<boolean>
  /** How long the work takes in model ms, by kind. Default 100 for each: shorter than on AWS. */
  readonly durationMs?: {
    readonly create?: number
    readonly update?: number
    readonly delete?: number
  }
}

/** A resource type with its types forgotten: the engine hands it what the type's schema allowed. */
export interface ResourceHandler
  extends ResourceOptions<Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>> {
  readonly descriptor: ResourceType
}

/** Ties a CloudFormation resource type to the public API. Calls made by `ctx.call` go out as the deployer. */
export function resource<P, A>(
  descriptor: ResourceType<P, A>,
  options: ResourceOptions<P, A>,
): ResourceHandler {
  // The engine calls a handler only with properties that passed its type's schema, and its own states.
  const untyped = options as unknown as ResourceOptions<
    Readonly<Record<string, unknown>>,
    Readonly<Record<string, unknown>>
  >
  return { descriptor, ...untyped }
}

/** What a service knows of the owner and the policy of one of its resources. */
export interface ResourceAccess {
  readonly accountId: string
  readonly policy?: PolicyDocument
  /** As in `AuthorizationRequest.resourcePolicyKind`. Default `normal`. */
  readonly policyKind?: 'normal' | 'trust' | 'required'
}

/** A resource and its tags, as the Resource Groups Tagging API lists them. */
export interface TaggedResource {
  readonly arn: string
  readonly tags: Readonly<Record<string, string>>
}

/** Requests per second and burst, per account and region. Source: the service's quota page. */
export interface RateLimit {
  readonly perSecond: number
  readonly burst: number
}

/** A request from outside and what was answered. */
export interface AnsweredRequest {
  /** Of S3 in path style. */
  readonly request: HttpRequest
  readonly response: HttpResponse
  /** Of the model, or an `httpOperation`; absent where the request meant none. */
  readonly operation?: string
  readonly error?: AwsError
  readonly input?: unknown
}

export interface ServiceOptions {
  /** IAM prefix and ARN namespace, where it is not the folder's name. */
  readonly iamPrefix?: string
  readonly operations: readonly OperationHandler[]
  readonly tasks?: readonly Task<never>[]
  readonly resources?: readonly ResourceHandler[]
  readonly tables?: readonly { readonly name: string; resources(ctx: { store: Store }): string[] }[]
  /**
   * Owner and policy of a resource, by ARN: what the policy engine judges besides identity policies. `action`
   * (`kms:Decrypt`) is what is judged, for services that add to a policy what concerns an action; absent where the
   * policy itself is asked for.
   */
  readonly resourceAccess?: (
    ctx: Context,
    arn: string,
    action?: string,
  ) => ResourceAccess | undefined
  /**
   * Resources of the context's account and region that can have tags: what the Resource Groups Tagging API looks
   * through without asking for permissions of this service. Those that have none may be among them.
   */
  readonly taggedResources?: (ctx: Context) => Iterable<TaggedResource>
  /** Whether the model's constraints or the caller's permissions are looked at first. Default `validate`. */
  readonly first?: 'validate' | 'authorize'
  /** The service's own code and words for refusals that every service has. */
  readonly errors?: {
    readonly accessDenied?: (message: string, request: AuthorizationRequest) => AwsError
    /** Undefined: the operation judges these values itself. */
    readonly invalidInput?: (
      message: string,
      violations: readonly Violation[],
      call: { readonly operation: string; readonly ctx: Context },
    ) => AwsError | undefined
  }
  /** How the service words its denials, where it departs from the usual form. */
  readonly denialWording?: (action: string, resource: string) => DenialWording
  readonly rateLimits?: { readonly default: RateLimit } & Readonly<Record<string, RateLimit>>
  /** Plain HTTP that is no API call: SNS's certificate. Undefined: not mine. */
  readonly http?: (ctx: Context, request: HttpRequest) => HttpResponse | undefined
  /**
   * Names its `httpOperation` for a request that means none of the model's operations: S3's preflights and forms.
   * Of S3 in path style.
   */
  readonly unlisted?: (request: HttpRequest) => string
  /** Sees each answer before it leaves by a door, and may give it further headers. */
  readonly answered?: (
    ctx: Context,
    answered: AnsweredRequest,
  ) => Readonly<Record<string, string>> | undefined
  /** Work at the start of a fresh cloud: default records. Runs once per account, when the account or the service is first used. */
  readonly initialize?: (ctx: Context) => void
}

export interface Service extends ServiceOptions {
  readonly name: string
}

/** The table of contents of a service. Nothing registers itself by side effect. */
export function service(name: string, options: ServiceOptions): Service {
  return { name, ...options }
}
