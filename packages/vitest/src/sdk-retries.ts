/** What is touched of an SDK client's configuration and of its standard strategy. */
interface Retrying {
  config: { retryStrategy(): Promise<{ retryBackoffStrategy?: Backoff }> }
}

interface Backoff {
  computeNextBackoffDelay(attempt: number): number
}

/**
 * Lets an SDK client's retries come at once: it waits between them by the machine's clock, which no test does.
 * How often it tries, and for which errors, stays its own. Clients without the SDK's standard strategy stay
 * as they are.
 */
export function retryAtOnce<C>(client: C): C {
  if (!isRetrying(client)) return client
  const { config } = client
  const provider = config.retryStrategy
  config.retryStrategy = async () => {
    const strategy = await provider()
    if (strategy.retryBackoffStrategy !== undefined) {
      strategy.retryBackoffStrategy.computeNextBackoffDelay = () => 0
    }
    return strategy
  }
  return client
}

function isRetrying(client: unknown): client is Retrying {
  if (typeof client !== 'object' || client === null || !('config' in client)) return false
  const { config } = client
  return (
    typeof config === 'object' &&
    config !== null &&
    'retryStrategy' in config &&
    typeof config.retryStrategy === 'function'
  )
}
