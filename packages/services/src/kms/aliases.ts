import { CreateAlias, DeleteAlias, ListAliases, UpdateAlias } from '@cloud-orrery/models/kms'
import type { Context } from '../context.ts'
import { type Authorization, operation } from '../define.ts'
import { callerContext, onKey, theOwnKey } from './access.ts'
import {
  aliasExists,
  aliasNotFound,
  aliasOfOtherKind,
  aliasPrefix,
  aliasReserved,
  invalidAliasName,
  limitExceeded,
  pendingDeletion,
} from './errors.ts'
import { aliasesMax, aliasesOfKeyMax, pageItems } from './limits.ts'
import { page } from './pages.ts'
import { type AliasRecord, aliasArn, aliases, type KeyRecord, keys } from './state.ts'

/** An alias may only be touched by who may touch its key too. */
export const createAlias = operation(CreateAlias, {
  authorize: ({ AliasName, TargetKeyId }, ctx) => [
    onAlias(ctx, AliasName),
    onKey(ctx, TargetKeyId),
  ],
  provenance: 'recorded',
  run(ctx, { AliasName, TargetKeyId }) {
    checkName(AliasName)
    const key = theOwnKey(ctx, TargetKeyId, 'CreateAlias')
    if (key.state === 'PendingDeletion') throw pendingDeletion(key.arn)
    const arn = aliasArn(ctx, AliasName)
    if (aliases.has(ctx, AliasName)) throw aliasExists(arn)
    checkRoom(ctx, key)
    if (aliases.count(ctx) >= aliasesMax)
      throw limitExceeded(`Alias limit of ${aliasesMax} exceeded`)
    const now = ctx.now()
    aliases.put(ctx, {
      name: AliasName,
      arn,
      targetKeyId: key.keyId,
      createdAtMs: now,
      updatedAtMs: now,
    })
    return {}
  },
})

export const updateAlias = operation(UpdateAlias, {
  authorize({ AliasName, TargetKeyId }, ctx) {
    const before = aliases.get(ctx, AliasName)
    const needed = [onAlias(ctx, AliasName), onKey(ctx, TargetKeyId)]
    return before === undefined ? needed : [...needed, onKey(ctx, before.targetKeyId)]
  },
  provenance: 'modelled',
  run(ctx, { AliasName, TargetKeyId }) {
    checkName(AliasName)
    const alias = theAlias(ctx, AliasName)
    const key = theOwnKey(ctx, TargetKeyId, 'UpdateAlias')
    if (key.state === 'PendingDeletion') throw pendingDeletion(key.arn)
    const before = keys.get(ctx, alias.targetKeyId)
    if (before !== undefined && before.usage !== key.usage) throw aliasOfOtherKind()
    if (alias.targetKeyId !== key.keyId) checkRoom(ctx, key)
    aliases.update(ctx, AliasName, { targetKeyId: key.keyId, updatedAtMs: ctx.now() })
    return {}
  },
})

export const deleteAlias = operation(DeleteAlias, {
  authorize({ AliasName }, ctx) {
    const alias = aliases.get(ctx, AliasName)
    const own = onAlias(ctx, AliasName)
    return alias === undefined ? own : [own, onKey(ctx, alias.targetKeyId)]
  },
  provenance: 'modelled',
  run(ctx, { AliasName }) {
    checkName(AliasName)
    theAlias(ctx, AliasName)
    aliases.delete(ctx, AliasName)
    return {}
  },
})

export const listAliases = operation(ListAliases, {
  authorize: (_input, ctx) => ({ resource: '*', context: callerContext(ctx) }),
  provenance: 'modelled',
  run(ctx, { KeyId, Limit = pageItems.aliases, Marker }) {
    const key = KeyId === undefined ? undefined : theOwnKey(ctx, KeyId, 'ListAliases')
    const { items, ...rest } = page({
      list: (start) =>
        key === undefined
          ? aliases.scan(ctx, start)
          : aliases.where(ctx, 'target', key.keyId, start),
      positionOf: ({ name }) => name,
      itemsMax: Limit,
      token: Marker,
      request: ['ListAliases', KeyId],
    })
    return { Aliases: items.map(shown), ...rest }
  },
})

function shown({ name, arn, targetKeyId, createdAtMs, updatedAtMs }: AliasRecord) {
  return {
    AliasName: name,
    AliasArn: arn,
    TargetKeyId: targetKeyId,
    CreationDate: createdAtMs,
    LastUpdatedDate: updatedAtMs,
  }
}

function onAlias(ctx: Context, name: string): Authorization {
  return { resource: aliasArn(ctx, name), context: callerContext(ctx) }
}

function theAlias(ctx: Context, name: string): AliasRecord {
  const alias = aliases.get(ctx, name)
  if (alias === undefined) throw aliasNotFound(aliasArn(ctx, name))
  return alias
}

function checkName(name: string): void {
  if (!name.startsWith('alias/')) throw aliasPrefix()
  if (name.startsWith('alias/aws/') || name === 'alias/aws') throw aliasReserved()
  if (!/^alias\/[a-zA-Z0-9/_-]+$/.test(name)) {
    throw invalidAliasName('Alias contains invalid characters.')
  }
}

function checkRoom(ctx: Context, { keyId }: KeyRecord): void {
  let count = 0
  for (const _ of aliases.where(ctx, 'target', keyId)) count += 1
  if (count >= aliasesOfKeyMax) {
    throw limitExceeded(`Limit of ${aliasesOfKeyMax} aliases per key exceeded`)
  }
}
