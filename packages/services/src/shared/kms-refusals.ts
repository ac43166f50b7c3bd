import type { AwsError } from '@cloud-orrery/models'
import type { Context } from '../context.ts'

/**
 * A refusal of KMS as the service that asked passes it on: KMS's words, and the note of the SDK for Java inside it.
 * Source: users' reports of such errors of SQS, SNS and Systems Manager.
 */
export function kmsWords({ ids }: Context, { message, status, code }: AwsError): string {
  const note = `Service: AWSKMS; Status Code: ${status}; Error Code: ${code}; Request ID: ${ids.uuid()}; Proxy: null`
  return `${message} (${note})`
}
