import fs from 'node:fs'
import module, { createRequire, registerHooks } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import vm from 'node:vm'
import type { Paths } from './paths.ts'
import { runtimeRoot } from './paths.ts'

type ResolveHook = NonNullable<Parameters<typeof registerHooks>[0]['resolve']>
type LoadHook = NonNullable<Parameters<typeof registerHooks>[0]['load']>
type ResolveContext = Parameters<ResolveHook>[1]
type NextResolve = Parameters<ResolveHook>[2]
type AnyFunction = (...args: unknown[]) => unknown
type Format =
  | 'module'
  | 'commonjs'
  | 'json'
  | 'wasm'
  | 'addon'
  | 'commonjs-typescript'
  | 'module-typescript'

export interface ModuleOptions {
  readonly paths: Paths
  /** Folders of this machine that stand in for the modules which AWS's runtime brings. */
  readonly runtimeModules: readonly string[]
  /** `require` of an ES module, and telling ES modules by their syntax. Source: Lambda developer guide, "Building Lambda functions with Node.js": off up to Node.js 22. */
  readonly modern: boolean
  /** Stacks tell of the sources that a module was built from. */
  readonly sourceMaps: boolean
  /** Called once for a module of AWS's runtime that this machine does not have. */
  onMissing(name: string): void
}

/** What AWS's runtime brings, so that a package need not. */
const runtimePackages = /^@(aws-sdk|smithy)\//

const readFileSync = fs.readFileSync

/** Loads modules from where they really are, under the names that they have on AWS. */
export function hookModules(options: ModuleOptions): void {
  const loader = new ModuleLoader(options)
  registerHooks({
    resolve: (specifier, context, next) => loader.resolve(specifier, context, next),
    load: (url, context, next) => loader.load(url, context, next),
  })
  // For a module that `import` has resolved Node asks its own resolver once more, without the hooks.
  const resolveFilename: unknown = Reflect.get(module, '_resolveFilename')
  Reflect.set(module, '_resolveFilename', (...args: unknown[]) => {
    const [request] = args
    const shown = typeof request === 'string' ? loader.resolveShown(request) : undefined
    return shown ?? Reflect.apply(resolveFilename as AnyFunction, module, args)
  })
  const dlopen = process.dlopen
  process.dlopen = (target: object, filename: string, flags?: number) => {
    const real = options.paths.real(filename)
    Reflect.apply(dlopen, process, flags === undefined ? [target, real] : [target, real, flags])
  }
}

/**
 * Lets V8 take what it compiled of a package from a folder, as far as another environment has left it there. The
 * function that is returned writes what is new. The code itself cannot tell: its own wish for such a folder is declined.
 */
export function keepCompiled(folder: string): () => void {
  const { flushCompileCache } = module
  module.enableCompileCache(folder)
  const { DISABLED: status } = module.constants.compileCacheStatus
  Object.assign(module, {
    enableCompileCache: () => ({ status }),
    getCompileCacheDir: () => undefined,
    flushCompileCache: () => undefined,
  })
  return flushCompileCache
}

class ModuleLoader {
  readonly #paths: Paths
  readonly #options: ModuleOptions
  readonly #types = new Map<string, string | undefined>()

  constructor(options: ModuleOptions) {
    this.#paths = options.paths
    this.#options = options
  }

