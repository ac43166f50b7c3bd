import fs from 'node:fs'
import { format } from 'node:util'
import { callbackOf } from './arguments.ts'
import { formatted, intoError } from './errors.ts'
import type { Link } from './link.ts'

const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const
type Level = (typeof levels)[number]

/** Under this key the runtime keeps the id of the invocation, for all copies of itself. */
const requestIdKey = Symbol.for('aws.lambda.runtime.requestId')

/** Longest line of raw output that is waited for until it ends, in characters. */
const lineLengthMax = 262_144

/** Characters of one invocation's output that are kept. */
const keptCharactersMax = 16 * 1_048_576

/** Largest event that CloudWatch Logs takes, in bytes. Source: CloudWatch Logs quotas, "Event size": 1 MB. */
const lineCharactersMax = 1_048_576

export function setRequestId(requestId: string): void {
  Reflect.set(globalThis, requestIdKey, requestId)
}

/** What the code writes, as the runtime formats it and Lambda takes it up. */
export class Output {
  readonly #link: Link
  readonly #shown: (text: string) => string
  /** Raw output that is no whole line yet, of both streams. */
  #rest = ''
  #json = false
  #characters = 0

  constructor(link: Link, shown: (text: string) => string) {
    this.#link = link
    this.#shown = shown
  }

  /** Replaces `console`, `process.stdout` and `process.stderr`, and writing to their descriptors. */
  replace(): void {
    this.#json = process.env['AWS_LAMBDA_LOG_FORMAT']?.toUpperCase() === 'JSON'
    for (const name of ['stdout', 'stderr'] as const) {
      const stream = process[name]
      stream.write = (chunk: unknown, ...rest: unknown[]) => this.#write(chunk, rest)
    }
    const { writeSync, write } = fs
    const isOutput = (descriptor: unknown) => descriptor === 1 || descriptor === 2
    fs.writeSync = (...args: unknown[]) => {
      if (!isOutput(args[0])) return Reflect.apply(writeSync, fs, args)
      return this.raw(args[1])
    }
    const writeLater = (...args: unknown[]) => {
      if (!isOutput(args[0])) return Reflect.apply(write, fs, args)
      const size = this.raw(args[1])
      process.nextTick(callbackOf(args), null, size, args[1])
      return undefined
    }
    Object.assign(fs, { write: Object.assign(writeLater, write) })
    this.#replaceConsole()
  }

  #write(chunk: unknown, rest: readonly unknown[]): boolean {
    this.raw(chunk)
    const callback = rest.find((value) => typeof value === 'function')
    if (typeof callback === 'function')
      process.nextTick(() => Reflect.apply(callback, undefined, []))
    return true
  }

  /** Takes raw output up line by line. Returns its size in bytes. */
  raw(chunk: unknown): number {
    const text = typeof chunk === 'string' ? chunk : textOf(chunk)
    const lines = `${this.#rest}${text}`.split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#send(line)
    if (this.#rest.length > lineLengthMax) this.flush()
    return Buffer.byteLength(text)
  }

  /** Sends what is written of a line that has not ended. */
  flush(): void {
    const rest = this.#rest
    this.#rest = ''
    if (rest !== '') this.#send(rest)
  }

  /** A line of ours in the function's log. */
  note(text: string): void {
    this.#send(`[orrery] ${text}`)
  }

  /** Another invocation writes. */
  begin(): void {
    this.#characters = 0
  }

  #send(text: string): void {
    if (this.#characters > keptCharactersMax) return
    const line = text.length > lineCharactersMax ? text.slice(0, lineCharactersMax) : text
    this.#characters += line.length + 1
    const limit = keptCharactersMax / 1_048_576
    const more = `[orrery] The first ${limit} MB of this invocation's output are kept; more followed.`
    const kept = this.#characters > keptCharactersMax ? more : this.#shown(line)
    this.#link.log(Math.floor(this.#link.nowMs()), kept)
  }

  #replaceConsole(): void {
    const wanted = levels.indexOf(levelOf(process.env['AWS_LAMBDA_LOG_LEVEL']))
    const print = (level: Level) => {
      if (levels.indexOf(level) < wanted && level !== 'FATAL') return () => undefined
      return (...params: unknown[]) => this.print(level, params)
    }
    const info = print('INFO')
    Object.assign(console, {
      trace: print('TRACE'),
      debug: print('DEBUG'),
      info,
      log: info,
      warn: print('WARN'),
      error: print('ERROR'),
      fatal: print('FATAL'),
    })
  }

  print(level: Level, params: readonly unknown[]): void {
    const time = new Date(Math.floor(this.#link.nowMs())).toISOString()
    const requestId: unknown = Reflect.get(globalThis, requestIdKey)
    this.#send(
      this.#json
        ? jsonRecord(time, requestId, level, params)
        : `${time}\t${String(requestId)}\t${level}\t${format(...params)}`,
    )
  }

  /** An error that ends an invocation, or all of them. */
  printError(what: string, thrown: unknown): void {
    if (this.#json) console.error(intoError(thrown))
    else console.error(what, formatted(intoError(thrown), this.#shown))
  }
}

function levelOf(name: string | undefined): Level {
  return levels.find((level) => level === name?.toUpperCase()) ?? 'TRACE'
}

function textOf(chunk: unknown): string {
  if (!ArrayBuffer.isView(chunk)) {
    const error = new TypeError(
      'The "chunk" argument must be of type string or an instance of Buffer, TypedArray, or DataView.',
    )
    throw Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' })
  }
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString()
}

function jsonRecord(
  timestamp: string,
  requestId: unknown,
  level: Level,
  params: readonly unknown[],
): string {
  const head = { timestamp, level, requestId }
  const [first] = params
  if (params.length === 1) {
    try {
      return JSON.stringify({ ...head, message: first }, errorFields)
    } catch {
      return JSON.stringify({ ...head, message: format(first) })
    }
  }
  const message = format(...params)
  const error = params.find((param) => param instanceof Error)
  if (error === undefined) return JSON.stringify({ ...head, message })
  return JSON.stringify({
    ...head,
    message,
    errorType: error.constructor?.name ?? 'UnknownError',
    errorMessage: error.message,
    stackTrace: typeof error.stack === 'string' ? error.stack.split('\n') : [],
  })
}

function errorFields(_: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value
  const stackTrace = typeof value.stack === 'string' ? value.stack.split('\n') : value.stack
  const errorType = value.constructor?.name ?? 'UnknownError'
  return Object.assign({ errorType, errorMessage: value.message, stackTrace }, value)
}
