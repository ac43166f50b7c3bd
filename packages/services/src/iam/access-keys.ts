import {
  CreateAccessKey,
  DeleteAccessKey,
  GetAccessKeyLastUsed,
  ListAccessKeys,
  UpdateAccessKey,
} from '@cloud-orrery/models/iam'
import type { Context } from '../context.ts'
import { type Authorization, operation } from '../define.ts'
import { accessKeyId, secretAccessKey } from '../shared/identity/keys.ts'
import { thisSecond } from '../shared/identity/moments.ts'
import { type AccessKeyRecord, accessKeys } from '../shared/identity/state.ts'
import { aboutEntity, findUser, needsUser } from './entities.ts'
import { accessKeyNotFound, foreignAccessKey, quotaExceeded } from './errors.ts'
import { accessKeysPerUserMax } from './limits.ts'
import { page } from './paging.ts'

export const createAccessKey = operation(CreateAccessKey, {
  authorize: ({ UserName }, ctx) => aboutOwner(ctx, UserName),
  provenance: 'modelled',
  run(ctx, { UserName }) {
    const userName = ownerOf(ctx, UserName)
    if ([...keysOf(ctx, userName)].length >= accessKeysPerUserMax) {
      throw quotaExceeded('AccessKeysPerUser', accessKeysPerUserMax)
    }
    const key = accessKeys.put(ctx, {
      accessKeyId: accessKeyId(ctx.ids, 'AKIA', ctx.accountId),
      secretAccessKey: secretAccessKey(ctx.ids),
      accountId: ctx.accountId,
      ...(userName === undefined ? {} : { userName }),
      status: 'Active',
      createdAtMs: thisSecond(ctx),
    })
    return {
      AccessKey: {
        UserName: userName ?? '', // Root's keys belong to no user.
        AccessKeyId: key.accessKeyId,
        Status: key.status,
        SecretAccessKey: key.secretAccessKey,
        CreateDate: key.createdAtMs,
      },
    }
  },
})

export const listAccessKeys = operation(ListAccessKeys, {
  authorize: ({ UserName }, ctx) => aboutOwner(ctx, UserName),
  provenance: 'modelled',
  run(ctx, { UserName, ...request }) {
    const userName = ownerOf(ctx, UserName)
    const { items, rest } = page(
      request,
      (after) => keysOf(ctx, userName, after),
      (key) => key.accessKeyId,
    )
    const AccessKeyMetadata = items.map((key) => ({
      ...(key.userName === undefined ? {} : { UserName: key.userName }),
      AccessKeyId: key.accessKeyId,
      Status: key.status,
      CreateDate: key.createdAtMs,
    }))
    return { AccessKeyMetadata, ...rest }
  },
})

export const updateAccessKey = operation(UpdateAccessKey, {
  authorize: ({ UserName }, ctx) => aboutOwner(ctx, UserName),
  provenance: 'modelled',
  run(ctx, { UserName, AccessKeyId, Status }) {
    const key = findKey(ctx, ownerOf(ctx, UserName), AccessKeyId)
    accessKeys.put(ctx, { ...key, status: Status === 'Active' ? 'Active' : 'Inactive' })
    return {}
  },
})

export const deleteAccessKey = operation(DeleteAccessKey, {
  authorize: ({ UserName }, ctx) => aboutOwner(ctx, UserName),
  provenance: 'modelled',
  run(ctx, { UserName, AccessKeyId }) {
    const key = findKey(ctx, ownerOf(ctx, UserName), AccessKeyId)
    accessKeys.delete(ctx, key.accessKeyId)
    return {}
  },
})

export const getAccessKeyLastUsed = operation(GetAccessKeyLastUsed, {
  authorize: ({ AccessKeyId }, ctx) => {
    const userName = accessKeys.get(ctx, AccessKeyId)?.userName
    return userName === undefined ? '*' : aboutEntity(ctx, 'user', userName)
  },
  provenance: 'modelled',
  run(ctx, { AccessKeyId }) {
    const key = accessKeys.get(ctx, AccessKeyId)
    if (key === undefined || key.accountId !== ctx.accountId) {
      const { principal } = ctx.caller
      throw foreignAccessKey('arn' in principal ? principal.arn : '', AccessKeyId)
    }
    const { userName, lastUsed } = key
    return {
      ...(userName === undefined ? {} : { UserName: userName }),
      AccessKeyLastUsed:
        lastUsed === undefined
          ? { ServiceName: 'N/A', Region: 'N/A' }
          : {
              LastUsedDate: lastUsed.atMs,
              ServiceName: lastUsed.service,
              Region: lastUsed.region,
            },
    }
  },
})

/** The user whose keys a call is about; undefined for root's own. */
function ownerOf(ctx: Context, name: string | undefined): string | undefined {
  if (name !== undefined) return findUser(ctx, name).userName
  const { principal } = ctx.caller
  return principal.kind === 'root' ? undefined : needsUser(principal).userName
}

function aboutOwner(ctx: Context, name: string | undefined): Authorization {
  const { principal } = ctx.caller
  if (name !== undefined) return aboutEntity(ctx, 'user', name)
  if (principal.kind === 'root') return { resource: principal.arn }
  return aboutEntity(ctx, 'user', needsUser(principal).userName)
}

function keysOf(
  ctx: Context,
  userName: string | undefined,
  after?: string,
): Iterable<AccessKeyRecord> {
  const owner = `${ctx.accountId}/${userName?.toLowerCase() ?? ''}`
  return accessKeys.where(ctx, 'user', owner, after === undefined ? {} : { after })
}

function findKey(ctx: Context, userName: string | undefined, id: string): AccessKeyRecord {
  const key = accessKeys.get(ctx, id)
  const own = key?.accountId === ctx.accountId && key.userName === userName
  if (key === undefined || !own) throw accessKeyNotFound(id)
  return key
}
