/** What a backend answered. */
export interface BackendAnswer {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly cookies?: readonly string[]
  readonly body: Buffer
  /** What selection patterns are held against: a function's error, else the status. */
  readonly selection: string
}
