import { createHash } from 'node:crypto'
import { AwsError } from '@cloud-orrery/models'
import type { FunctionCode } from '@cloud-orrery/models/lambda'
import { GetObject } from '@cloud-orrery/models/s3'
import type { Context } from '../../context.ts'
import { notModelled } from '../../shared/not-modelled.ts'
import { accessDenied, codeRequestTooLarge, invalid } from '../errors.ts'
import { codeRequestBytesMax, unzippedBytesMax } from '../limits.ts'
import type { StoredCode } from '../state.ts'
import { readZipDirectory } from './zip.ts'

export type CodeSource = Omit<FunctionCode, 'ImageUri'>

/** Bytes of a request around the package. */
const requestRestBytes = 300

/** Takes a deployment package from the request or, as the caller, from S3. */
export async function readCode(
  ctx: Context,
  source: CodeSource,
  operation: 'CreateFunction' | 'UpdateFunctionCode' | 'PublishLayerVersion',
): Promise<StoredCode> {
  if (source.SourceKMSKeyArn !== undefined) {
    throw notModelled('SourceKMSKeyArn: packages encrypted under a key of the customer')
  }
  if (source.S3ObjectStorageMode === 'REFERENCE') {
    throw notModelled('S3ObjectStorageMode REFERENCE: packages that stay in their bucket')
  }
  const { ZipFile, S3Bucket, S3Key, S3ObjectVersion } = source
  if (ZipFile !== undefined) {
    if (S3Bucket !== undefined || S3Key !== undefined) {
      throw invalid('Please do not provide other FunctionCode parameters when providing a ZipFile.')
    }
    const requestBytes = Math.ceil(ZipFile.byteLength / 3) * 4 + requestRestBytes
    if (requestBytes > codeRequestBytesMax)
      throw codeRequestTooLarge(codeRequestBytesMax, operation)
    return checkedCode(ctx, ZipFile)
  }
  if (S3Bucket === undefined || S3Key === undefined) {
    throw invalid('Please provide a source for function code.')
  }
  return checkedCode(ctx, await objectOf(ctx, S3Bucket, S3Key, S3ObjectVersion))
}

async function objectOf(
  ctx: Context,
  Bucket: string,
  Key: string,
  VersionId: string | undefined,
): Promise<Uint8Array> {
  try {
    const input = { Bucket, Key, ...(VersionId === undefined ? {} : { VersionId }) }
    const { Body } = await ctx.call(GetObject, input)
    return Body ?? new Uint8Array()
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    const { code, message } = error
    if (error.status === 403) {
      throw accessDenied(
        `Your access has been denied by S3, please make sure your request credentials have permission to GetObject for ${Bucket}/${Key}. S3 Error Code: ${code}. S3 Error Message: ${message}`,
      )
    }
    // Recorded: lambda CreateFunction, code of S3.
    throw invalid(
      `Error occurred while GetObject. S3 Error Code: ${code}. S3 Error Message: ${message}`,
    )
  }
}

/** Keeps a package that can be unpacked and is not too large. Recorded: lambda CreateFunction. */
function checkedCode(ctx: Context, zip: Uint8Array): StoredCode {
  if (zip.byteLength === 0) throw invalid('Uploaded file must be a non-empty zip')
  const directory = readZipDirectory(zip)
  if (directory === undefined) {
    throw invalid(
      'Could not unzip uploaded file. Please check your file, then try to upload again.',
    )
  }
  const { names, unzippedBytes } = directory
  if (names.length === 0) throw invalid('Uploaded file must be a non-empty zip')
  if (unzippedBytes > unzippedBytesMax) {
    throw invalid(`Unzipped size must be smaller than ${unzippedBytesMax} bytes`)
  }
  return {
    zip: ctx.blobs.put(zip),
    sha256: createHash('sha256').update(zip).digest('base64'),
    sizeBytes: zip.byteLength,
    unzippedBytes,
  }
}
