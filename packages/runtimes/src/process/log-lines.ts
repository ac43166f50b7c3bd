import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import type { CodeLogLine } from '@cloud-orrery/services'

/** Text kept of one invocation, in characters; what comes after is counted, not kept. */
const charactersMax = 4 * 1024 * 1024
/** Longest line, in characters: CloudWatch Logs takes no larger event. */
const lineCharactersMax = 256 * 1024

/** What a process writes, line by line, each at its moment of model time. */
export class LogLines {
  readonly #nowMs: () => number
  #lines: CodeLogLine[] = []
  #characters = 0
  #droppedCharacters = 0
  readonly #rests: (() => void)[] = []

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  read(stream: Readable): void {
    const decoder = new StringDecoder('utf8')
    let rest = ''
    const take = (text: string): void => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.add(line)
      while (rest.length > lineCharactersMax) {
        this.add(rest.slice(0, lineCharactersMax))
        rest = rest.slice(lineCharactersMax)
      }
    }
    stream.on('data', (chunk: Buffer) => take(decoder.write(chunk)))
    // A pipe of a process that was killed may fail; its end is seen elsewhere.
    stream.on('error', () => {})
    this.#rests.push(() => {
      if (rest !== '') this.add(rest)
      rest = ''
    })
  }

  add(text: string): void {
    if (this.#characters + text.length > charactersMax) {
      this.#droppedCharacters += text.length
      return
    }
    this.#characters += text.length
    this.#lines.push({ atMs: this.#nowMs(), text: text.replaceAll('\r', '\n') })
  }

  /** All since the last time, unfinished lines too. */
  take(): CodeLogLine[] {
    for (const rest of this.#rests) rest()
    if (this.#droppedCharacters > 0) {
      const text = `[orrery: ${this.#droppedCharacters} more characters were written and not kept]`
      this.#lines.push({ atMs: this.#nowMs(), text })
    }
    const lines = this.#lines
    this.#lines = []
    this.#characters = 0
    this.#droppedCharacters = 0
    return lines
  }
}
