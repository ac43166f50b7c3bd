/**
 * Our own limits and the user's mistakes, as opposed to errors that AWS would answer.
 * `next` says what to do; `code` is stable and has a paragraph in docs/reference/errors.md.
 */
export class SimulatorError extends Error {
  override readonly name = 'SimulatorError'
  readonly code: string
  readonly next: string

  constructor(code: string, message: string, next: string) {
    super(message)
    this.code = code
    this.next = next
  }
}

/** A bug of ours: what must not happen did. It stops the run; the message goes out with the seed. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message)
}
