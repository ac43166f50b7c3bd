/** Something that the cloud must not do, as a checker found it. */
export class Violation extends Error {
  /** Which checker: a shrunk run counts only when the same one speaks. */
  readonly checker: string

  constructor(checker: string, text: string) {
    super(text)
    this.name = 'Violation'
    this.checker = checker
  }
}

/** Throws a violation unless the condition holds. */
export function holds(condition: boolean, checker: string, text: () => string): asserts condition {
  if (!condition) throw new Violation(checker, text())
}
