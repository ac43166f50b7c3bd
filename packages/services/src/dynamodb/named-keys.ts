import { invalid, invalidValues } from './errors.ts'
import type { CompiledUpdate, NamedAttributes } from './expressions/index.ts'
import type { KeyNames, TableRecord } from './state.ts'

/** Refuses paths into key attributes, which are scalars. */
export function checkKeysNotNested(
  table: TableRecord,
  expression: NamedAttributes | undefined,
): void {
  if (expression === undefined || expression.nestedAttributes.length === 0) return
  const check = ({ hash, range }: KeyNames, word: string): void => {
    for (const name of range === undefined ? [hash] : [hash, range]) {
      if (!expression.nestedAttributes.includes(name)) continue
      throw invalid(
        `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ${word}: ${name}`,
      )
    }
  }
  check(table.key, 'Key')
  for (const { key } of table.indexes) check(key, 'IndexKey')
}

/** The key of an item stays as it is. */
export function checkKeysNotUpdated({ key }: TableRecord, { actions }: CompiledUpdate): void {
  for (const name of key.range === undefined ? [key.hash] : [key.hash, key.range]) {
    if (actions.some(({ path }) => path[0] === name)) {
      throw invalidValues(`Cannot update attribute ${name}. This attribute is part of the key`)
    }
  }
}

/** Filters may not ask for the key: the key condition does. */
export function checkFilterWithoutKeys(
  { hash, range }: KeyNames,
  filter: NamedAttributes | undefined,
  word: string,
): void {
  if (filter === undefined) return
  for (const name of range === undefined ? [hash] : [hash, range]) {
    if (!filter.attributes.includes(name)) continue
    throw invalid(
      `${word} can only contain non-primary key attributes: Primary key attribute: ${name}`,
    )
  }
}
