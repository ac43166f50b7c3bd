import {
  type AwsS3BucketNoncurrentVersionTransitionDefinition,
  type AwsS3BucketRuleDefinition,
  type AwsS3BucketTransitionDefinition,
  DeleteBucketLifecycle,
  GetBucketLifecycleConfiguration,
  type LifecycleRule,
  type LifecycleRuleFilter,
  type NoncurrentVersionTransition,
  PutBucketLifecycleConfiguration,
  type Transition,
  type TransitionDefaultMinimumObjectSize,
  type TransitionStorageClass,
} from '@cloud-orrery/models/s3'
import { filterOf } from '../lifecycle/lifecycle-rules.ts'
import { setting } from './setting.ts'

interface Configuration {
  readonly Rules: readonly LifecycleRule[]
  readonly minimumSize: TransitionDefaultMinimumObjectSize | undefined
}

export const lifecycle = setting('LifecycleConfiguration', {
  toApi: ({ Rules, TransitionDefaultMinimumObjectSize: minimumSize }): Configuration => ({
    Rules: Rules.map(toRule),
    minimumSize: minimumSize as TransitionDefaultMinimumObjectSize | undefined, // The API judges it.
  }),
  put: (ctx, Bucket, { Rules, minimumSize }) =>
    ctx.call(PutBucketLifecycleConfiguration, {
      Bucket,
      LifecycleConfiguration: { Rules },
      ...(minimumSize === undefined ? {} : { TransitionDefaultMinimumObjectSize: minimumSize }),
    }),
  remove: (ctx, Bucket) => ctx.call(DeleteBucketLifecycle, { Bucket }),
  get: async (ctx, Bucket): Promise<Configuration> => {
    const { Rules = [], TransitionDefaultMinimumObjectSize: minimumSize } = await ctx.call(
      GetBucketLifecycleConfiguration,
      { Bucket },
    )
    return { Rules, minimumSize }
  },
  fromApi: ({ Rules, minimumSize }) => ({
    Rules: Rules.map(fromRule),
    ...(minimumSize === undefined ? {} : { TransitionDefaultMinimumObjectSize: minimumSize }),
  }),
})

function toRule(rule: AwsS3BucketRuleDefinition): LifecycleRule {
  const expiration = {
    ...(rule.ExpirationInDays === undefined ? {} : { Days: rule.ExpirationInDays }),
    ...(rule.ExpirationDate === undefined ? {} : { Date: Date.parse(rule.ExpirationDate) }),
    ...(rule.ExpiredObjectDeleteMarker === undefined
      ? {}
      : { ExpiredObjectDeleteMarker: rule.ExpiredObjectDeleteMarker }),
  }
  const transitions = [...(rule.Transitions ?? []), ...one(rule.Transition)]
  const noncurrent = [
    ...(rule.NoncurrentVersionTransitions ?? []),
    ...one(rule.NoncurrentVersionTransition),
  ]
  const days = rule.NoncurrentVersionExpirationInDays
  const noncurrentExpiration =
    rule.NoncurrentVersionExpiration ?? (days === undefined ? undefined : { NoncurrentDays: days })
  const { AbortIncompleteMultipartUpload: abort } = rule
  return {
    ...(rule.Id === undefined ? {} : { ID: rule.Id }),
    Status: rule.Status as LifecycleRule['Status'], // The schema's values are the API's.
    Filter: toFilter(rule),
    ...(Object.keys(expiration).length === 0 ? {} : { Expiration: expiration }),
    ...(transitions.length === 0 ? {} : { Transitions: transitions.map(toTransition) }),
    ...(noncurrent.length === 0
      ? {}
      : { NoncurrentVersionTransitions: noncurrent.map(toNoncurrentTransition) }),
    ...(noncurrentExpiration === undefined
      ? {}
      : { NoncurrentVersionExpiration: noncurrentExpiration }),
    ...(abort === undefined ? {} : { AbortIncompleteMultipartUpload: abort }),
  }
}

function one<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value]
}

