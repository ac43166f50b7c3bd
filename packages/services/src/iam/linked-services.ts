/** What IAM makes for a service that asks for its service-linked role. */
export interface LinkedService {
  /** What stands after `AWSServiceRoleFor`. */
  readonly roleSuffix: string
  /** AWS's policy under `aws-service-role/`. */
  readonly policyName: string
}

/** Services that may have several roles, each with a suffix of its owner's choice. */
export const suffixedServices: ReadonlySet<string> = new Set([
  'autoscaling.amazonaws.com',
  'lexv2.amazonaws.com',
])

/** Descriptions that some roles get. Recorded: iam, CreateServiceLinkedRole. */
export const linkedRoleDescriptions: Readonly<Record<string, string>> = {
  'rds.amazonaws.com': 'Allows Amazon RDS to manage AWS resources on your behalf',
  'ssm.amazonaws.com': 'Provides access to AWS Resources managed or used by Amazon SSM.',
  'sso.amazonaws.com':
    'Service-linked role used by AWS SSO to manage AWS resources, including IAM roles, policies and SAML IdP on your behalf.',
}

export function linkedService(service: string): LinkedService | undefined {
  const row = rows.get(service)
  return row === undefined ? undefined : { roleSuffix: row[0], policyName: row[1] }
}

/**
 * Service, its role's name, the role's policy. Recorded: iam, CreateServiceLinkedRole; the rest from the
 * services' own guides, "Using service-linked roles".
 */
