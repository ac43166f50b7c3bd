/** A day of the model, in ms. */
export const dayMs = 86_400_000

/** Waiting period of a deletion, in days. Source: KMS API reference, ScheduleKeyDeletion, `PendingWindowInDays`. */
export const deletionWindowDays = { least: 7, most: 30 } as const

/** Days between automatic rotations unless asked otherwise. Source: EnableKeyRotation, `RotationPeriodInDays`. */
export const rotationPeriodDays = 365

/** On-demand rotations in the life of a key. Source: KMS Developer Guide, "Resource quotas". */
export const onDemandRotationsMax = 25

/** How long a rotation on demand takes, in ms. Deviation: AWS gives no figure; it takes seconds to minutes there. */
export const onDemandRotationMs = 10_000

/** Customer managed keys of an account and Region. Source: KMS Developer Guide, "Resource quotas". */
export const keysMax = 100_000

/** Aliases of an account and Region. Source: as above. */
export const aliasesMax = 10_000

/** Aliases of one key. Source: as above. */
export const aliasesOfKeyMax = 50

/** Grants of one key. Source: as above. */
export const grantsOfKeyMax = 50_000

/** Pairs in each grant constraint. Source: CreateGrant, `Constraints`. */
export const constraintPairsMax = 8

/** Characters of a value in a grant constraint. Source: as above. */
export const constraintValueLengthMax = 384

/** Bytes of a key policy. Source: KMS Developer Guide, "Resource quotas". */
export const policyBytesMax = 32_768

/** Tags of one key. Source: KMS API reference, TagResource. */
export const tagsMax = 50

/** Items in a page where the request does not say. Source: KMS API reference, `Limit` of each operation. */
export const pageItems = {
  keys: 100,
  aliases: 50,
  grants: 50,
  policies: 100,
  rotations: 100,
  tags: 50,
}

const rate = (perSecond: number) => ({ perSecond, burst: perSecond })

/** Calls a second in an account and Region, in us-east-1. Source: KMS Developer Guide, "Request quotas". */
export const callRates = {
  default: rate(100_000),
  CancelKeyDeletion: rate(5),
  CreateAlias: rate(5),
  CreateGrant: rate(50),
  CreateKey: rate(5),
  DeleteAlias: rate(15),
  DescribeKey: rate(2000),
  DisableKey: rate(5),
  DisableKeyRotation: rate(5),
  EnableKey: rate(5),
  EnableKeyRotation: rate(15),
  GetKeyPolicy: rate(1000),
  GetKeyRotationStatus: rate(1000),
  ListAliases: rate(500),
  ListGrants: rate(100),
  ListKeyPolicies: rate(100),
  ListKeyRotations: rate(100),
  ListKeys: rate(500),
  ListResourceTags: rate(2000),
  ListRetirableGrants: rate(100),
  PutKeyPolicy: rate(15),
  RetireGrant: rate(30),
  RevokeGrant: rate(30),
  RotateKeyOnDemand: rate(5),
  ScheduleKeyDeletion: rate(15),
  TagResource: rate(10),
  UntagResource: rate(5),
  UpdateAlias: rate(5),
  UpdateKeyDescription: rate(5),
}
