import { AwsError } from '@cloud-orrery/models'
import type { AwsS3BucketProperties } from '@cloud-orrery/models/s3'
import type { ResourceContext } from '../../context.ts'

/** One property of a bucket that is put, taken back and read by calls of its own. */
export interface Setting {
  readonly name: keyof AwsS3BucketProperties
  put(ctx: ResourceContext, bucket: string, properties: AwsS3BucketProperties): Promise<unknown>
  remove(ctx: ResourceContext, bucket: string): Promise<unknown>
  /** The property as the bucket has it; nothing where it has none. */
  read(
    ctx: ResourceContext,
    bucket: string,
    properties: AwsS3BucketProperties,
  ): Promise<Partial<AwsS3BucketProperties>>
}

type Property<K extends keyof AwsS3BucketProperties> = NonNullable<AwsS3BucketProperties[K]>

interface SettingOptions<K extends keyof AwsS3BucketProperties, C> {
  /** The API's configuration for what the template says. */
  readonly toApi: (value: Property<K>, ctx: ResourceContext) => C
  readonly put: (ctx: ResourceContext, bucket: string, configuration: C) => Promise<unknown>
  readonly remove: (ctx: ResourceContext, bucket: string) => Promise<unknown>
  /** An error of status 404 counts as undefined: there is none. */
  readonly get: (ctx: ResourceContext, bucket: string) => Promise<C | undefined>
  /** What a template would have to say of a configuration as it is. */
  readonly fromApi: (configuration: C) => Property<K>
}

export function setting<K extends keyof AwsS3BucketProperties, C>(
  name: K,
  { toApi, put, remove, get, fromApi }: SettingOptions<K, C>,
): Setting {
  return {
    name,
    async put(ctx, bucket, properties) {
      const value = properties[name]
      if (value !== undefined) await put(ctx, bucket, toApi(value as Property<K>, ctx))
    },
    remove,
    async read(ctx, bucket, properties) {
      const configuration = await unlessMissing(get(ctx, bucket))
      if (configuration === undefined) return {}
      const value = properties[name]
      // A template may say the same in several ways: as long as it holds, it is given back as it stands.
      const holds = value !== undefined && covers(configuration, toApi(value as Property<K>, ctx))
      return { [name]: holds ? value : fromApi(configuration) }
    },
  }
}

/** The answer of a call, or undefined where the bucket has no such thing. */
export async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (error instanceof AwsError && error.status === 404) return undefined
    throw error
  }
}

/** Whether everything that one value says is so in another, which may say more. */
function covers(actual: unknown, said: unknown): boolean {
  if (said === undefined) return true
  if (Array.isArray(said)) {
    if (!Array.isArray(actual) || actual.length !== said.length) return false
    return said.every((item, i) => covers(actual[i], item))
  }
  if (typeof said !== 'object' || said === null) return Object.is(actual, said)
  if (typeof actual !== 'object' || actual === null) return false
  return Object.entries(said).every(([key, value]) => covers(Reflect.get(actual, key), value))
}
