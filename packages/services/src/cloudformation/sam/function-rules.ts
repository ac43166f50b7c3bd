import { isList, isObject, type Json } from '../engine/json.ts'
import {
  aFlag,
  aListOfTexts,
  aMap,
  aMapOfMaps,
  anything,
  aText,
  aTextOrMap,
  type PropertyRule,
  type PropertyRules,
} from './resources.ts'

const isText = (value: Json) => typeof value === 'string'

/** Texts whose refusal does not name the type. */
const someText: PropertyRule = { fits: isText }

export const policies: PropertyRule = {
  fits: (value) =>
    isText(value) ||
    isObject(value) ||
    (isList(value) && value.every((item) => isText(item) || isObject(item))),
}

/** Properties of `AWS::Serverless::Function`. Source: AWS SAM developer guide, its page. */
export const functionRules: PropertyRules = {
  FunctionName: aTextOrMap,
  Handler: anything,
  Runtime: anything,
  CodeUri: anything,
  ImageUri: anything,
  PackageType: anything,
  InlineCode: anything,
  DeadLetterQueue: aMap,
  Description: anything,
  MemorySize: anything,
  Timeout: anything,
  VpcConfig: anything,
  Role: aText,
  AssumeRolePolicyDocument: aMap,
  Policies: policies,
  RolePath: anything,
  PermissionsBoundary: aText,
  Environment: aMapOfMaps,
  Events: aMapOfMaps,
  Tags: aMap,
  PropagateTags: aFlag,
  Tracing: aTextOrMap,
  KmsKeyArn: anything,
  DeploymentPreference: aMap,
  ReservedConcurrentExecutions: anything,
  Layers: aListOfTexts,
  EventInvokeConfig: aMap,
  EphemeralStorage: anything,
  AutoPublishAlias: someText,
  AutoPublishCodeSha256: someText,
  AutoPublishAliasAllProperties: { ...aFlag, literal: true },
  VersionDescription: anything,
  ProvisionedConcurrencyConfig: anything,
  FileSystemConfigs: anything,
  ImageConfig: anything,
  CodeSigningConfigArn: anything,
  Architectures: anything,
  SnapStart: aMap,
  FunctionUrlConfig: aMap,
  RuntimeManagementConfig: anything,
  LoggingConfig: anything,
  RecursiveLoop: anything,
  SourceKMSKeyArn: anything,
  CapacityProviderConfig: aMap,
  FunctionScalingConfig: aMap,
  VersionDeletionPolicy: {
    fits: (value) => value === 'Delete' || value === 'Retain',
    expected: "one of the strings: 'Delete' or 'Retain'",
  },
  PublishToLatestPublished: anything,
  TenancyConfig: anything,
  DurableConfig: aMap,
}