  resolve(specifier: string, context: ResolveContext, next: NextResolve) {
    if (inner.depth > 0 || specifier.startsWith('node:') || module.isBuiltin(specifier))
      return next(specifier, context)
    const parent = context.parentURL
    const outside =
      parent !== undefined && (!parent.startsWith('file://') || !this.#isShown(parent))
    // What this machine brings in the place of AWS's runtime finds its own modules.
    if (outside && !this.#isShown(specifier)) return next(specifier, context)
    try {
      const url = context.conditions.includes('require')
        ? this.#requireFrom(specifier, parent)
        : this.#importFrom(specifier, context, next)
      return { url: this.#paths.shownUrl(url), shortCircuit: true }
    } catch (error) {
      throw this.#translated(error)
    }
  }

  /** An absolute path that the code sees, as `require` finds it; undefined where it is none. */
  resolveShown(request: string): string | undefined {
    if (inner.depth > 0 || !request.startsWith('/') || !this.#isShown(request)) return undefined
    return fileURLToPath(this.#paths.shownUrl(this.#requireFrom(request, undefined)))
  }

  #isShown(name: string): boolean {
    if (name.startsWith('file://')) return this.#paths.mounted(fileURLToPath(name))
    return name.startsWith('/') && this.#paths.mounted(name)
  }

  /** `NODE_PATH`, where each is on this machine. Modules of AWS's runtime come later: see `#fallback`. */
  #nodePath(): string[] {
    const folders = (process.env['NODE_PATH'] ?? '').split(':').filter((folder) => folder !== '')
    return folders
      .filter((folder) => !folder.startsWith(runtimeRoot))
      .map((folder) => this.#paths.real(folder))
  }

  #requireFrom(specifier: string, parentUrl: string | undefined): string {
    const parent = parentUrl === undefined ? '/var/task/_' : fileURLToPath(parentUrl)
    const relative = /^\.{0,2}\//.test(specifier) || specifier === '.' || specifier === '..'
    const name = specifier.startsWith('/') ? this.#paths.real(specifier) : specifier
    const require = createRequire(this.#paths.real(parent))
    try {
      return pathToFileURL(resolveIn(require, name)).href
    } catch (error) {
      if (!isNotFound(error)) throw error
      const found = relative
        ? undefined
        : (this.#inNodePath(specifier) ?? this.#fallback(specifier))
      if (found !== undefined) return pathToFileURL(found).href
      throw requireError(specifier, parent)
    }
  }

  #inNodePath(specifier: string): string | undefined {
    for (const folder of this.#nodePath()) {
      try {
        return resolveIn(createRequire(path.join(folder, '_')), `./${specifier}`)
      } catch (error) {
        if (!isNotFound(error)) throw error
      }
      if (path.basename(folder) !== 'node_modules') continue
      try {
        return resolveIn(createRequire(path.join(path.dirname(folder), '_')), specifier)
      } catch (error) {
        if (!isNotFound(error)) throw error
      }
    }
    return undefined
  }

  #fallback(specifier: string): string | undefined {
    if (!runtimePackages.test(specifier)) return undefined
    for (const folder of this.#options.runtimeModules) {
      try {
        return resolveIn(createRequire(path.join(folder, '_')), specifier)
      } catch (error) {
        if (!isNotFound(error)) throw error
      }
    }
    this.#options.onMissing(packageOf(specifier))
    return `${runtimeRoot}/node_modules/${packageOf(specifier)}/${standIn}`
  }

  #importFrom(specifier: string, context: ResolveContext, next: NextResolve): string {
    const parentURL = this.#paths.realUrl(context.parentURL ?? 'file:///var/task/_')
    const name = this.#isShown(specifier)
      ? this.#paths.realUrl(specifier.startsWith('/') ? pathToFileURL(specifier).href : specifier)
      : specifier
    try {
      return next(name, { ...context, parentURL }).url
    } catch (error) {
      const bare = /^[^./#]/.test(specifier) && !/^\w+:/.test(specifier)
      if (!bare || codeOf(error) !== 'ERR_MODULE_NOT_FOUND') throw error
      // Lambda's Node looks into `NODE_PATH` for ES modules too.
      const folders = [...this.#nodePath().map((folder) => path.dirname(folder))]
      const ours = runtimePackages.test(specifier) ? this.#options.runtimeModules : []
      for (const folder of [...folders, ...ours]) {
        try {
          const from = pathToFileURL(path.join(folder, '_')).href
          return next(specifier, { ...context, parentURL: from }).url
        } catch (inner) {
          if (codeOf(inner) !== 'ERR_MODULE_NOT_FOUND') throw inner
        }
      }
      if (ours.length > 0) this.#options.onMissing(packageOf(specifier))
      throw error
    }
  }

  load(url: string, context: Parameters<LoadHook>[1], next: Parameters<LoadHook>[2]) {
    if (url.endsWith(`/${standIn}`)) {
      return { format: 'commonjs', source: standInFor(url), shortCircuit: true }
    }
    if (!url.startsWith('file://') || !this.#isShown(url)) return next(url, context)
    const shown = fileURLToPath(url)
    const real = this.#paths.real(shown)
    const required = context.conditions.includes('require')
    let source: string | Buffer
    try {
      source = shown.endsWith('.wasm') ? readFileSync(real) : readFileSync(real, 'utf8')
    } catch (error) {
      throw this.#translated(error)
    }
    const format =
      context.importAttributes?.['type'] === 'json'
        ? 'json'
        : this.#formatOf(real, source, required)
    if (required && format === 'module' && !this.#options.modern) throw requireEsmError(shown)
    const own = this.#options.sourceMaps ? this.#withMap(source, real) : source
    return { format, source: own, shortCircuit: true }
  }

  /** Node itself would look for the map where the code believes to be. */
  #withMap(source: string | Buffer, real: string): string | Buffer {
    const found = /\n\/\/# sourceMappingURL=([^\s:]+)\s*$/.exec(String(source))
    if (found?.[1] === undefined) return source
    try {
      const map = readFileSync(path.resolve(path.dirname(real), found[1]))
      const url = `data:application/json;base64,${map.toString('base64')}`
      return `${String(source).slice(0, found.index)}\n//# sourceMappingURL=${url}`
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return source
      throw error
    }
  }

  #formatOf(real: string, source: string | Buffer, required: boolean): Format | undefined {
    switch (path.extname(real)) {
      case '.mjs':
        return 'module'
      case '.cjs':
        return 'commonjs'
      case '.json':
        return 'json'
      case '.wasm':
        return 'wasm'
      case '.node':
        return 'addon'
      case '.mts':
        return 'module-typescript'
      case '.cts':
        return 'commonjs-typescript'
      case '.ts':
        return this.#typeOf(path.dirname(real)) === 'module'
          ? 'module-typescript'
          : 'commonjs-typescript'
    }
    const type = this.#typeOf(path.dirname(real))
    if (type === 'module') return 'module'
    if (type === undefined && this.#options.modern) {
      // Node itself tells one by its syntax as it compiles what is required.
      if (required) return undefined
      if (hasModuleSyntax(String(source))) return 'module'
    }
    return 'commonjs'
  }

  /** `type` of the nearest `package.json`, not above the root of the package. */
  #typeOf(folder: string): string | undefined {
    if (this.#types.has(folder)) return this.#types.get(folder)
    let type: string | undefined
    const parent = path.dirname(folder)
    const shown = this.#paths.shown(folder)
    try {
      const parsed: unknown = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
      type =
        parsed !== null && typeof parsed === 'object' && 'type' in parsed
          ? String(parsed.type)
          : 'none'
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' && !(error instanceof SyntaxError)) throw error
      const atRoot = !this.#paths.mounted(path.dirname(shown)) || parent === folder
      if (!atRoot && path.basename(folder) !== 'node_modules') type = this.#typeOf(parent)
    }
    this.#types.set(folder, type)
    return type
  }

  #translated(error: unknown): unknown {
    if (!(error instanceof Error)) return error
    error.message = this.#paths.text(error.message)
    if (error.stack !== undefined) error.stack = this.#paths.text(error.stack)
    return error
  }
}

function packageOf(specifier: string): string {
  return specifier.split('/').slice(0, 2).join('/')
}

const standIn = 'orrery-stand-in.cjs'

/**
 * What a client of the SDK is that AWS's runtime has and this machine has not: it can be required, as on AWS, so that
 * code which never uses it runs; who does use it is told what to install.
 */
function standInFor(url: string): string {
  const name = url.split('/').slice(-3, -1).join('/')
  const message = `This function uses ${name}, which AWS's runtime has and this machine has not: npm install --save-dev ${name}`
  return `module.exports = new Proxy({}, {
  get(target, name) {
    if (typeof name === 'symbol' || name === '__esModule' || name === 'then') return undefined
    return class { constructor() { throw new Error(${JSON.stringify(message)}) } }
  },
})`
}

/** Resolution by Node itself, from a place on this machine, past our own hooks. */
function resolveIn(require: NodeJS.Require, specifier: string): string {
  inner.depth += 1
  try {
    return require.resolve(specifier)
  } finally {
    inner.depth -= 1
  }
}

const inner = { depth: 0 }

function isNotFound(error: unknown): boolean {
  return codeOf(error) === 'MODULE_NOT_FOUND'
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

function requireError(specifier: string, parent: string): Error {
  const stack: string[] = []
  // Who required it, and who required that.
  let at: NodeJS.Module | null | undefined = createRequire(parent).cache[parent]
  for (; at && !stack.includes(at.filename); at = at.parent) stack.push(at.filename)
  if (stack.length === 0) stack.push(parent)
  const error = new Error(
    `Cannot find module '${specifier}'\nRequire stack:\n- ${stack.join('\n- ')}`,
  )
  return Object.assign(error, { code: 'MODULE_NOT_FOUND', requireStack: stack })
}

function requireEsmError(file: string): Error {
  const error = new Error(
    `require() of ES Module ${file} not supported.\nInstead change the require of ${path.basename(file)} to a dynamic import() which is available in all CommonJS modules.`,
  )
  return Object.assign(error, { code: 'ERR_REQUIRE_ESM' })
}

/** Whether a source is an ES module by its syntax: it does not compile as the body of a function. */
function hasModuleSyntax(source: string): boolean {
  if (!/\b(import|export|await)\b/.test(source)) return false
  try {
    vm.compileFunction(source, ['exports', 'require', 'module', '__filename', '__dirname'])
    return false
  } catch (error) {
    return (
      error instanceof SyntaxError &&
      /import statement outside|Unexpected token 'export'|import\.meta|await is only valid/.test(
        error.message,
      )
    )
  }
}
