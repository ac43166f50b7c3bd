import type { AwsS3BucketProperties, BucketCannedACL } from '@cloud-orrery/models/s3'
import { notModelled } from '../../shared/not-modelled.ts'

/** Properties of features that are not built: naming one is refused by name. */
const unbuilt: readonly (keyof AwsS3BucketProperties)[] = [
  'AbacStatus',
  'AccelerateConfiguration',
  'AnalyticsConfigurations',
  'BucketNamePrefix',
  'BucketNamespace',
  'IntelligentTieringConfigurations',
  'MetadataConfiguration',
  'MetadataTableConfiguration',
  'MetricsConfigurations',
]

export function refuseUnbuilt(properties: AwsS3BucketProperties): void {
  for (const name of unbuilt) {
    if (properties[name] === undefined || properties[name] === false) continue
    throw notModelled(`the property ${name} of AWS::S3::Bucket`)
  }
}

/** `PublicRead` is `public-read` to the API. */
export function cannedAcl(accessControl: string | undefined): BucketCannedACL | undefined {
  if (accessControl === undefined) return undefined
  // The schema lists the API's values in another spelling.
  return accessControl.replace(/(?<=.)([A-Z])/g, '-$1').toLowerCase() as BucketCannedACL
}
