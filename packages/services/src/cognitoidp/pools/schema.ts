import { AddCustomAttributes, type SchemaAttributeType } from '@cloud-orrery/models/cognitoidp'
import { operation } from '../../define.ts'
import { invalidParameter, limitExceeded } from '../errors.ts'
import { customAttributesMax } from '../limits.ts'
import { onPool, poolOf } from './lookup.ts'
import { pools } from './state.ts'

const plain = { DeveloperOnlyAttribute: false, Mutable: true, Required: false } as const

const text = (Name: string, MinLength = '0', MaxLength = '2048'): SchemaAttributeType => ({
  Name,
  AttributeDataType: 'String',
  ...plain,
  StringAttributeConstraints: { MinLength, MaxLength },
})

const flag = (Name: string): SchemaAttributeType => ({
  Name,
  AttributeDataType: 'Boolean',
  ...plain,
})

/** In the order in which DescribeUserPool lists them. Source: "Working with user attributes", standard attributes. */
export const standardAttributes: readonly SchemaAttributeType[] = [
  { ...text('sub', '1'), Mutable: false, Required: true },
  ...['name', 'given_name', 'family_name', 'middle_name', 'nickname'].map((name) => text(name)),
  ...['preferred_username', 'profile', 'picture', 'website', 'email'].map((name) => text(name)),
  flag('email_verified'),
  text('gender'),
  text('birthdate', '10', '10'),
  ...['zoneinfo', 'locale', 'phone_number'].map((name) => text(name)),
  flag('phone_number_verified'),
  text('address'),
  {
    Name: 'updated_at',
    AttributeDataType: 'Number',
    ...plain,
    NumberAttributeConstraints: { MinValue: '0' },
  },
  { Name: 'identities', AttributeDataType: 'String', ...plain, StringAttributeConstraints: {} },
]

const standardNames = new Set(standardAttributes.map(({ Name }) => Name))

export const isStandard = (name: string): boolean => standardNames.has(name)

/** The schema of a new pool: standard attributes as given, and its own. */
export function schemaOf(given: readonly SchemaAttributeType[] = []): SchemaAttributeType[] {
  const own = given.filter(({ Name = '' }) => !isStandard(Name))
  const standard = standardAttributes.map((attribute) => {
    const changed = given.find(({ Name }) => Name === attribute.Name)
    return changed === undefined ? attribute : { ...attribute, ...definedOf(changed) }
  })
  return [...standard, ...customAttributes(own)]
}

function definedOf(attribute: SchemaAttributeType): SchemaAttributeType {
  return Object.fromEntries(
    Object.entries(attribute).filter(([, value]) => value !== undefined),
  ) as SchemaAttributeType // The same members, less those that are undefined.
}

/** Names become `custom:` ones, or `dev:custom:` where only administrators may see them. */
export function customAttributes(given: readonly SchemaAttributeType[]): SchemaAttributeType[] {
  return given.map((attribute) => {
    const { Name, AttributeDataType = 'String', DeveloperOnlyAttribute = false } = attribute
    if (Name === undefined) throw invalidParameter('Custom attribute name must be specified.')
    if (attribute.Required === true) {
      throw invalidParameter('Required custom attributes are not supported currently.')
    }
    const bare = Name.replace(/^(?:dev:)?custom:/, '')
    return {
      Name: `${DeveloperOnlyAttribute ? 'dev:' : ''}custom:${bare}`,
      AttributeDataType,
      DeveloperOnlyAttribute,
      Mutable: attribute.Mutable ?? true,
      Required: false,
      ...(AttributeDataType === 'String'
        ? { StringAttributeConstraints: attribute.StringAttributeConstraints ?? {} }
        : {}),
      ...(AttributeDataType === 'Number'
        ? { NumberAttributeConstraints: attribute.NumberAttributeConstraints ?? {} }
        : {}),
    }
  })
}

export const addCustomAttributes = operation(AddCustomAttributes, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, CustomAttributes }) {
    const pool = poolOf(ctx, UserPoolId)
    const added = customAttributes(CustomAttributes)
    for (const { Name = '' } of added) {
      if (pool.schema.some((attribute) => attribute.Name === Name)) {
        throw invalidParameter(`${Name}: Existing attribute already has name ${Name}.`)
      }
    }
    const own = pool.schema.length - standardAttributes.length
    if (own + added.length > customAttributesMax) {
      throw limitExceeded(`The number of custom attributes exceeds ${customAttributesMax}.`)
    }
    pools.update(ctx, UserPoolId, {
      schema: [...pool.schema, ...added],
      modifiedAtMs: ctx.now(),
    })
    return {}
  },
})
