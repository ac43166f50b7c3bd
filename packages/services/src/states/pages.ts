import { pageSizeDefault } from './limits.ts'

/** `maxResults` of a list. Source: Step Functions API Reference, ListExecutions: 0 is the default. */
export function itemsMax(maxResults: number | undefined): number {
  return maxResults === undefined || maxResults === 0 ? pageSizeDefault : maxResults
}
