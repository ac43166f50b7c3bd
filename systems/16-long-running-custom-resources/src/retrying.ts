import { setTimeout as sleep } from 'node:timers/promises'

/** Retries after the first attempt. */
const retriesMax = 3

/** It would be refused again. */
export class Refused extends Error {}

/** Calls until it succeeds, up to four times: after `baseMs`, twice and four times that. What is refused is not retried. */
export async function retrying<T>(baseMs: number, call: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await call()
    } catch (error) {
      if (attempt === retriesMax || !isPassing(error)) throw error
      await sleep(baseMs * 2 ** attempt)
    }
  }
}

/** Whether the error is one of the moment: the network's, the server's, or of too many calls. */
function isPassing(error: unknown): boolean {
  if (error instanceof Refused) return false
  // What the SDK's exceptions carry; other errors have none of it.
  const { $metadata, name } = error as { $metadata?: { httpStatusCode?: number }; name?: string }
  const status = $metadata?.httpStatusCode
  return (
    status === undefined || status >= 500 || status === 429 || /Throttl|TooMany/.test(name ?? '')
  )
}
