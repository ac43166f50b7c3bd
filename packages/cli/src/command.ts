/** Where a command writes: replaced in tests. */
export interface Io {
  out(text: string): void
  err(text: string): void
  /** Whether `out` is a terminal: colours and progress. */
  readonly terminal: boolean
  readonly cwd: string
}

/** One command of `orrery`. The exit code: 0 done, 1 the system or deployment failed, 2 wrong use. */
export interface Command {
  readonly summary: string
  /** Printed by `--help`: first line the form, then the options. */
  readonly usage: string
  readonly run: (args: string[], io: Io) => Promise<number>
}

/** The user's words are off: exit code 2. `next` says what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly next: string

  constructor(message: string, next: string) {
    super(message)
    this.next = next
  }
}
