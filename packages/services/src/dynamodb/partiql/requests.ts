import type { AttributeValue as ModelValue } from '@cloud-orrery/models/dynamodb'
import type { Context } from '../../context.ts'
import type { Authorization } from '../../define.ts'
import { access } from '../access.ts'
import { remembered } from '../remembered.ts'
import { type TableRecord, tables } from '../state.ts'
import type { AttributeValue, LooseValue } from '../values/attribute-value.ts'
import { validationException } from '../values/errors.ts'
import { fromModel } from '../values/wire-values.ts'
import { keyIn, partitionReads } from './key-search.ts'
import { constantOf, type Parameters } from './literals.ts'
import { parseStatement } from './parser.ts'
import type { Select, Statement, Term } from './syntax.ts'

/** A statement with what stands for its question marks. */
export interface Prepared {
  readonly statement: Statement
  readonly parameters: Parameters
}

interface Given {
  readonly Statement: string
  readonly Parameters?: readonly ModelValue[] | undefined
}

/** Parameters are checked in the older way. Observed on AWS, 2026-10. */
export function parametersOf({ Parameters: given = [] }: Given): Parameters {
  return given.map((value) => fromModel(value, undefined, 'older'))
}

/** Reads a statement and counts its parameters. Throws `ValidationException`. */
export const prepared = remembered((given: Given): Prepared => {
  const parameters = parametersOf(given)
  const statement = parseStatement(given.Statement)
  if (statement.parameters !== parameters.length) {
    throw validationException("Number of parameters in request and statement don't match.")
  }
  return { statement, parameters }
})

const actions: Readonly<Record<Statement['kind'], string>> = {
  select: 'PartiQLSelect',
  insert: 'PartiQLInsert',
  update: 'PartiQLUpdate',
  delete: 'PartiQLDelete',
  exists: 'PartiQLSelect',
}

/**
 * The permission that a statement asks for. Source: Service Authorization Reference, Amazon DynamoDB; Developer
 * Guide, "IAM security policies with PartiQL for DynamoDB".
 */
export function accessOf(
  ctx: Context,
  { statement, parameters }: Prepared,
  enclosing?: 'BatchExecuteStatement',
): Authorization {
  const { kind, tableName } = statement
  const source = kind === 'exists' ? statement.select : statement
  const table = tables.get(ctx, tableName)
  const isScan = source.kind === 'select' && isFullScan(source, table, parameters)
  return access(ctx, {
    action: actions[kind],
    tableName,
    indexName: source.indexName,
    hashes: () => hashesOf(statement, table, parameters),
    attributes: () => attributesOf(statement),
    ...(source.kind === 'select' ? { fullTableScan: isScan, select: selectOf(source) } : {}),
    ...(enclosing === undefined ? {} : { enclosing }),
  })
}

function selectOf({ projection }: Select): string {
  return projection === undefined ? 'ALL_ATTRIBUTES' : 'SPECIFIC_ATTRIBUTES'
}

function readsOf(select: Select, table: TableRecord, parameters: Parameters) {
  const index = table.indexes.find(({ name }) => name === select.indexName)
  return partitionReads(select.where, index?.key ?? table.key, table.attributes, parameters)
}

function isFullScan(
  select: Select,
  table: TableRecord | undefined,
  parameters: Parameters,
): boolean {
  return table !== undefined && readsOf(select, table, parameters) === undefined
}

function hashesOf(
  statement: Statement,
  table: TableRecord | undefined,
  parameters: Parameters,
): readonly string[] {
  if (table === undefined) return []
  const name = table.key.hash
  switch (statement.kind) {
    case 'insert': {
      const { item } = statement
      const term =
        item.kind === 'map' ? item.entries.find(([entry]) => entry === name)?.[1] : undefined
      return term === undefined ? [] : [keyText(constantOf(term, parameters))]
    }
    case 'update':
    case 'delete':
    case 'exists': {
      const where = statement.kind === 'exists' ? statement.select.where : statement.where
      const value = keyIn(where, table.key, parameters)?.key[name]
      return value === undefined ? [] : [keyText(value)]
    }
    case 'select':
      return (readsOf(statement, table, parameters) ?? []).map(({ hash }) => keyText(hash))
    default:
      return statement satisfies never
  }
}

function keyText(value: AttributeValue): string {
  const { S, N, B } = value as LooseValue // Keys have one of these types.
  return S ?? N ?? B ?? ''
}

/** The attributes that a statement names; none where it wants all. */
function attributesOf(statement: Statement): Iterable<string> {
  const names = new Set<string>()
  switch (statement.kind) {
    case 'insert':
      if (statement.item.kind === 'map') {
        for (const [name] of statement.item.entries) names.add(name)
      }
      break
    case 'update':
      for (const { steps } of statement.assignments) names.add(String(steps[0]))
      addNames(statement.where, names)
      break
    case 'delete':
      addNames(statement.where, names)
      break
    case 'exists':
    case 'select': {
      const { projection, where } = statement.kind === 'exists' ? statement.select : statement
      for (const [head] of projection ?? []) names.add(String(head))
      addNames(where, names)
      break
    }
    default:
      statement satisfies never
  }
  return names
}

function addNames(term: Term | undefined, names: Set<string>): void {
  if (term === undefined) return
  if (term.kind === 'path') names.add(String(term.steps[0]))
  for (const child of childrenOf(term)) addNames(child, names)
}

function childrenOf(term: Term): readonly Term[] {
  switch (term.kind) {
    case 'and':
    case 'or':
      return term.operands
    case 'not':
    case 'is':
      return [term.operand]
    case 'compare':
      return [term.left, term.right]
    case 'between':
      return [term.operand, term.low, term.high]
    case 'in':
      return [term.operand, term.list]
    case 'call':
      return term.args
    default:
      return []
  }
}
