import { notModelled, s3Error } from './errors.ts'

/** Parameters of SSE-C, which is not built: refused by name. */
export const unbuiltCustomerKeys = [
  'SSECustomerAlgorithm',
  'SSECustomerKey',
  'SSECustomerKeyMD5',
] as const

/** Parameters of SSE-C and SSE-KMS, which are not built: refused by name. */
export const unbuiltEncryption = [
  ...unbuiltCustomerKeys,
  'SSEKMSKeyId',
  'SSEKMSEncryptionContext',
] as const

interface EncryptionInput {
  readonly ServerSideEncryption?: string | undefined
}

/**
 * Every object is encrypted with S3's own keys; other ways are refused by name. Bucket keys, which S3's own
 * keys do not use, are taken and change nothing.
 */
export function checkEncryption(
  operation: string,
  { ServerSideEncryption }: EncryptionInput,
): void {
  if (ServerSideEncryption === undefined || ServerSideEncryption === 'AES256') return
  if (ServerSideEncryption.startsWith('aws:')) {
    throw notModelled(operation, `ServerSideEncryption ${ServerSideEncryption}`)
  }
  throw invalidAlgorithm(ServerSideEncryption)
}

/** Recorded: S3, PutObject with an unknown `x-amz-server-side-encryption`. */
export function invalidAlgorithm(value: string) {
  return s3Error(
    'InvalidEncryptionAlgorithmError',
    'The Encryption request you specified is not valid. Supported value: AES256.',
    { ArgumentName: 'x-amz-server-side-encryption', ArgumentValue: value },
  )
}
