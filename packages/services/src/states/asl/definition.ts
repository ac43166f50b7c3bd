import type { Json, JsonObject } from './json.ts'

export type QueryLanguage = 'JSONPath' | 'JSONata'

export type StateType =
  | 'Task'
  | 'Pass'
  | 'Choice'
  | 'Wait'
  | 'Succeed'
  | 'Fail'
  | 'Parallel'
  | 'Map'

/** The states of a machine, of a branch of a Parallel state, or of a Map state's processor. */
export interface StatesBlock {
  readonly StartAt: string
  readonly States: Readonly<Record<string, State>>
}

/** A definition that was found valid. Source: Amazon States Language. */
export interface Definition extends StatesBlock {
  readonly Comment?: string
  readonly Version?: string
  readonly QueryLanguage?: QueryLanguage
  readonly TimeoutSeconds?: number
}

export interface Retrier {
  readonly ErrorEquals: readonly string[]
  readonly IntervalSeconds?: number
  readonly MaxAttempts?: number
  readonly BackoffRate?: number
  readonly MaxDelaySeconds?: number
  readonly JitterStrategy?: 'FULL' | 'NONE'
}

export interface Catcher {
  readonly ErrorEquals: readonly string[]
  readonly Next: string
  readonly ResultPath?: string | null
  readonly Output?: Json
  readonly Assign?: JsonObject
}

/** A rule of a Choice state: an operator, or `And`, `Or`, `Not` of rules, or a JSONata `Condition`. */
export interface ChoiceRule extends JsonObject {
  readonly Next: string
}

/** Where a distributed Map state reads its items, or writes its results. */
export interface ReaderOrWriter {
  readonly Resource?: string
  readonly Parameters?: Json
  readonly Arguments?: Json
  readonly ReaderConfig?: JsonObject
  readonly WriterConfig?: JsonObject
}

export interface ItemProcessor extends StatesBlock {
  readonly ProcessorConfig?: {
    readonly Mode?: 'INLINE' | 'DISTRIBUTED'
    readonly ExecutionType?: 'STANDARD' | 'EXPRESS'
  }
}

/** Any state: fields that its type does not have are absent. */
export interface State {
  readonly Type: StateType
  readonly Comment?: string
  readonly QueryLanguage?: QueryLanguage
  readonly Next?: string
  readonly End?: boolean
  readonly InputPath?: string | null
  readonly OutputPath?: string | null
  readonly ResultPath?: string | null
  readonly Parameters?: Json
  readonly ResultSelector?: Json
  readonly Arguments?: Json
  readonly Output?: Json
  readonly Assign?: JsonObject
  readonly Retry?: readonly Retrier[]
  readonly Catch?: readonly Catcher[]
  // Pass
  readonly Result?: Json
  // Task
  readonly Resource?: string
  readonly Credentials?: JsonObject
  readonly TimeoutSeconds?: Json
  readonly TimeoutSecondsPath?: string
  readonly HeartbeatSeconds?: Json
  readonly HeartbeatSecondsPath?: string
  // Choice
  readonly Choices?: readonly ChoiceRule[]
  readonly Default?: string
  // Wait
  readonly Seconds?: Json
  readonly SecondsPath?: string
  readonly Timestamp?: string
  readonly TimestampPath?: string
  // Fail
  readonly Error?: string
  readonly ErrorPath?: string
  readonly Cause?: string
  readonly CausePath?: string
  // Parallel
  readonly Branches?: readonly StatesBlock[]
  // Map
  readonly ItemProcessor?: ItemProcessor
  readonly Iterator?: ItemProcessor
  readonly ItemsPath?: string
  readonly Items?: Json
  readonly ItemSelector?: Json
  readonly ItemReader?: ReaderOrWriter
  readonly ItemBatcher?: JsonObject
  readonly ResultWriter?: ReaderOrWriter
  readonly MaxConcurrency?: Json
  readonly MaxConcurrencyPath?: string
  readonly ToleratedFailureCount?: Json
  readonly ToleratedFailureCountPath?: string
  readonly ToleratedFailurePercentage?: Json
  readonly ToleratedFailurePercentagePath?: string
  readonly Label?: string
}

/** The language of a state: its own, or its machine's. */
export function languageOf(definition: Definition, state: State): QueryLanguage {
  return state.QueryLanguage ?? definition.QueryLanguage ?? 'JSONPath'
}

/** The processor of a Map state; `Iterator` is its older name. */
export function processorOf(state: State): ItemProcessor {
  const processor = state.ItemProcessor ?? state.Iterator
  if (processor === undefined) throw new TypeError('a Map state without processor')
  return processor
}

export function isDistributed(state: State): boolean {
  return state.Type === 'Map' && processorOf(state).ProcessorConfig?.Mode === 'DISTRIBUTED'
}
