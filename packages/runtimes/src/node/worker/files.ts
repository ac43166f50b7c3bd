import fs from 'node:fs'
import fsPromises from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isRecord } from './arguments.ts'
import type { Paths } from './paths.ts'

// Taken before they are replaced.
const realpathReally = fs.realpathSync.native
const readlinkReally = fs.readlinkSync

type AnyFunction = (...args: unknown[]) => unknown

/** Calls that read what is at their first path. */
const readers = [
  'access',
  'exists',
  'lstat',
  'opendir',
  'readFile',
  'readdir',
  'readlink',
  'realpath',
  'stat',
  'statfs',
  'watch',
  'watchFile',
  'unwatchFile',
  'glob',
  'openAsBlob',
]

/** Calls that change what is at their first path. */
const writers = [
  'appendFile',
  'chmod',
  'chown',
  'lchmod',
  'lchown',
  'lutimes',
  'mkdir',
  'mkdtemp',
  'mkdtempDisposable',
  'rm',
  'rmdir',
  'truncate',
  'unlink',
  'utimes',
  'writeFile',
]

/** Calls that change a link itself, not what it leads to. */
const onLinks = new Set([
  'lchmod',
  'lchown',
  'link',
  'lutimes',
  'mkdir',
  'mkdtemp',
  'mkdtempDisposable',
  'rename',
  'rm',
  'rmdir',
  'symlink',
  'unlink',
])

/** What would show the simulator's own process: its variables, and its memory. */
const ofSimulator = /^\/proc\/.+\/(environ|mem)$/

/** Calls with two paths; the second is changed, of `rename` the first one too. */
const pairs = ['copyFile', 'cp', 'link', 'rename', 'symlink']

/** System calls as errors name them, where the function's name is another. */
const syscalls: Readonly<Record<string, string>> = {
  writeFile: 'open',
  appendFile: 'open',
  readdir: 'scandir',
  copyFile: 'copyfile',
  rm: 'unlink',
  utimes: 'utime',
  truncate: 'open',
  lutimes: 'lutime',
}

/**
 * Makes the file system look as it does on AWS: the code lies in `/var/task`, layers in `/opt`, `/tmp` is the
 * environment's own, and nothing else can be written to.
 */
export function replaceFiles(paths: Paths): void {
  const wrapper = new FileCalls(paths)
  for (const target of [fs, fsPromises] as unknown as Record<string, unknown>[]) {
    for (const name of readers) wrapper.replace(target, name, { paths: 1, writes: [] })
    for (const name of writers) wrapper.replace(target, name, { paths: 1, writes: [0] })
    for (const name of pairs) {
      const writes = name === 'rename' ? [0, 1] : [1]
      wrapper.replace(target, name, { paths: 2, writes })
    }
    wrapper.replace(target, 'open', { paths: 1, writes: 'flags' })
  }
}

interface Shape {
  /** How many paths come first, or their positions. */
  readonly paths: number | readonly number[]
  /** Which of them are changed; `flags`: the first one where the flags say so. */
  readonly writes: readonly number[] | 'flags'
}

class FileCalls {
  readonly #paths: Paths

  constructor(paths: Paths) {
    this.#paths = paths
  }

  replace(target: Record<string, unknown>, name: string, shape: Shape): void {
    for (const variant of [name, `${name}Sync`]) {
      const real = target[variant]
      if (typeof real !== 'function') continue
      const replaced = this.#wrap(real as AnyFunction, variant, name, shape)
      // `fs.realpath.native` and the like; the promisified form is made from the replaced one.
      for (const key of Object.keys(real)) {
        const inner: unknown = Reflect.get(real, key)
        if (typeof inner !== 'function') continue
        Reflect.set(replaced, key, this.#wrap(inner as AnyFunction, variant, name, shape))
      }
      target[variant] = replaced
    }
  }

  #wrap(real: AnyFunction, variant: string, name: string, { paths, writes }: Shape): AnyFunction {
    const positions = Array.isArray(paths) ? paths : [...Array(paths).keys()]
    const calls = this
    return Object.defineProperty(
      function (this: unknown, ...args: unknown[]): unknown {
        const last = args.at(-1)
        const callback =
          typeof last === 'function' && !variant.startsWith('watch') ? last : undefined
        const refused = calls.#refusal(name, args, positions, writes)
        if (refused !== undefined) {
          if (name === 'exists') return false
          if (callback !== undefined) return void process.nextTick(() => callback(refused))
          if (this === fsPromises) return Promise.reject(refused)
          throw refused
        }
        for (const at of positions) {
          // What a symbolic link says is kept where it is no path from the root.
          const kept = name === 'symlink' && at === 0 && !textOf(args[at])?.startsWith('/')
          if (!kept) args[at] = calls.#realOf(args[at])
        }
        if (callback !== undefined) {
          args[args.length - 1] = (...results: unknown[]) =>
            Reflect.apply(
              callback,
              undefined,
              results.map((value) => calls.#shown(value)),
            )
        }
        return calls.#call(real, this, args)
      },
      'name',
      { value: variant },
    )
  }

  #call(real: AnyFunction, self: unknown, args: unknown[]): unknown {
    let result: unknown
    try {
      result = Reflect.apply(real, self, args)
    } catch (error) {
      throw this.#shown(error)
    }
    if (!(result instanceof Promise)) return this.#shown(result)
    return result.then(
      (value) => this.#shown(value),
      (error) => {
        throw this.#shown(error)
      },
    )
  }

