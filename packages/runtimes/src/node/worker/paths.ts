import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Mount } from '../messages.ts'

/** The folder in which the code stands. */
export const taskRoot = '/var/task'
/** Where AWS's runtime keeps its own files and the modules that it brings. */
export const runtimeRoot = '/var/runtime'
const runtimeFiles = /(\/var\/runtime\/)[\w-]+\.[jt]s:/g

/** Translates between the paths that the code sees and those of this machine. */
export class Paths {
  readonly #mounts: readonly Mount[]
  /** What is not to be seen, and what is shown in its place: longest first. */
  readonly #shownTexts: readonly { readonly real: string; readonly shown: string }[]

  constructor(mounts: readonly Mount[], others: readonly { real: string; shown: string }[]) {
    this.#mounts = mounts
    this.#shownTexts = [...mounts, ...others]
      .map(({ real, shown }) => ({ real, shown }))
      .sort((a, b) => b.real.length - a.real.length)
  }

  /** The path as the code sees it, absolute. */
  absolute(name: string): string {
    return name.startsWith('/') ? path.normalize(name) : path.join(process.cwd(), name)
  }

  /** Where a path of the code's really is; a path outside the mounts is itself. */
  real(name: string): string {
    const absolute = this.absolute(name)
    if (this.#isReal(absolute)) return absolute
    for (const { shown, real } of this.#mounts) {
      if (absolute === shown) return real
      if (absolute.startsWith(`${shown}/`)) return real + absolute.slice(shown.length)
    }
    return absolute
  }

  /** How the code sees a real path. */
  shown(name: string): string {
    for (const { shown, real } of this.#mounts) {
      if (name === real) return shown
      if (name.startsWith(`${real}/`)) return shown + name.slice(real.length)
    }
    return name
  }

  /** Whether the code sees a file of its own there: one of the mounts holds it. */
  mounted(name: string): boolean {
    if (this.#isReal(name)) return false
    return this.#mounts.some(({ shown }) => name === shown || name.startsWith(`${shown}/`))
  }

  /** Whether it is a path of this machine already: the real folders lie in a `/tmp` too. */
  #isReal(name: string): boolean {
    return this.#mounts.some(({ real }) => name === real || name.startsWith(`${real}/`))
  }

  /** Whether the code may change what is there: on AWS all but `/tmp` is read-only. */
  writable(name: string): boolean {
    const absolute = this.absolute(name)
    if (absolute.startsWith('/dev/')) return true
    return this.#mounts.some(
      ({ shown, real, writable }) =>
        writable &&
        [shown, real].some((root) => absolute === root || absolute.startsWith(`${root}/`)),
    )
  }

  realUrl(url: string): string {
    return url.startsWith('file://') ? pathToFileURL(this.real(fileURLToPath(url))).href : url
  }

  shownUrl(url: string): string {
    return url.startsWith('file://') ? pathToFileURL(this.shown(fileURLToPath(url))).href : url
  }

  /** A text with this machine's paths put as they are on AWS. */
  text(text: string): string {
    let result = text
    for (const { real, shown } of this.#shownTexts) {
      if (result.includes(real)) result = result.replaceAll(real, shown)
    }
    // The runtime on AWS is one file.
    return result.includes(runtimeRoot) ? result.replace(runtimeFiles, '$1index.mjs:') : result
  }
}