/** The template has the conditions side by side, the API one, or several under `And`. */
function toFilter(rule: AwsS3BucketRuleDefinition): LifecycleRuleFilter {
  const tags = rule.TagFilters ?? []
  const others = {
    ...(rule.Prefix === undefined ? {} : { Prefix: rule.Prefix }),
    ...(rule.ObjectSizeGreaterThan === undefined
      ? {}
      : { ObjectSizeGreaterThan: Number(rule.ObjectSizeGreaterThan) }),
    ...(rule.ObjectSizeLessThan === undefined
      ? {}
      : { ObjectSizeLessThan: Number(rule.ObjectSizeLessThan) }),
  }
  const count = tags.length + Object.keys(others).length
  if (count === 0) return { Prefix: '' }
  if (count > 1) return { And: { ...others, ...(tags.length === 0 ? {} : { Tags: tags }) } }
  const [Tag] = tags
  return Tag === undefined ? others : { Tag }
}

/** Older templates write `Glacier`. */
function classOf(name: string): TransitionStorageClass {
  return (name === 'Glacier' ? 'GLACIER' : name) as TransitionStorageClass // The API judges the rest.
}

function toTransition(transition: AwsS3BucketTransitionDefinition): Transition {
  const { StorageClass, TransitionDate: date, TransitionInDays: Days } = transition
  return {
    StorageClass: classOf(StorageClass),
    ...(date === undefined ? {} : { Date: Date.parse(date) }),
    ...(Days === undefined ? {} : { Days }),
  }
}

function toNoncurrentTransition({
  StorageClass,
  TransitionInDays,
  NewerNoncurrentVersions,
}: AwsS3BucketNoncurrentVersionTransitionDefinition): NoncurrentVersionTransition {
  return {
    StorageClass: classOf(StorageClass),
    NoncurrentDays: TransitionInDays,
    ...(NewerNoncurrentVersions === undefined ? {} : { NewerNoncurrentVersions }),
  }
}

function fromRule(rule: LifecycleRule): AwsS3BucketRuleDefinition {
  const { prefix, tags, largerThan, smallerThan } = filterOf(rule)
  const { Days, Date: date, ExpiredObjectDeleteMarker } = rule.Expiration ?? {}
  const { NoncurrentVersionExpiration: noncurrent, AbortIncompleteMultipartUpload: abort } = rule
  return {
    ...(rule.ID === undefined ? {} : { Id: rule.ID }),
    Status: rule.Status,
    ...(prefix === '' ? {} : { Prefix: prefix }),
    ...(tags.length === 0 ? {} : { TagFilters: tags }),
    ...(largerThan === undefined ? {} : { ObjectSizeGreaterThan: largerThan }),
    ...(smallerThan === undefined ? {} : { ObjectSizeLessThan: smallerThan }),
    ...(Days === undefined ? {} : { ExpirationInDays: Days }),
    ...(date === undefined ? {} : { ExpirationDate: new Date(date).toISOString() }),
    ...(ExpiredObjectDeleteMarker === undefined ? {} : { ExpiredObjectDeleteMarker }),
    ...(rule.Transitions === undefined
      ? {}
      : { Transitions: rule.Transitions.map(fromTransition) }),
    ...(rule.NoncurrentVersionTransitions === undefined
      ? {}
      : {
          NoncurrentVersionTransitions: rule.NoncurrentVersionTransitions.map(
            ({ NoncurrentDays = 0, StorageClass = '', NewerNoncurrentVersions }) => ({
              TransitionInDays: NoncurrentDays,
              StorageClass,
              ...(NewerNoncurrentVersions === undefined ? {} : { NewerNoncurrentVersions }),
            }),
          ),
        }),
    ...(noncurrent?.NoncurrentDays === undefined
      ? {}
      : {
          NoncurrentVersionExpiration: {
            ...noncurrent,
            NoncurrentDays: noncurrent.NoncurrentDays,
          },
        }),
    ...(abort?.DaysAfterInitiation === undefined
      ? {}
      : { AbortIncompleteMultipartUpload: { DaysAfterInitiation: abort.DaysAfterInitiation } }),
  }
}

function fromTransition({ Days, Date: date, StorageClass = '' }: Transition) {
  return {
    StorageClass,
    ...(Days === undefined ? {} : { TransitionInDays: Days }),
    ...(date === undefined ? {} : { TransitionDate: new Date(date).toISOString() }),
  }
}
