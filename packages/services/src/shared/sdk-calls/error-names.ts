import { type AwsError, loadServiceModel, type Operation } from '@cloud-orrery/models'

/** An error of a call as AWS's SDK for Java 2 names it. */
export interface SdkError {
  /** `DynamoDb.ResourceNotFoundException` */
  readonly error: string
  /** The message, and in brackets service, status and request id. */
  readonly cause: string
}

/**
 * How the SDK for Java 2 shows an error of an operation: modelled errors by their shape, all others by the
 * service's own base exception. Recorded: states, `aws-sdk:dynamodb:putItem`, `aws-sdk:s3:getObject`, 2024.
 */
export function sdkError(operation: Operation, failed: AwsError, requestId: string): SdkError {
  const { sdkId, shapes } = loadServiceModel(operation.service)
  const service = javaServiceName(sdkId)
  const modelled = shapes[failed.code]?.error !== undefined
  const name = modelled ? exceptionName(failed.code) : `${service}Exception`
  const extended =
    operation.service === 's3' ? `, Extended Request ID: ${extendedId(requestId)}` : ''
  const facts = `Service: ${service}, Status Code: ${failed.status}, Request ID: ${requestId}${extended}`
  return { error: `${service}.${name}`, cause: `${failed.message} (${facts})` }
}

/** `InternalServerError` is `InternalServerErrorException` in Java, `SomeFault` is `SomeException`. */
function exceptionName(shape: string): string {
  const name = shape.charAt(0).toUpperCase() + shape.slice(1)
  if (name.endsWith('Exception')) return name
  return `${name.replace(/Fault$/, '')}Exception`
}

/**
 * A service id as words with one capital each: `DynamoDB` is `DynamoDb`, `SESv2` is `SesV2`.
 * Source: AWS SDK for Java 2, naming of clients and base exceptions.
 */
export function javaServiceName(sdkId: string): string {
  const words = sdkId
    .replace(/([^a-z]{2,})v(\d+)/g, '$1 v$2 ')
    .replace(/([a-z])(?=[A-Z][a-zA-Z\d])/g, '$1 ')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(/[^A-Za-z\d]+/)
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()).join('')
}

/** S3's second request id: opaque, here made from the first. */
function extendedId(requestId: string): string {
  return Buffer.from(requestId.repeat(2)).toString('base64')
}
