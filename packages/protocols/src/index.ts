export {
  type ChunkedBody,
  type ChunkVerification,
  chunkBytesMin,
  contentEncodingBeside,
  decodeAwsChunked,
  isAwsChunked,
} from './aws-chunked.ts'
export {
  type ChecksumAlgorithm,
  type ChecksummedPart,
  checksum,
  checksumAlgorithmOf,
  checksumAlgorithms,
  checksumHeader,
  compositeChecksum,
  contentMd5,
  fullObjectChecksum,
  isChecksum,
  md5Hex,
} from './checksum/checksum.ts'
export {
  type StatedChecksum,
  statedChecksum,
  verifyChecksum,
  verifyContentMd5,
} from './checksum/stated-checksums.ts'
export { type CommonFailure, commonFailure } from './common-failures.ts'
export {
  eventStreamMember,
  writeEventStream as encodeEventStream,
} from './event-stream/event-stream.ts'
export {
  decodeEventStreamMessages,
  type EventHeader,
  type EventStreamMessage,
  encodeEventStreamMessage,
} from './event-stream/message.ts'
export {
  cborEvents,
  type EventCodec,
  jsonEvents,
  xmlEvents,
} from './event-stream/payload-codecs.ts'
export type { ErrorContext, HttpRequest, HttpResponse, ResolvedOperation } from './http.ts'
export { decodeInput, encodeError, encodeOutput } from './protocol.ts'
export { unknownOperation } from './refusals.ts'
export { s3HostId } from './rest/s3-host-id.ts'
export { protocolOf, resolveOperation } from './routing.ts'
export { isS3Family, sha256Hex, uriEncode } from './signature/canonical-request.ts'
export {
  parseSignature,
  presignedSecondsMax,
  type SignatureDialect,
} from './signature/parse-signature.ts'
export { type PresignedV2, parsePresignedV2, verifyPresignedV2 } from './signature/presigned-v2.ts'
export {
  type PresignOptions,
  presignUrl,
  type SigningOptions,
  signRequest,
} from './signature/sign-request.ts'
export type {
  CredentialScope,
  PayloadMode,
  SignatureAlgorithm,
  SignatureReading,
  SignatureVerdict,
  SignedRequest,
  SigningCredentials,
} from './signature/signed-request.ts'
export { headersNotSigned, payloadMismatch, verifySignature } from './signature/verify-signature.ts'
