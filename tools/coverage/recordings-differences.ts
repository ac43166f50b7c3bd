/**
 * Recordings that are not replayed because the model is known to differ, or cannot be asked the same. The
 * pattern is matched against the file below `recorded/services`, a space, and the recording's name; the first
 * that fits gives the reason.
 */
export interface Difference {
  readonly pattern: RegExp
  readonly reason: string
}

const absentServices =
  /^(acm|apigateway|cloudcontrol|ec2|firehose|kinesis|opensearch|resource_groups|route53|route53resolver|s3control|transcribe)\//

export const differences: readonly Difference[] = [
  {
    pattern: absentServices,
    reason: 'the service is not in the model: every call of it is refused by name',
  },
  {
    pattern:
      /^cloudformation\/resource(s|_providers)\/.*(apigateway|ec2|firehose|kinesis|opensearch|resource_groups)|^cloudformation\/resources\/test_sam .*serverless_api/,
    reason: 'resource types of services that are not in the model are refused by name',
  },
  {
    pattern: /^cloudformation\/api\/test_extensions/,
    reason: "the registry of extensions of one's own (resource types, hooks) is refused by name",
  },
  { pattern: /test_deploy_patch_baseline/, reason: 'patch baselines are refused by name' },
  {
    pattern: /^cloudwatch\/.*(anomaly_detector|metric_stream|insight_rule)/,
    reason: 'anomaly detection, metric streams and Contributor Insights are refused by name',
  },
  {
    pattern: /^events\/test_api_destinations|^events\/test_events .*create_connection/,
    reason: 'connections and API destinations are refused by name',
  },
  {
    pattern: /^events\/test_events_targets .*(kinesis|api_gateway)/,
    reason: 'targets of services that are not in the model are refused by name',
  },
  {
    pattern:
      /^kms\/.* TestKMS\w*::test_(create_multi_region|derive|encrypt_validate.*RSA|import|rotate_key_on_demand_.*(external|imported|no_pending)|sign|verify|.*data_key_pair)/,
    reason: 'asymmetric keys, imported key material and multi-Region keys are refused by name',
  },
  {
    pattern: /^lambda_\/.*kinesis/,
    reason: 'needs a stream of Kinesis, which is not in the model',
  },
  {
    pattern: /^lambda_\/test_lambda tests\/aws\/lambda_\//,
    reason: 'older words of AWS for a function that is not there: the newer recording is replayed',
  },
  {
    pattern: /^lambda_\/.*(TestJavaRuntimes|uncaught_exception_invoke\[(java|dotnet|ruby))/,
    reason: 'the code of these runtimes cannot be run: their invocation is refused by name',
  },
  {
    pattern: /^lambda_\/.*uncaught_exception_invoke\[(nodejs16|python3\.8)/,
    reason: 'answers of retired runtimes; Python 3.8 leaves the id of the request out of an error',
  },
  {
    pattern: /^lambda_\/.*TestGoProvidedRuntimes/,
    reason: 'the recorded function is a program in Go, which the recordings do not hold',
  },
  {
    pattern: /^lambda_\/.*(test_runtime_introspection|runtime_exit_segfault)/,
    reason: "owners, modes and processes of AWS's machines: code runs as this machine's own user",
  },
  { pattern: /^lambda_\/.* TestLambdaImages/, reason: 'container images are refused by name' },
  {
    pattern: /^lambda_\/.* TestCodeSigningConfig/,
    reason: 'code signing is refused by name',
  },
  {
    pattern: /^lambda_\/.* TestLambdaSnapStart/,
    reason: 'SnapStart is refused by name',
  },
  {
    pattern: /^lambda_\/.* TestLambdaFunction::test_invalid_vpc/,
    reason: '`VpcConfig` is refused by name',
  },
  {
    pattern: /^lambda_\/.* .*total_code_size/,
    reason: "sizes of the recorded test's own packages, which the recordings do not hold",
  },
  {
    pattern: /^logs\/test_logs_(delivery|destinations|export_tasks)/,
    reason: 'deliveries, destinations and export are refused by name',
  },
  {
    pattern: /^s3\/.* (TestS3MetricsConfiguration|TestS3BucketAccelerate)|intelligent_tier/,
    reason: 'metrics, tiering and acceleration are refused by name',
  },
  { pattern: /^s3\/.*restore/, reason: '`RestoreObject` is refused by name' },
  {
    pattern: /^s3\/.*_acls?\b/,
    reason: 'grants other than the full control of the owner are refused',
  },
  {
    pattern: /^s3\/.* TestS3PresignedUrl.*\[s3(-\w+)?\]/,
    reason: 'signatures of version 2, which new buckets of AWS refuse',
  },
  {
    pattern: /^sns\/.* (TestSNSPlatform|TestSNSSMS|.*opted_out|.*opt_in|.*subscribe_sms)/,
    reason: 'mobile applications and text messages are refused by name',
  },
  { pattern: /^sns\/.*data_protection/, reason: 'data protection policies are refused by name' },
  {
    pattern: /^stepfunctions\/v2\/services\/test_(apigetway|ecs)/,
    reason: 'integrations of services that are not in the model are refused by name',
  },
  {
    pattern: /^(sns|sqs|lambda_|s3)\/.*(xray|trace_header)/,
    reason: 'the model keeps trace headers, and makes no traces of its own',
  },
]
