import type { AwsError, Violation } from '@cloud-orrery/models'
import { invalidAlgorithm } from './encryption/refusals.ts'
import { invalidArgument, malformedXml, s3Error } from './errors.ts'

/**
 * S3's own words for values that its model forbids; undefined where the operation judges them itself. A value
 * inside a body breaks S3's schema; one in a header or the query is an argument.
 */
export function invalidInput(
  _message: string,
  violations: readonly Violation[],
): AwsError | undefined {
  for (const violation of violations) {
    const error = refusal(violation)
    if (error !== undefined) return error
  }
  return undefined
}

function refusal({ path, value, kind }: Violation): AwsError | undefined {
  const text = typeof value === 'string' ? value : ''
  switch (path) {
    case 'createBucketConfiguration.locationConstraint':
    case 'copySource':
    case 'policy':
    case 'multipartUpload.parts':
      return undefined
    case 'aCL':
      return invalidArgument('', 'x-amz-acl', text)
    case 'objectOwnership':
      return invalidArgument(
        `Invalid x-amz-object-ownership header: ${text}`,
        'x-amz-object-ownership',
      )
    case 'storageClass':
      return s3Error('InvalidStorageClass', 'The storage class you specified is not valid', {
        StorageClassRequested: text,
      })
    case 'objectLockMode':
      return invalidArgument('Unknown wormMode directive.', 'x-amz-object-lock-mode', text)
    case 'objectLockLegalHoldStatus':
      return invalidArgument(
        "Legal Hold must be either of 'ON' or 'OFF'",
        'x-amz-object-lock-legal-hold',
        text,
      )
    case 'serverSideEncryption':
      return invalidAlgorithm(text)
    case 'encodingType':
      return invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', text)
    case 'metadataDirective':
      return invalidArgument('Unknown metadata directive.', 'x-amz-metadata-directive', text)
    case 'taggingDirective':
      return invalidArgument('Unknown tagging directive.', 'x-amz-tagging-directive', text)
    case 'checksumAlgorithm':
      return s3Error(
        'InvalidRequest',
        'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
      )
    case 'checksumType':
      return s3Error('InvalidRequest', 'Value for x-amz-checksum-type header is invalid.')
    case 'transitionDefaultMinimumObjectSize':
      return s3Error('InvalidRequest', `Invalid TransitionDefaultMinimumObjectSize found: ${text}`)
    case 'requestPayer':
      return invalidArgument('Invalid requester pays', 'x-amz-request-payer', text)
    case 'websiteConfiguration.redirectAllRequestsTo.protocol':
      return s3Error(
        'InvalidRequest',
        'Invalid protocol, protocol can be http or https. If not defined the protocol will be selected automatically.',
      )
    default:
      if (/\.filterRules\.\d+\.member\.name$/.test(path)) return undefined
      // Any word passes for the permission of a log's reader. Recorded: S3, PutBucketLogging.
      if (/\.targetGrants\.\d+\.member\.permission$/.test(path)) return undefined
      if (path.endsWith('.events')) {
        return invalidArgument(
          'The event is not supported for notifications',
          'Event',
          String(value),
        )
      }
      return inBody(path, kind) ? malformedXml() : invalidArgument('Invalid argument.', path, text)
  }
}

/** Bodies are structures; a required one that is not there is as malformed as a wrong one. */
function inBody(path: string, kind: Violation['kind']): boolean {
  return path.includes('.') || kind === 'required'
}
