/** Names of errors that the interpreter itself raises. Source: Amazon States Language, Appendix A. */
export type StatesErrorName =
  | 'States.Runtime'
  | 'States.QueryEvaluationError'
  | 'States.DataLimitExceeded'
  | 'States.Timeout'
  | 'States.TaskFailed'
  | 'States.NoChoiceMatched'
  | 'States.IntrinsicFailure'
  | 'States.ParameterPathFailure'
  | 'States.ResultPathMatchFailure'
  | 'States.BranchFailed'
  | 'States.ItemReaderFailed'
  | 'States.ResultWriterFailed'
  | 'States.ExceedToleratedFailureThreshold'
  | 'States.HeartbeatTimeout'
  | 'States.Permissions'

/** A state that failed: what its Retry and Catch are asked about. */
export interface Failure {
  /** Absent where a Fail state gives none. */
  readonly error?: string
  readonly cause?: string
  /** Further names by which a Retry or Catch may know it. */
  readonly aliases?: readonly string[]
  /** Set where AWS writes an EvaluationFailed event: the field, where one is to blame. */
  readonly evaluation?: { readonly location?: string; readonly afterEntry?: boolean }
  /** Nothing retries or catches it. */
  readonly terminal?: boolean
}

/** Thrown within one step of a state; it never leaves the interpreter. */
export class StateFailure extends Error {
  override readonly name = 'StateFailure'
  readonly failure: Failure

  constructor(failure: Failure) {
    super(`${failure.error ?? ''}: ${failure.cause ?? ''}`)
    this.failure = failure
  }
}

/** A field of a state that could not be worked out; the state's name and event are put before it. */
export class FieldFailure extends Error {
  override readonly name = 'FieldFailure'
  readonly error: StatesErrorName
  readonly location: string | undefined
  readonly aliases: readonly string[]
  /** Found out after the state was entered: its EvaluationFailed event follows the entry. */
  readonly afterEntry: boolean

  constructor(
    message: string,
    options: {
      readonly error?: StatesErrorName
      readonly location?: string
      readonly aliases?: readonly string[]
      readonly afterEntry?: boolean
    } = {},
  ) {
    super(message)
    this.error = options.error ?? 'States.Runtime'
    this.location = options.location
    this.aliases = options.aliases ?? []
    this.afterEntry = options.afterEntry ?? false
  }
}
