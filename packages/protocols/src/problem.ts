/** Where in a request a value was found. */
export type Place = 'body' | 'header' | 'query' | 'label'

/**
 * `syntax`: the bytes are not the format; `type`: a value of the wrong kind; `number`, `timestamp`, `blob`: a
 * text that can't be read as one; `limit`: nested or repeated beyond what is read; `unknown`: a name that the
 * protocol refuses.
 */
export type ProblemKind = 'syntax' | 'type' | 'number' | 'timestamp' | 'blob' | 'limit' | 'unknown'

/**
 * A request that can't be decoded, before its protocol gives the answer its form. Thrown by the readers only,
 * turned into an `AwsError` by `decodeInput`.
 */
export class DecodeProblem extends Error {
  override readonly name = 'DecodeProblem'
  readonly kind: ProblemKind
  readonly place: Place
  /** The member or parameter, as the wire spells it. */
  readonly member: string | undefined
  /** The text that could not be read, where it is short enough to be quoted. */
  readonly value: string | undefined

  constructor(
    kind: ProblemKind,
    message: string,
    place: Place = 'body',
    member?: string,
    value?: string,
  ) {
    super(message)
    this.kind = kind
    this.place = place
    this.member = member
    this.value = value
  }
}

/**
 * Deepest nesting that is read. AWS publishes no general figure; Jackson, which AWS's Java services read JSON
 * with, refuses at 1,000, and no modelled input needs more than a few dozen.
 */
export const nestingMax = 500
