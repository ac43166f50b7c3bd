/** Source: Secrets Manager User Guide, quotas. */
export const labelsMax = 20

/** Versions of a secret; the oldest without labels go when there are more. Source: as above. */
export const versionsMax = 100

/** Versions that are younger stay even without a label. Source: PutSecretValue. */
export const youngVersionMs = 24 * 60 * 60_000

/** Tags of one secret. Source: TagResource. */
export const tagsMax = 50

/** Source: Secrets Manager User Guide, quotas: "Length of the resource policy text". */
export const policyLengthMax = 20_480

/** Source: DeleteSecret, `RecoveryWindowInDays`. */
export const recoveryDays = { min: 7, max: 30, usual: 30 }

/** Source: GetRandomPassword, `PasswordLength`. */
export const passwordLengthUsual = 32

/** Secrets on a page of ListSecrets and ListSecretVersionIds; of values. Source: BatchGetSecretValue, ListSecrets. */
export const pageItemsMax = 100
export const valuePageItemsMax = 20

/** Source: Secrets Manager User Guide, "Schedule expressions in Secrets Manager rotation". */
export const rotationHoursMin = 4

const rate = (perSecond: number) => ({ perSecond, burst: perSecond })

/**
 * Calls a second in an account and Region. Source: Secrets Manager quotas, request rate.
 * Deviation: operations that share a rate on AWS have one each.
 */
export const callRates = {
  default: rate(50),
  BatchGetSecretValue: rate(100),
  DescribeSecret: rate(10_000),
  GetSecretValue: rate(10_000),
  ListSecrets: rate(100),
}