  #realOf(value: unknown): unknown {
    if (typeof value === 'string') {
      const real = this.#paths.real(value)
      // `mkdtemp` adds to what it gets, and a folder's final slash says that it must be one.
      return value.endsWith('/') && !real.endsWith('/') ? `${real}/` : real
    }
    if (value instanceof URL) return pathToFileURL(this.#paths.real(fileURLToPath(value)))
    if (value instanceof Uint8Array) {
      return Buffer.from(this.#paths.real(Buffer.from(value).toString()))
    }
    return value
  }

  /** What the code may see of a result: paths as on AWS, in errors and entries of folders too. */
  #shown(value: unknown): unknown {
    if (typeof value === 'string') return this.#paths.shown(value)
    if (!isRecord(value)) return value
    if (value instanceof Error) {
      for (const key of ['path', 'dest']) {
        const text = value[key as keyof Error]
        if (typeof text === 'string') Reflect.set(value, key, this.#paths.shown(text))
      }
      value.message = this.#paths.text(value.message)
      if (value.stack !== undefined) value.stack = this.#paths.text(value.stack)
      return value
    }
    if (Array.isArray(value)) for (const entry of value) this.#showParent(entry)
    return value
  }

  #showParent(entry: unknown): void {
    if (!(entry instanceof fs.Dirent)) return
    for (const key of ['parentPath', 'path']) {
      const text: unknown = Reflect.get(entry, key)
      if (typeof text === 'string') Reflect.set(entry, key, this.#paths.shown(text))
    }
  }

  #refusal(
    name: string,
    args: readonly unknown[],
    positions: readonly number[],
    writes: Shape['writes'],
  ): Error | undefined {
    const changed = writes === 'flags' ? (opensToWrite(args[1]) ? [0] : []) : writes
    for (const at of changed) {
      const text = textOf(args[at])
      if (text === undefined || this.#mayWrite(text, onLinks.has(name))) continue
      if (positions.length === 0) return undefined
      return refusal('EROFS', syscalls[name] ?? name, text)
    }
    const source = textOf(args[0])
    if (source === undefined) return undefined
    // The code, and `/tmp`, are file systems of their own on AWS.
    if (name === 'link' && !this.#mayWrite(source, true)) return refusal('EXDEV', name, source)
    return this.#showsSimulator(source)
      ? refusal('EACCES', syscalls[name] ?? name, source)
      : undefined
  }

  /** Whether the code may change what is there, wherever links lead. */
  #mayWrite(text: string, linkItself: boolean): boolean {
    if (!this.#paths.writable(text)) return false
    const real = this.#paths.real(text)
    if (real.startsWith('/dev/')) return true
    const place = linkItself
      ? path.join(followed(path.dirname(real)), path.basename(real))
      : followed(real)
    return this.#paths.writable(place)
  }

  #showsSimulator(text: string): boolean {
    const absolute = this.#paths.absolute(text)
    // What was unpacked has no links that lead outside.
    if (this.#paths.mounted(absolute) && !this.#paths.writable(absolute)) return false
    return ofSimulator.test(followed(this.#paths.real(absolute)))
  }
}

/** Links of a path that lead on, at most. Source: Linux, `path_resolution(7)`. */
const linksMax = 40

/** Where a path leads to in the end, though there may be nothing yet. */
function followed(start: string): string {
  let name = start
  for (let links = 0; links < linksMax; links += 1) {
    try {
      return realpathReally(name)
    } catch {
      const folder = path.dirname(name)
      if (folder === name) return name
      const parent = followed(folder)
      try {
        name = path.resolve(parent, readlinkReally(path.join(parent, path.basename(name))))
      } catch {
        return path.join(parent, path.basename(name))
      }
    }
  }
  return name
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (value instanceof URL) return fileURLToPath(value)
  return value instanceof Uint8Array ? Buffer.from(value).toString() : undefined
}

function opensToWrite(flags: unknown): boolean {
  if (typeof flags === 'string') return /[wa+]/.test(flags)
  const { O_WRONLY, O_RDWR, O_CREAT } = fs.constants
  return typeof flags === 'number' && (flags & (O_WRONLY | O_RDWR | O_CREAT)) !== 0
}

const refusals = {
  EROFS: { errno: -30, text: 'read-only file system' },
  EXDEV: { errno: -18, text: 'cross-device link not permitted' },
  EACCES: { errno: -13, text: 'permission denied' },
}

function refusal(code: keyof typeof refusals, syscall: string, path: string): Error {
  const { errno, text } = refusals[code]
  const error = new Error(`${code}: ${text}, ${syscall} '${path}'`)
  return Object.assign(error, { errno, code, syscall, path })
}
