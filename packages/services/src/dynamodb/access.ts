import type { Scope } from '@cloud-orrery/kernel'
import type { AttributeValue } from '@cloud-orrery/models/dynamodb'
import type { RequestContext } from '@cloud-orrery/policy'
import type { Context } from '../context.ts'
import type { Authorization } from '../define.ts'
import { arnOf, indexArn, nameOf } from './arns.ts'
import { tables } from './state.ts'

/** What a call on items shows the policies. All are looked up only where a policy has a condition. */
export interface ItemAccess {
  readonly tableName: string
  readonly indexName?: string | undefined
  readonly action?: string
  /** Items or keys that the call names. */
  readonly keys?: readonly Readonly<Record<string, AttributeValue>>[]
  /** Partition keys, where no item names them: of a Query. */
  readonly hashes?: () => readonly string[]
  /** Attributes that it reads or writes, by their first names; those of `keys` come with them. */
  readonly attributes?: (() => Iterable<string> | undefined) | undefined
  readonly select?: string | undefined
  readonly returnValues?: string | undefined
  readonly returnConsumedCapacity?: string | undefined
  readonly fullTableScan?: boolean
  readonly enclosing?: 'TransactGetItems' | 'TransactWriteItems' | 'BatchExecuteStatement'
}

/**
 * The permission that a call on items needs, with DynamoDB's own condition keys. Source: Service Authorization
 * Reference, Amazon DynamoDB; Developer Guide, "Using IAM policy conditions for fine-grained access control".
 */
export function access(ctx: Context, of: ItemAccess): Authorization {
  const arn = arnOf(ctx, of.tableName)
  const resource = of.indexName === undefined ? arn : indexArn(arn, of.indexName)
  return {
    resource,
    ...(of.action === undefined ? {} : { action: `dynamodb:${of.action}` }),
    context: contextOf(ctx, of),
  }
}

/** What has to be looked for is looked for only where a statement has conditions. */
function contextOf(ctx: Context, of: ItemAccess): RequestContext {
  return {
    'dynamodb:Select': of.select,
    'dynamodb:ReturnValues': of.returnValues,
    'dynamodb:ReturnConsumedCapacity': of.returnConsumedCapacity,
    'dynamodb:FullTableScan': of.fullTableScan,
    'dynamodb:EnclosingOperation': of.enclosing,
    get 'dynamodb:LeadingKeys'() {
      return leadingKeys(ctx, of)
    },
    get 'dynamodb:Attributes'() {
      return attributes(of)
    },
  }
}

function leadingKeys(ctx: Context, of: ItemAccess): readonly string[] | undefined {
  const given = of.hashes?.()
  if (given !== undefined) return given
  const name = hashName(ctx, of)
  if (name === undefined || of.keys === undefined) return undefined
  const found = new Set<string>()
  for (const key of of.keys) {
    const value = key[name]
    if (value !== undefined) found.add(keyText(value))
  }
  return found.size === 0 ? undefined : [...found]
}

function hashName(ctx: Context & Scope, { tableName }: ItemAccess): string | undefined {
  return tables.get(ctx, nameOf(tableName))?.key.hash
}

/** A partition key as policies compare it. */
export function keyText({ S, N, B }: AttributeValue): string {
  if (S !== undefined) return S
  if (N !== undefined) return N
  return B === undefined ? '' : Buffer.from(B).toString('base64')
}

function attributes({ attributes: named, keys = [] }: ItemAccess): readonly string[] | undefined {
  const found = new Set<string>(named?.())
  for (const key of keys) for (const name in key) found.add(name)
  return found.size === 0 ? undefined : [...found]
}