const rows: ReadonlyMap<string, readonly [roleSuffix: string, policyName: string]> = new Map([
  ['access-analyzer.amazonaws.com', ['AccessAnalyzer', 'AccessAnalyzerServiceRolePolicy']],
  [
    'accountdiscovery.ssm.amazonaws.com',
    ['AmazonSSM_AccountDiscovery', 'AWSSystemsManagerAccountDiscoveryServicePolicy'],
  ],
  ['acm.amazonaws.com', ['CertificateManager', 'CertificateManagerServiceRolePolicy']],
  ['airflow.amazonaws.com', ['AmazonMWAA', 'AmazonMWAAServiceRolePolicy']],
  [
    'apidestinations.events.amazonaws.com',
    ['AmazonEventBridgeApiDestinations', 'AmazonEventBridgeApiDestinationsServiceRolePolicy'],
  ],
  ['appmesh.amazonaws.com', ['AppMesh', 'AWSAppMeshServiceRolePolicy']],
  [
    'autoscaling-plans.amazonaws.com',
    ['AutoScalingPlans_EC2AutoScaling', 'AWSAutoScalingPlansEC2AutoScalingPolicy'],
  ],
  ['autoscaling.amazonaws.com', ['AutoScaling', 'AutoScalingServiceRolePolicy']],
  ['backup.amazonaws.com', ['Backup', 'AWSBackupServiceLinkedRolePolicyForBackup']],
  ['batch.amazonaws.com', ['Batch', 'BatchServiceRolePolicy']],
  [
    'cks.kms.amazonaws.com',
    [
      'KeyManagementServiceCustomKeyStores',
      'AWSKeyManagementServiceCustomKeyStoresServiceRolePolicy',
    ],
  ],
  ['cloudtrail.amazonaws.com', ['CloudTrail', 'CloudTrailServiceRolePolicy']],
  ['cognito-idp.amazonaws.com', ['AmazonCognitoIdp', 'AmazonCognitoIdpServiceRolePolicy']],
  ['config.amazonaws.com', ['Config', 'AWSConfigServiceRolePolicy']],
  ['connect.amazonaws.com', ['AmazonConnect', 'AmazonConnectServiceLinkedRolePolicy']],
  ['dax.amazonaws.com', ['DAX', 'DAXServiceRolePolicy']],
  ['dms-fleet-advisor.amazonaws.com', ['DMSFleetAdvisor', 'AWSDMSFleetAdvisorServiceRolePolicy']],
  ['dms.amazonaws.com', ['DMSServerless', 'AWSDMSServerlessServiceRolePolicy']],
  ['docdb-elastic.amazonaws.com', ['DocDB-Elastic', 'AmazonDocDB-ElasticServiceRolePolicy']],
  [
    'dynamodb.application-autoscaling.amazonaws.com',
    ['ApplicationAutoScaling_DynamoDBTable', 'AWSApplicationAutoscalingDynamoDBTablePolicy'],
  ],
  ['ec2-instance-connect.amazonaws.com', ['EC2InstanceConnect', 'Ec2InstanceConnectEndpoint']],
  [
    'ec2.application-autoscaling.amazonaws.com',
    [
      'ApplicationAutoScaling_EC2SpotFleetRequest',
      'AWSApplicationAutoscalingEC2SpotFleetRequestPolicy',
    ],
  ],
  ['ecr.amazonaws.com', ['ECRTemplate', 'ECRTemplateServiceRolePolicy']],
  ['ecs.amazonaws.com', ['ECS', 'AmazonECSServiceRolePolicy']],
  [
    'ecs.application-autoscaling.amazonaws.com',
    ['ApplicationAutoScaling_ECSService', 'AWSApplicationAutoscalingECSServicePolicy'],
  ],
  ['eks-connector.amazonaws.com', ['AmazonEKSConnector', 'AmazonEKSConnectorServiceRolePolicy']],
  ['eks-fargate.amazonaws.com', ['AmazonEKSForFargate', 'AmazonEKSForFargateServiceRolePolicy']],
  ['eks-nodegroup.amazonaws.com', ['AmazonEKSNodegroup', 'AWSServiceRoleForAmazonEKSNodegroup']],
  ['eks.amazonaws.com', ['AmazonEKS', 'AmazonEKSServiceRolePolicy']],
  ['elasticache.amazonaws.com', ['ElastiCache', 'ElastiCacheServiceRolePolicy']],
  ['elasticbeanstalk.amazonaws.com', ['ElasticBeanstalk', 'AWSElasticBeanstalkServiceRolePolicy']],
  [
    'elasticfilesystem.amazonaws.com',
    ['AmazonElasticFileSystem', 'AmazonElasticFileSystemServiceRolePolicy'],
  ],
  [
    'elasticloadbalancing.amazonaws.com',
    ['ElasticLoadBalancing', 'AWSElasticLoadBalancingServiceRolePolicy'],
  ],
  ['elasticmapreduce.amazonaws.com', ['EMRCleanup', 'AmazonEMRCleanupPolicy']],
  [
    'email.cognito-idp.amazonaws.com',
    ['AmazonCognitoIdpEmailService', 'AmazonCognitoIdpEmailServiceRolePolicy'],
  ],
  ['emr-containers.amazonaws.com', ['AmazonEMRContainers', 'AmazonEMRContainersServiceRolePolicy']],
  ['emrwal.amazonaws.com', ['EMRWAL', 'EMRDescribeClusterPolicyForEMRWAL']],
  ['es.amazonaws.com', ['AmazonElasticsearchService', 'AmazonElasticsearchServiceRolePolicy']],
  ['events.amazonaws.com', ['CloudWatchEvents', 'CloudWatchEventsServiceRolePolicy']],
  ['fis.amazonaws.com', ['FIS', 'AmazonFISServiceRolePolicy']],
  ['globalaccelerator.amazonaws.com', ['GlobalAccelerator', 'AWSGlobalAcceleratorSLRPolicy']],
  ['guardduty.amazonaws.com', ['AmazonGuardDuty', 'AmazonGuardDutyServiceRolePolicy']],
  ['imagebuilder.amazonaws.com', ['ImageBuilder', 'AWSServiceRoleForImageBuilder']],
  ['inspector2.amazonaws.com', ['AmazonInspector2', 'AmazonInspector2ServiceRolePolicy']],
  [
    'iotmanagedintegrations.amazonaws.com',
    ['IoTManagedIntegrations', 'AWSIoTManagedIntegrationsRolePolicy'],
  ],
  ['kafka.amazonaws.com', ['Kafka', 'KafkaServiceRolePolicy']],
  [
    'lakeformation.amazonaws.com',
    ['LakeFormationDataAccess', 'LakeFormationDataAccessServiceRolePolicy'],
  ],
  [
    'lambda.application-autoscaling.amazonaws.com',
    [
      'ApplicationAutoScaling_LambdaConcurrency',
      'AWSApplicationAutoscalingLambdaConcurrencyPolicy',
    ],
  ],
  ['lexv2.amazonaws.com', ['LexV2Bots', 'AmazonLexV2BotPolicy']],
  ['lightsail.amazonaws.com', ['Lightsail', 'LightsailExportAccess']],
  ['logger.cloudfront.amazonaws.com', ['CloudFrontLogger', 'AWSCloudFrontLogger']],
  ['macie.amazonaws.com', ['AmazonMacie', 'AmazonMacieServiceRolePolicy']],
  [
    'member.org.stacksets.cloudformation.amazonaws.com',
    ['CloudFormationStackSetsOrgMember', 'CloudFormationStackSetsOrgMemberServiceRolePolicy'],
  ],
  ['memorydb.amazonaws.com', ['MemoryDB', 'MemoryDBServiceRolePolicy']],
  [
    'mrk.kms.amazonaws.com',
    [
      'KeyManagementServiceMultiRegionKeys',
      'AWSKeyManagementServiceMultiRegionKeysServiceRolePolicy',
    ],
  ],
  ['network-firewall.amazonaws.com', ['AWSNetworkFirewall', 'AWSNetworkFirewallServiceRolePolicy']],
  [
    'notifications.amazonaws.com',
    ['AwsUserNotifications', 'AWSUserNotificationsServiceLinkedRolePolicy'],
  ],
  [
    'opensearchservice.amazonaws.com',
    ['AmazonOpenSearchService', 'AmazonOpenSearchServiceRolePolicy'],
  ],
  ['ops.apigateway.amazonaws.com', ['APIGateway', 'APIGatewayServiceRolePolicy']],
  [
    'ops.emr-serverless.amazonaws.com',
    ['AmazonEMRServerless', 'AmazonEMRServerlessServiceRolePolicy'],
  ],
  [
    'opsdatasync.ssm.amazonaws.com',
    ['SystemsManagerOpsDataSync', 'AWSSystemsManagerOpsDataSyncServiceRolePolicy'],
  ],
  [
    'opsinsights.ssm.amazonaws.com',
    ['AmazonSSM_OpsInsights', 'AWSSSMOpsInsightsServiceRolePolicy'],
  ],
  ['organizations.amazonaws.com', ['Organizations', 'AWSOrganizationsServiceTrustPolicy']],
  [
    'osis.amazonaws.com',
    ['AmazonOpenSearchIngestionService', 'AmazonOpenSearchIngestionServiceRolePolicy'],
  ],
  [
    'pullthroughcache.ecr.amazonaws.com',
    ['ECRPullThroughCache', 'AWSECRPullThroughCache_ServiceRolePolicy'],
  ],
  ['ram.amazonaws.com', ['ResourceAccessManager', 'AWSResourceAccessManagerServiceRolePolicy']],
  ['rds.amazonaws.com', ['RDS', 'AmazonRDSServiceRolePolicy']],
  [
    'rds.application-autoscaling.amazonaws.com',
    ['ApplicationAutoScaling_RDSCluster', 'AWSApplicationAutoscalingRDSClusterPolicy'],
  ],
  ['redshift.amazonaws.com', ['Redshift', 'AmazonRedshiftServiceLinkedRolePolicy']],
  [
    'replication.cassandra.amazonaws.com',
    ['KeyspacesReplication', 'KeyspacesReplicationServiceRolePolicy'],
  ],
  [
    'replication.dynamodb.amazonaws.com',
    ['DynamoDBReplication', 'DynamoDBReplicationServiceRolePolicy'],
  ],
  ['replication.ecr.amazonaws.com', ['ECRReplication', 'ECRReplicationServiceRolePolicy']],
  ['replicator.lambda.amazonaws.com', ['LambdaReplicator', 'AWSLambdaReplicator']],
  ['repository.sync.codeconnections.amazonaws.com', ['GitSync', 'AWSGitSyncServiceRolePolicy']],
  [
    'resource-explorer-2.amazonaws.com',
    ['ResourceExplorer', 'AWSResourceExplorerServiceRolePolicy'],
  ],
  ['rolesanywhere.amazonaws.com', ['RolesAnywhere', 'AWSRolesAnywhereServicePolicy']],
  ['route53resolver.amazonaws.com', ['Route53Resolver', 'Route53ResolverServiceRolePolicy']],
  ['s3-outposts.amazonaws.com', ['S3OnOutposts', 'AWSS3OnOutpostsServiceRolePolicy']],
  ['securityhub.amazonaws.com', ['SecurityHub', 'AWSSecurityHubServiceRolePolicy']],
  ['ses.amazonaws.com', ['AmazonSES', 'AmazonSESServiceRolePolicy']],
  ['shield.amazonaws.com', ['AWSShield', 'AWSShieldServiceRolePolicy']],
  ['spot.amazonaws.com', ['EC2Spot', 'AWSEC2SpotServiceRolePolicy']],
  ['spotfleet.amazonaws.com', ['EC2SpotFleet', 'AWSEC2SpotFleetServiceRolePolicy']],
  ['ssm-incidents.amazonaws.com', ['IncidentManager', 'AWSIncidentManagerServiceRolePolicy']],
  ['ssm-quicksetup.amazonaws.com', ['SSMQuickSetup', 'SSMQuickSetupRolePolicy']],
  ['ssm.amazonaws.com', ['AmazonSSM', 'AmazonSSMServiceRolePolicy']],
  ['sso.amazonaws.com', ['SSO', 'AWSSSOServiceRolePolicy']],
  [
    'stacksets.cloudformation.amazonaws.com',
    ['CloudFormationStackSetsOrgAdmin', 'CloudFormationStackSetsOrgAdminServiceRolePolicy'],
  ],
  ['support.amazonaws.com', ['Support', 'AWSSupportServiceRolePolicy']],
  ['transitgateway.amazonaws.com', ['VPCTransitGateway', 'AWSVPCTransitGatewayServiceRolePolicy']],
  ['trustedadvisor.amazonaws.com', ['TrustedAdvisor', 'AWSTrustedAdvisorServiceRolePolicy']],
  ['vpc-lattice.amazonaws.com', ['VpcLattice', 'AWSVpcLatticeServiceRolePolicy']],
  [
    'vpcorigin.cloudfront.amazonaws.com',
    ['CloudFrontVPCOrigin', 'AWSCloudFrontVPCOriginServiceRolePolicy'],
  ],
  ['waf.amazonaws.com', ['WAFLogging', 'WAFLoggingServiceRolePolicy']],
  ['wafv2.amazonaws.com', ['WAFV2Logging', 'WAFV2LoggingServiceRolePolicy']],
  ['workspaces-web.amazonaws.com', ['AmazonWorkSpacesWeb', 'AmazonWorkSpacesWebServiceRolePolicy']],
])
