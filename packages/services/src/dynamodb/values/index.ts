export {
  type AttributeType,
  type AttributeValue,
  attributeOf,
  attributeTypes,
  type Item,
  type LooseValue,
  setAttribute,
  typeOf,
} from './attribute-value.ts'
export { compare, equals, sameItems } from './comparison.ts'
export { enveloped, type ValueCheck, validationException } from './errors.ts'
export { sizeOf, valueSize } from './size.ts'
export { sortKey } from './sort-key.ts'
export {
  fromModel,
  itemFromModel,
  itemToModel,
  type Place,
  toModel,
} from './wire-values.ts'
