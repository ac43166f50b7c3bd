import { types } from 'node:util'
import type { CodeError } from '@cloud-orrery/services'
import { isRecord } from './arguments.ts'

/** An error of AWS's runtime for Node. Source: aws-lambda-nodejs-runtime-interface-client, `Errors`. */
export class RuntimeError extends Error {
  constructor(type: string, message: string, properties: object = {}) {
    super(message)
    Object.defineProperty(this, 'name', { value: `Runtime.${type}`, enumerable: false })
    Object.assign(this, properties)
  }
}

/** What a thing that was thrown is to the runtime: an error stays, anything else becomes the text of one. */
export function intoError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}

function looksLikeError(thrown: unknown): thrown is Error {
  if (types.isNativeError(thrown)) return true
  if (!isRecord(thrown)) return false
  return ['name', 'message', 'stack'].every((key) => {
    const value = thrown[key]
    return typeof value === 'string' && value !== ''
  })
}

/** An error as the runtime reports it to Lambda. */
export function reported(thrown: unknown, shown: (text: string) => string): CodeError {
  try {
    if (looksLikeError(thrown)) {
      const { name, message, stack } = thrown
      return {
        errorType: String(name),
        errorMessage: shown(String(message)),
        trace: shown(String(stack)).split('\n'),
      }
    }
    return { errorType: typeof thrown, errorMessage: shown(String(thrown)), trace: [] }
  } catch {
    return {
      errorType: 'handled',
      errorMessage:
        'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack',
    }
  }
}

/** An error as the runtime prints it: a tab, and JSON with all that it carries. */
export function formatted(thrown: Error, shown: (text: string) => string): string {
  try {
    return `\t${JSON.stringify(thrown, (_, value) => (value instanceof Error ? withProperties(value) : value))}`
  } catch {
    return `\t${JSON.stringify(reported(thrown, shown))}`
  }
}

function withProperties(error: Error): object {
  const properties = Object.assign(
    {
      errorType: error.name,
      errorMessage: error.message,
      code: 'code' in error ? error.code : undefined,
    },
    error,
  )
  return typeof error.stack === 'string'
    ? Object.assign(properties, { stack: error.stack.split('\n') })
    : properties
}
