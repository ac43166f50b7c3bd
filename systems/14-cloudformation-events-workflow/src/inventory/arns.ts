/** Where a stack's resources are. */
export interface Place {
  readonly partition: string
  readonly region: string
  readonly accountId: string
}

/** Region and account of a stack's own ARN: its resources are there. */
export function placeOf(stackArn: string): Place {
  const [, partition = '', , region = '', accountId = ''] = stackArn.split(':')
  return { partition, region, accountId }
}

type ArnOf = (physicalId: string, place: Place) => string

/** How CloudFormation's physical ids become ARNs, for the types that this system tags. */
const arnOfType: Readonly<Record<string, ArnOf>> = {
  'AWS::Events::EventBus': (name, place) => arn(place, 'events', `event-bus/${name}`),
  // The id of a rule on a bus of one's own is `bus|rule`.
  'AWS::Events::Rule': (id, place) => arn(place, 'events', `rule/${id.replace('|', '/')}`),
  'AWS::KMS::Key': (id, place) => arn(place, 'kms', `key/${id}`),
  'AWS::Lambda::Function': (name, place) => arn(place, 'lambda', `function:${name}`),
  'AWS::Logs::LogGroup': (name, place) => arn(place, 'logs', `log-group:${name}`),
  'AWS::S3::Bucket': (name, { partition }) => `arn:${partition}:s3:::${name}`,
  'AWS::SNS::Topic': (topicArn) => topicArn,
  'AWS::SQS::Queue': (url, place) => arn(place, 'sqs', url.slice(url.lastIndexOf('/') + 1)),
  'AWS::SSM::Parameter': (name, place) =>
    arn(place, 'ssm', `parameter${name.startsWith('/') ? '' : '/'}${name}`),
}

/** The ARN by which a resource is tagged; undefined for types that this system leaves alone. */
export function arnOf(type: string, physicalId: string, place: Place): string | undefined {
  return arnOfType[type]?.(physicalId, place)
}

function arn({ partition, region, accountId }: Place, service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${accountId}:${resource}`
}
