/**
 * A value as tables hold it: the wire's JSON with exactly one member. Numbers are normalised decimals
 * (`normalNumber`), binaries base64. Objects are shared between items and never changed.
 */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: Item }

/** An item, or a map inside one: values by attribute name. */
export type Item = Readonly<Record<string, AttributeValue>>

export type AttributeType = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'SS' | 'NS' | 'BS' | 'L' | 'M'

/** All members at once, each perhaps: a view for code that asks for one of them without narrowing first. */
export interface LooseValue {
  readonly S?: string
  readonly N?: string
  readonly B?: string
  readonly BOOL?: boolean
  readonly NULL?: boolean
  readonly SS?: readonly string[]
  readonly NS?: readonly string[]
  readonly BS?: readonly string[]
  readonly L?: readonly AttributeValue[]
  readonly M?: Item
}

export const attributeTypes: readonly AttributeType[] = [
  'S',
  'N',
  'B',
  'SS',
  'NS',
  'BS',
  'M',
  'L',
  'NULL',
  'BOOL',
]

/** The one type that the value has. */
export function typeOf(value: AttributeValue): AttributeType {
  for (const type in value) return type as AttributeType // Values have one member, named by its type.
  return 'NULL'
}

/** An attribute of an item or map that is the item's own, whatever objects inherit. */
export function attributeOf(item: Item, name: string): AttributeValue | undefined {
  return Object.hasOwn(item, name) ? item[name] : undefined
}

/** Gives an item that is being made an attribute of its own, be its name `__proto__`. */
export function setAttribute(
  item: Record<string, AttributeValue>,
  name: string,
  value: AttributeValue,
): void {
  if (name !== '__proto__') item[name] = value
  else {
    Object.defineProperty(item, name, {
      ...{ value, enumerable: true, configurable: true, writable: true },
    })
  }
}
