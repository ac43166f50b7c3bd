import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { isRecord } from './arguments.ts'
import { RuntimeError } from './errors.ts'
import { taskRoot } from './paths.ts'
import { HttpResponseStream } from './response-stream.ts'

export type Handler = (...args: unknown[]) => unknown

const streamingKey = Symbol.for('aws.lambda.runtime.handler.streaming')
const highWaterMarkKey = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark')

export interface LoadedHandler {
  readonly run: Handler
  readonly streaming: boolean
  /** Declared with `async`: the runtime of Node.js 22 and earlier makes a difference. */
  readonly declaredAsync: boolean
}

/** From the first major version on, callbacks are refused. */
const versionWithoutCallbacks = 24

const callbacksRemoved =
  'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.'

/** Loads the function that a handler's name says, as the runtime does. Throws `RuntimeError`, or what the module threw. */
export async function loadHandler(name: string, version: number): Promise<LoadedHandler> {
  if (name.includes('..')) {
    throw new RuntimeError(
      'MalformedHandlerName',
      `'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    )
  }
  const base = path.basename(name)
  const folder = name.slice(0, name.indexOf(base))
  const [, moduleName, exportName] = /^([^.]*)\.(.*)$/.exec(base) ?? []
  if (moduleName === undefined || exportName === undefined) {
    throw new RuntimeError('MalformedHandlerName', 'Bad handler')
  }
  exposeStreaming()
  const loaded = await load(folder, moduleName)
  let found: unknown = loaded
  for (const key of exportName.split('.')) found = isRecord(found) ? found[key] : undefined
  if (!found) throw new RuntimeError('HandlerNotFound', `${name} is undefined or not exported`)
  if (typeof found !== 'function') {
    throw new RuntimeError('HandlerNotFound', `${name} is not a function`)
  }
  return described(found as Handler, version) // Any function can be called with any arguments.
}

function described(run: Handler, version: number): LoadedHandler {
  const marked: unknown = Reflect.get(run, streamingKey)
  if (marked && marked !== 'response') {
    throw new RuntimeError('MalformedStreamingHandler', 'Only response streaming is supported.')
  }
  const streaming = marked === 'response'
  if (version >= versionWithoutCallbacks && run.length >= 3 && !streaming) {
    throw new RuntimeError('CallbackHandlerDeprecated', callbacksRemoved)
  }
  return { run, streaming, declaredAsync: run.constructor.name === 'AsyncFunction' }
}

/** The global that streaming functions are written with. */
function exposeStreaming(): void {
  const off = process.env['AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA']
  if (off === '1' || off === 'true') return
  const streamifyResponse = (handler: Handler, options?: { highWaterMark?: number }) => {
    Reflect.set(handler, streamingKey, 'response')
    if (typeof options?.highWaterMark === 'number') {
      Reflect.set(handler, highWaterMarkKey, Math.trunc(options.highWaterMark))
    }
    return handler
  }
  Object.assign(globalThis, { awslambda: { streamifyResponse, HttpResponseStream } })
}

/** Modules that Node's options load before anything else. */
export async function loadAhead(
  modules: readonly { readonly name: string; readonly imported: boolean }[],
): Promise<void> {
  const require = createRequire(path.join(taskRoot, '_'))
  for (const { name, imported } of modules) {
    if (imported) await import(name.startsWith('.') ? path.join(taskRoot, name) : name)
    else require(name)
  }
}

async function load(folder: string, moduleName: string): Promise<unknown> {
  try {
    return await loadModule(folder, moduleName)
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw withStack(new RuntimeError('UserCodeSyntaxError', String(error)), error)
    }
    if (isRecord(error) && error['code'] === 'MODULE_NOT_FOUND') {
      throw new RuntimeError('ImportModuleError', String(error))
    }
    throw error
  }
}

function withStack(error: Error, { stack }: Error): Error {
  // The runtime's own frames say nothing about the line that does not parse.
  if (stack !== undefined) error.stack = stack
  return error
}

async function loadModule(folder: string, moduleName: string): Promise<unknown> {
  const file = path.resolve(taskRoot, folder, moduleName)
  const require = createRequire(runtimeRootFile)
  const required = (extension: string) =>
    fs.existsSync(file + extension) ? require(file + extension) : undefined
  const imported = async (extension: string) =>
    fs.existsSync(file + extension) ? await import(file + extension) : undefined
  const isModule = hasModuleType(path.dirname(file))
  return (
    required('') ||
    (isModule ? await imported('.js') : required('.js')) ||
    (await imported('.mjs')) ||
    required('.cjs') ||
    require(resolvedByNode(moduleName, folder))
  )
}

/** The file that requires the handler's module: its name is the last of a "Require stack". */
const runtimeRootFile = '/var/runtime/index.mjs'

function resolvedByNode(moduleName: string, folder: string): string {
  const paths = [taskRoot, path.resolve(taskRoot, folder)]
  for (const from of paths) {
    try {
      return createRequire(path.join(from, '_')).resolve(moduleName)
    } catch (error) {
      if (!(isRecord(error) && error['code'] === 'MODULE_NOT_FOUND')) throw error
    }
  }
  const error = new Error(
    `Cannot find module '${moduleName}'\nRequire stack:\n- ${runtimeRootFile}`,
  )
  throw Object.assign(error, { code: 'MODULE_NOT_FOUND', requireStack: [runtimeRootFile] })
}

/** The nearest `package.json` decides, up to a `node_modules` folder. */
function hasModuleType(folder: string): boolean {
  if (folder.endsWith('/node_modules')) return false
  const file = path.join(folder, 'package.json')
  if (fs.existsSync(file)) {
    try {
      const parsed: unknown = JSON.parse(fs.readFileSync(file, 'utf8'))
      return isRecord(parsed) && parsed['type'] === 'module'
    } catch (error) {
      console.warn(
        `${file} cannot be read, it will be ignored for ES module detection purposes.`,
        error,
      )
      return false
    }
  }
  return folder === '/' ? false : hasModuleType(path.dirname(folder))
}
