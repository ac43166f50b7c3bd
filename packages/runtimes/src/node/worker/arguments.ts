export type Callback = (...args: unknown[]) => void

/** The callback at the end of a call's arguments; throws as Node does where there is none. */
export function callbackOf(args: readonly unknown[]): Callback {
  const last = args.findLast((arg) => arg !== undefined)
  if (typeof last !== 'function') {
    const error = new TypeError('The "callback" argument must be of type function.')
    throw Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' })
  }
  return (...values) => void Reflect.apply(last, undefined, values)
}

/** Whether a value is an object or function with properties of any name. */
export function isRecord(value: unknown): value is Record<PropertyKey, unknown> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
