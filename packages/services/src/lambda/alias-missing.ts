import type { AwsError } from '@cloud-orrery/models'
import { notFound } from './errors.ts'

/** Recorded: lambda GetProvisionedConcurrencyConfig. */
export function aliasMissing({ arn }: { readonly arn: string }, name: string): AwsError {
  return notFound(`Cannot find alias arn: ${arn}:${name}`)
}
