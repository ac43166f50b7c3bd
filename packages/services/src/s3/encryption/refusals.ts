import { s3Error } from '../errors.ts'

/** Recorded: S3, PutObject with an unknown `x-amz-server-side-encryption`. */
export function invalidAlgorithm(value: string) {
  return s3Error(
    'InvalidEncryptionAlgorithmError',
    'The Encryption request you specified is not valid. Supported value: AES256.',
    { ArgumentName: 'x-amz-server-side-encryption', ArgumentValue: value },
  )
}

/** Two ways at once. Recorded: S3, PutObject with SSE-C and SSE-S3, February 2026. */
export function incompatibleMethods(value: string) {
  return s3Error(
    'InvalidArgument',
    'Server Side Encryption with Customer provided key is incompatible with the encryption method specified',
    { ArgumentName: 'x-amz-server-side-encryption', ArgumentValue: value },
  )
}

/** A key of KMS for an object that is not encrypted with one. */
export function keyWithoutKms(value: string | undefined) {
  return s3Error(
    'InvalidArgument',
    'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms',
    {
      ArgumentName: 'x-amz-server-side-encryption',
      ...(value === undefined ? {} : { ArgumentValue: value }),
    },
  )
}
