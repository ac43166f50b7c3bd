/** CloudFormation resource types as the registry's schemas describe them. */

/** `tag` is CloudFormation's `{Key, Value}`; `json` any JSON value. */
export type PrimitivePropertyType =
  | 'string'
  | 'number'
  | 'integer'
  | 'boolean'
  | 'json'
  | 'date-time'
  | 'null'
  | 'tag'

/** A tag as templates write it. */
export interface ResourceTag {
  readonly Key: string
  readonly Value: string
}

export type PropertyType =
  | PrimitivePropertyType
  | { readonly list: PropertyType }
  | { readonly map: PropertyType }
  /** A nested definition of the same resource type, by its name in `definitions`. */
  | { readonly definition: string }
  | { readonly anyOf: readonly PropertyType[] }
  | { readonly enum: readonly (string | number)[] }

export interface PropertySchema {
  readonly type: PropertyType
  readonly required?: boolean
  /** Whether changing it replaces the resource; absent means `no`. `maybe` depends on the change. */
  readonly causesReplacement?: 'yes' | 'no' | 'maybe'
  /** What the schema says is used where the template is silent. */
  readonly default?: unknown
  readonly deprecated?: boolean
}

export interface ResourceSchema {
  /** `AWS::SQS::Queue`. */
  readonly typeName: string
  readonly properties: Readonly<Record<string, PropertySchema>>
  /** Nested definitions by name. */
  readonly definitions: Readonly<Record<string, Readonly<Record<string, PropertySchema>>>>
  /** Read-only properties, for `Fn::GetAtt`; nested ones are named with dots. */
  readonly attributes: Readonly<Record<string, PropertyType>>
  /** Properties or attributes that identify a resource; nested ones are named with slashes. */
  readonly primaryIdentifier: readonly string[]
  /**
   * What `Ref` answers: these properties or attributes, joined by `|`. A member that has no value is left
   * out with its bar: a rule on the default bus answers its name alone.
   */
  readonly ref: readonly string[]
  readonly tags?: {
    readonly property: string
    /** A list of `{Key, Value}`, the same with `PropagateAtLaunch`, or a map. */
    readonly style: 'standard' | 'asg' | 'map'
  }
  /** `arn:${Partition}:sqs:${Region}:${Account}:${QueueName}`, in IAM's words. */
  readonly arnTemplate?: string
  /** Nested properties that replace the resource when they change, named with slashes. */
  readonly replacementPaths?: readonly string[]
  /** Holds data that a deletion loses. */
  readonly stateful?: boolean
}

/** `data/<service>.resources.json`. */
export interface StoredResourceSchemas {
  readonly source: string
  readonly types: Readonly<Record<string, ResourceSchema>>
}

/** `data/resource-types.json`: type names by namespace; `service` is our folder, where there is one. */
export interface StoredResourceTypes {
  readonly source: string
  readonly namespaces: Readonly<
    Record<string, { readonly service?: string; readonly types: readonly string[] }>
  >
}
