import type { Context } from '../../context.ts'
import { routedVersion } from '../aliases.ts'
import { functionNotFound, invalidContent, requestTooLarge } from '../errors.ts'
import { settle } from '../functions/lifecycle.ts'
import { asyncPayloadBytesMax, syncPayloadBytesMax } from '../limits.ts'
import { type Found, find, latest, versionKey } from '../lookup.ts'
import { type FunctionName, functionArn } from '../names.ts'
import { type VersionRecord, versions } from '../state.ts'

/** Recorded: lambda Invoke: the ARN that is told ends in $LATEST where no qualifier was named. */
export function invoked(ctx: Context, named: FunctionName): Found {
  const found = find(ctx, named)
  if (found !== undefined) return found
  throw functionNotFound(functionArn(ctx, { ...named, qualifier: named.qualifier ?? latest }))
}

/**
 * The version that answers: an alias draws it by its weights. A function that is being made is made at once: how long
 * that takes AWS leaves open, and an invocation waits for it.
 */
export function answering(ctx: Context, { version, alias }: Found): VersionRecord {
  const number = alias === undefined ? version.number : routedVersion(ctx, alias)
  const routed = versions.get(ctx, versionKey(version.functionName, number)) ?? version
  return routed.state === 'Pending' ? settle(ctx, routed) : routed
}

/** The event as JSON text; an empty one is an empty object. */
export function readPayload(payload: Uint8Array | undefined, event: boolean): string {
  const bytesMax = event ? asyncPayloadBytesMax : syncPayloadBytesMax
  if (payload === undefined || payload.byteLength === 0) return '{}'
  if (payload.byteLength > bytesMax) throw requestTooLarge(bytesMax, 'InvokeFunction')
  const text = Buffer.from(payload).toString()
  try {
    JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const word = /^\s*([^\s{}[\]",:]+)/.exec(text)?.[1] ?? text.slice(0, 20)
    throw invalidContent(
      `Unrecognized token '${word}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')`,
    )
  }
  return text
}

/** Source: Invoke, `ClientContext`: base64 of JSON. */
export function readClientContext(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  return Buffer.from(text, 'base64').toString()
}
