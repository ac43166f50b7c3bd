import type { CodeLogLine } from '@cloud-orrery/services'

/** Characters of one invocation's output that are kept. */
const keptCharactersMax = 16 * 1_048_576

/** Largest event that CloudWatch Logs takes, in bytes. Source: CloudWatch Logs quotas, "Event size": 1 MB. */
const lineCharactersMax = 1_048_576

/** What code writes in one invocation; of endless output the beginning. */
export class Logs {
  #lines: CodeLogLine[] = []
  #characters = 0
  #full = false

  add(atMs: number, text: string): void {
    if (this.#full) return
    const kept = text.length > lineCharactersMax ? text.slice(0, lineCharactersMax) : text
    this.#characters += kept.length + 1
    if (this.#characters > keptCharactersMax) {
      this.#full = true
      const limit = keptCharactersMax / 1_048_576
      this.#lines.push({
        atMs,
        text: `[orrery] The first ${limit} MB of this invocation's output are kept; more followed.`,
      })
      return
    }
    this.#lines.push({ atMs, text: kept })
  }

  /** All of it; the next invocation begins anew. */
  take(): readonly CodeLogLine[] {
    const lines = this.#lines
    this.#lines = []
    this.#characters = 0
    this.#full = false
    return lines
  }
}
