import type { Lookup } from './logic.ts'

export const namespace = 'ProjectClaims'

/**
 * Counts a lookup in CloudWatch's embedded metric format: a line of the log, no call and no permission. It is written as
 * it is, since `console` puts the request's id before it.
 */
export function countLookup({ kind }: Lookup): void {
  const line = {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [
        {
          Namespace: namespace,
          Dimensions: [['Function']],
          Metrics: [
            { Name: 'Lookups', Unit: 'Count' },
            { Name: 'LookupsFailed', Unit: 'Count' },
          ],
        },
      ],
    },
    Function: process.env['AWS_LAMBDA_FUNCTION_NAME'],
    Lookups: 1,
    LookupsFailed: kind === 'failed' ? 1 : 0,
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
