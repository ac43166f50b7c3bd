import type { Json, JsonObject } from '../engine/json.ts'

/** What the transform knows and changes while it goes through a template. */
export interface Expansion {
  readonly region: string
  readonly partition: string
  /** Values of parameters, `AWS::Region` and `AWS::Partition`, for whatever logical ids depend on. */
  readonly parameters: JsonObject
  /** Resources as written, with globals merged. Buckets gain their notifications here. */
  readonly source: Record<string, JsonObject>
  /** Resources as they will be. */
  readonly target: Record<string, JsonObject>
  readonly conditions: Record<string, Json>
  /** HTTP APIs whose definition the transform writes itself. */
  readonly managedApis: ReadonlySet<string>
}
