import { AwsError } from '@cloud-orrery/models'
import {
  BatchExecuteStatement,
  type BatchStatementRequest,
  type BatchStatementResponse,
  type AttributeValue as ModelValue,
} from '@cloud-orrery/models/dynamodb'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { addUsage, type Usage, usageOf } from '../capacity.ts'
import { unlocked } from '../encryption.ts'
import type { TableRecord } from '../state.ts'
import { tableOf } from '../table-lookup.ts'
import { hasRoom, take } from '../throughput.ts'
import { capacities } from '../transactions.ts'
import type { Item } from '../values/attribute-value.ts'
import { validationException } from '../values/errors.ts'
import { itemToModel } from '../values/wire-values.ts'
import { selectKeyRequired } from './errors.ts'
import { readOne, selectPlan } from './reads.ts'
import { accessOf, type Prepared, prepared } from './requests.ts'
import { write } from './statements.ts'

/** Each statement succeeds or fails by itself. */
export const batchExecuteStatement = operation(BatchExecuteStatement, {
  // Deviation: where one statement may not be run, none is; AWS answers it alone with AccessDenied.
  authorize: (input, ctx) =>
    input.Statements.flatMap((member) => {
      const request = readable(member)
      return request === undefined ? [] : accessOf(ctx, request, 'BatchExecuteStatement')
    }),
  provenance: 'modelled',
  trail: { kind: 'data' },
  run(ctx, input) {
    const kinds = new Set(
      input.Statements.flatMap((member) => {
        const request = readable(member)
        return request === undefined ? [] : [request.statement.kind === 'select']
      }),
    )
    if (kinds.size > 1) {
      throw validationException(
        'BatchExecuteStatement API does not support both read and write operations in the same request.',
      )
    }
    const found = input.Statements.map((member) => tried(() => tableFor(ctx, member)))
    const opened = found.flatMap(({ value }) => (value === undefined ? [] : [value]))
    return unlocked(ctx, opened, () => {
      const usages = new Map<string, Usage>()
      const Responses = input.Statements.map((member, i) =>
        response(ctx, member, found[i] ?? {}, usages),
      )
      return { Responses, ...capacities(usages, input, kindOf(kinds)) }
    })
  },
})

function kindOf(kinds: ReadonlySet<boolean>): 'ReadCapacityUnits' | 'WriteCapacityUnits' {
  return kinds.has(true) ? 'ReadCapacityUnits' : 'WriteCapacityUnits'
}

/** The statement, where it can be read; where not, that is its own answer. */
function readable(member: BatchStatementRequest): Prepared | undefined {
  return tried(() => prepared(member)).value
}

interface Tried<T> {
  readonly value?: T
  readonly error?: AwsError
}

function tried<T>(read: () => T): Tried<T> {
  try {
    return { value: read() }
  } catch (error) {
    if (error instanceof AwsError) return { error }
    throw error
  }
}

function tableFor(ctx: Context, member: BatchStatementRequest): TableRecord {
  return tableOf(ctx, prepared(member).statement.tableName)
}

function response(
  ctx: Context,
  member: BatchStatementRequest,
  { value: table, error }: Tried<TableRecord>,
  usages: Map<string, Usage>,
): BatchStatementResponse {
  if (table === undefined) return { Error: described(error) }
  const done = tried(() => run(ctx, member, table))
  if (done.value === undefined) return { Error: described(done.error), TableName: table.name }
  const { item, usage } = done.value
  const total = usages.get(table.name)
  if (total === undefined) usages.set(table.name, usage)
  else addUsage(total, usage)
  return { TableName: table.name, ...(item === undefined ? {} : { Item: itemToModel(item) }) }
}

function run(
  ctx: Context,
  member: BatchStatementRequest,
  table: TableRecord,
): { readonly item: Item | undefined; readonly usage: Usage } {
  const request = prepared(member)
  const { statement, parameters } = request
  if (statement.kind !== 'select') {
    // A statement that is throttled must not have written: the others of the batch stand.
    if (!hasRoom(ctx, usageOf(table), 'write')) take(ctx, usageOf(table, 1), 'write')
    return write(ctx, table, request, member)
  }
  const plan =
    statement.indexName === undefined ? selectPlan(statement, table, parameters) : undefined
  if (plan?.key === undefined || !plan.isKeyAlone) throw selectKeyRequired('BatchExecuteStatement')
  const read = readOne(ctx, plan, plan.key, member.ConsistentRead === true)
  take(ctx, read.usage, 'read')
  return read
}

const codes: Readonly<Record<string, string>> = {
  ValidationException: 'ValidationError',
  ThrottlingException: 'ThrottlingError',
}

/** Codes are those of exceptions without the word, but for two. */
function described(error: AwsError | undefined) {
  const code = error?.code ?? 'InternalServerError'
  const item = error?.fields['Item'] as Record<string, ModelValue> | undefined // Of failed conditions.
  return {
    Code: codes[code] ?? code.replace(/Exception$/, ''),
    Message: error?.message ?? '',
    ...(item === undefined ? {} : { Item: item }),
  }
}
