import { AwsError } from '@cloud-orrery/models'
import { GetParameter } from '@cloud-orrery/models/ssm'
import type { CallOptions } from '../call.ts'
import type { DeployTarget } from './target.ts'

/** The qualifier of the CDK's default synthesizer. Source: CDK Developer Guide, "Bootstrapping". */
const qualifier = 'hnb659fds'
const versionParameter = `/cdk-bootstrap/${qualifier}/version`
/** The bootstrap version that this template stands for. */
const bootstrapVersion = '30'

/** The version that is there; undefined in an environment that was never bootstrapped. */
export async function bootstrapVersionOf(
  target: DeployTarget,
  place: CallOptions,
): Promise<string | undefined> {
  try {
    const { Parameter } = await target.call(GetParameter, { Name: versionParameter }, place)
    return Parameter?.Value
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ParameterNotFound') return undefined
    throw error
  }
}

/**
 * What `orrery deploy` needs of a bootstrapped environment: the asset bucket and the version. The `cdk`
 * command brings its own, larger template with roles and a registry.
 */
export function bootstrapTemplate(): string {
  const bucketName = { 'Fn::Sub': `cdk-${qualifier}-assets-\${AWS::AccountId}-\${AWS::Region}` }
  return JSON.stringify({
    Description: 'Asset bucket and version parameter for CDK apps.',
    Resources: {
      StagingBucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: bucketName } },
      CdkBootstrapVersion: {
        Type: 'AWS::SSM::Parameter',
        Properties: { Type: 'String', Name: versionParameter, Value: bootstrapVersion },
      },
    },
  })
}
