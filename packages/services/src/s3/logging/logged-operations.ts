/** Operations whose names in access logs do not follow from their own. Source: as for the lines; users' logs. */
const names: Readonly<Record<string, string>> = {
  AbortMultipartUpload: 'REST.DELETE.UPLOAD',
  CompleteMultipartUpload: 'REST.POST.UPLOAD',
  CopyObject: 'REST.COPY.OBJECT',
  CreateBucket: 'REST.PUT.BUCKET',
  CreateMultipartUpload: 'REST.POST.UPLOADS',
  DeleteBucketPolicy: 'REST.DELETE.BUCKETPOLICY',
  DeleteObjects: 'REST.POST.MULTI_OBJECT_DELETE',
  DeleteObjectTagging: 'REST.DELETE.OBJECT_TAGGING',
  GetBucketLogging: 'REST.GET.LOGGING_STATUS',
  GetBucketPolicy: 'REST.GET.BUCKETPOLICY',
  GetBucketPolicyStatus: 'REST.GET.POLICY_STATUS',
  GetBucketRequestPayment: 'REST.GET.REQUEST_PAYMENT',
  GetObjectAttributes: 'REST.GET.OBJECT_ATTRIBUTES',
  GetObjectTagging: 'REST.GET.OBJECT_TAGGING',
  ListMultipartUploads: 'REST.GET.UPLOADS',
  ListObjects: 'REST.GET.BUCKET',
  ListObjectsV2: 'REST.GET.BUCKET',
  ListObjectVersions: 'REST.GET.BUCKETVERSIONS',
  ListParts: 'REST.GET.UPLOAD',
  PostObject: 'REST.POST.BUCKET',
  PutBucketLogging: 'REST.PUT.LOGGING_STATUS',
  PutBucketPolicy: 'REST.PUT.BUCKETPOLICY',
  PutBucketRequestPayment: 'REST.PUT.REQUEST_PAYMENT',
  PutObjectTagging: 'REST.PUT.OBJECT_TAGGING',
  UploadPart: 'REST.PUT.PART',
  UploadPartCopy: 'REST.COPY.PART',
}

/** `REST.GET.OBJECT`: the method, and what it is about, from the operation's own name. */
export function loggedOperation(operation: string | undefined, method: string): string {
  if (method === 'OPTIONS') return 'REST.OPTIONS.PREFLIGHT'
  if (operation === 'WebsiteRequest') return `WEBSITE.${method}.OBJECT`
  const known = operation === undefined ? undefined : names[operation]
  if (known !== undefined) return known
  const noun = (operation ?? 'Object')
    .replace(/^(?:Get|Put|Delete|Head|List|Create)/, '')
    .replace(/Configurations?$/, '')
    .replace(/^Bucket(?=.)/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_')
    .toUpperCase()
  return `REST.${method}.${noun}`
}

const transitions: Readonly<Record<string, string>> = {
  DEEP_ARCHIVE: 'TRANSITION_GDA',
  GLACIER: 'TRANSITION',
  GLACIER_IR: 'TRANSITION_GIR',
  INTELLIGENT_TIERING: 'TRANSITION_INT',
  ONEZONE_IA: 'TRANSITION_ZIA',
  STANDARD_IA: 'TRANSITION_SIA',
}

/** Source: S3 User Guide, "Setting lifecycle configuration on a bucket", S3 Lifecycle and logging. */
export function loggedTransition(to: string): string {
  return `S3.${transitions[to] ?? 'TRANSITION'}.OBJECT`
}
