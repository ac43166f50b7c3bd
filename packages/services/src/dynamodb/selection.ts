import type { QueryInput } from '@cloud-orrery/models/dynamodb'
import { invalid, invalidValues } from './errors.ts'
import type { CompiledProjection, NamedAttributes } from './expressions/index.ts'
import { projectedNames } from './projection.ts'
import type { IndexRecord, TableRecord } from './state.ts'

/** Attributes that a Query or Scan names; undefined where it wants all. */
export function attributesWanted(
  projection: CompiledProjection | undefined,
  ...conditions: readonly (readonly string[] | undefined)[]
): readonly string[] | undefined {
  const named = conditions.flatMap((it) => it ?? [])
  if (projection === undefined && named.length === 0) return undefined
  return [...(projection?.attributes ?? []), ...named]
}

type Selecting = Pick<QueryInput, 'Select' | 'AttributesToGet' | 'ProjectionExpression'>

/** Checks `Select` against the rest of the request. `fetched`: items come from the table beside the index. */
export function checkSelect(
  table: TableRecord,
  index: IndexRecord | undefined,
  input: Selecting,
  projection: CompiledProjection | undefined,
  filter: NamedAttributes | undefined,
): { readonly fetched: boolean } {
  checkSelectItself(index, input)
  const names = index === undefined ? undefined : projectedNames(table, index)
  if (index === undefined || names === undefined) return { fetched: false }
  if (input.Select === 'ALL_ATTRIBUTES') {
    if (index.kind === 'local') return { fetched: true }
    throw invalidValues(
      `Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.name} because its projection type is not ALL`,
    )
  }
  const wanted = [...(projection?.attributes ?? []), ...(filter?.attributes ?? [])]
  const lacking = wanted.filter((name) => !names.has(name))
  if (lacking.length === 0) return { fetched: false }
  if (index.kind === 'local') return { fetched: true }
  if (projection === undefined) return { fetched: false } // Filters find nothing there.
  throw invalidValues(
    `Global secondary index ${index.name} does not project [${lacking.join(', ')}]`,
  )
}

function checkSelectItself(index: IndexRecord | undefined, input: Selecting): void {
  const { Select, AttributesToGet, ProjectionExpression } = input
  const asked =
    AttributesToGet !== undefined
      ? 'AttributesToGet'
      : ProjectionExpression !== undefined
        ? 'ProjectionExpression'
        : undefined
  if (Select === 'SPECIFIC_ATTRIBUTES' && asked === undefined) {
    throw invalid(
      'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
    )
  }
  if (Select !== undefined && Select !== 'SPECIFIC_ATTRIBUTES' && asked !== undefined) {
    const wanted = Select === 'COUNT' ? 'only the Count' : Select
    throw invalid(`Cannot specify the ${asked} when choosing to get ${wanted}`)
  }
  if (Select === 'ALL_PROJECTED_ATTRIBUTES' && index === undefined) {
    throw invalid('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName')
  }
}
