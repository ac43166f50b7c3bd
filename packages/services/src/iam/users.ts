import {
  CreateUser,
  DeleteUser,
  GetUser,
  ListUsers,
  ListUserTags,
  TagUser,
  UntagUser,
  UpdateUser,
  type User,
} from '@cloud-orrery/models/iam'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { accounts } from '../shared/identity/accounts.ts'
import { entityArn } from '../shared/identity/arns.ts'
import { thisSecond } from '../shared/identity/moments.ts'
import { accessKeys, groups, pathKey, type UserRecord, users } from '../shared/identity/state.ts'
import { boundaryContext, boundaryOf, checkBoundary } from './boundaries.ts'
import { aboutEntity, afterPath, findUser, userNameOrCaller } from './entities.ts'
import { alreadyExists, deleteConflict, quotaExceeded } from './errors.ts'
import { accountQuotas } from './limits.ts'
import { page, pageOfList } from './paging.ts'
import { loginProfiles, serviceCredentials } from './state.ts'
import {
  creationOf,
  givenTags,
  readTags,
  requestTagContext,
  tagsIfAny,
  withoutTags,
  withTags,
  writeTags,
} from './tags.ts'

export const createUser = operation(CreateUser, {
  authorize: ({ UserName, Path = '/', Tags, PermissionsBoundary }, ctx) =>
    creationOf(
      entityArn(ctx, 'user', Path, UserName),
      Tags,
      'TagUser',
      boundaryContext(PermissionsBoundary),
    ),
  provenance: 'recorded',
  run(ctx, { UserName, Path = '/', Tags, PermissionsBoundary }) {
    const tags = readTags(Tags)
    if (users.has(ctx, UserName.toLowerCase())) throw alreadyExists('User', UserName)
    if (PermissionsBoundary !== undefined) checkBoundary(ctx, PermissionsBoundary)
    if (users.count(ctx) >= accountQuotas.users) {
      throw quotaExceeded('UsersPerAccount', accountQuotas.users)
    }
    const user = users.put(ctx, {
      userName: UserName,
      userId: ctx.ids.unique('AIDA'),
      path: Path,
      arn: entityArn(ctx, 'user', Path, UserName),
      createdAtMs: thisSecond(ctx),
      inlinePolicies: {},
      attachedPolicies: [],
      tags,
      ...(PermissionsBoundary === undefined ? {} : { boundaryArn: PermissionsBoundary }),
    })
    return { User: { ...userInFull(user), ...givenTags(Tags) } }
  },
})

export const getUser = operation(GetUser, {
  authorize: ({ UserName }, ctx) =>
    UserName === undefined && ctx.caller.principal.kind === 'root'
      ? ctx.caller.principal.arn
      : aboutEntity(ctx, 'user', userNameOrCaller(ctx, UserName)),
  provenance: 'recorded',
  run(ctx, { UserName }) {
    const { principal } = ctx.caller
    if (UserName === undefined && principal.kind === 'root') return { User: rootUser(ctx) }
    return { User: userInFull(findUser(ctx, userNameOrCaller(ctx, UserName))) }
  },
})

export const listUsers = operation(ListUsers, {
  authorize: ({ PathPrefix = '/' }, ctx) => entityArn(ctx, 'user', PathPrefix, ''),
  provenance: 'modelled',
  run(ctx, { PathPrefix = '/', ...request }) {
    const { items, rest } = page(
      request,
      (after) => users.scanIndex(ctx, 'path', afterPath(PathPrefix, after)),
      ({ path, userName }) => pathKey(path, userName),
    )
    return { Users: items.map(userBasics), ...rest }
  },
})

export const updateUser = operation(UpdateUser, {
  authorize: ({ UserName, NewPath = '/', NewUserName }, ctx) => [
    aboutEntity(ctx, 'user', UserName),
    ...(NewUserName === undefined
      ? []
      : [{ resource: entityArn(ctx, 'user', NewPath, NewUserName) }]),
  ],
  provenance: 'modelled',
  run(ctx, { UserName, NewPath, NewUserName }) {
    const user = findUser(ctx, UserName)
    const path = NewPath ?? user.path
    const userName = NewUserName ?? user.userName
    const oldKey = user.userName.toLowerCase()
    const newKey = userName.toLowerCase()
    if (newKey !== oldKey && users.has(ctx, newKey)) throw alreadyExists('User', userName)
    const keys = [...accessKeys.where(ctx, 'user', `${ctx.accountId}/${oldKey}`)]
    users.delete(ctx, oldKey)
    users.put(ctx, { ...user, userName, path, arn: entityArn(ctx, 'user', path, userName) })
    for (const key of keys) accessKeys.put(ctx, { ...key, userName })
    for (const group of [...groups.where(ctx, 'member', oldKey)]) {
      const members = group.members.map((name) => (name.toLowerCase() === oldKey ? userName : name))
      groups.put(ctx, { ...group, members })
    }
    const login = loginProfiles.delete(ctx, oldKey)
    if (login !== undefined) loginProfiles.put(ctx, { ...login, userName })
    for (const credential of [...serviceCredentials.where(ctx, 'user', oldKey)]) {
      serviceCredentials.put(ctx, { ...credential, userName })
    }
    return {}
  },
})

export const deleteUser = operation(DeleteUser, {
  authorize: ({ UserName }, ctx) => aboutEntity(ctx, 'user', UserName),
  provenance: 'recorded',
  run(ctx, { UserName }) {
    const user = findUser(ctx, UserName)
    const key = user.userName.toLowerCase()
    if (loginProfiles.has(ctx, key)) throw deleteConflict('delete login profile')
    if (accessKeys.first(ctx, 'user', `${ctx.accountId}/${key}`) !== undefined) {
      throw deleteConflict('delete access keys')
    }
    if (serviceCredentials.first(ctx, 'user', key) !== undefined) {
      throw deleteConflict('remove referenced objects')
    }
    if (user.attachedPolicies.length > 0) throw deleteConflict('detach all policies')
    if (Object.keys(user.inlinePolicies).length > 0) throw deleteConflict('delete policies')
    if (groups.first(ctx, 'member', key) !== undefined) {
      throw deleteConflict('remove users from group')
    }
    users.delete(ctx, key)
    return {}
  },
})

export const tagUser = operation(TagUser, {
  authorize: ({ UserName, Tags }, ctx) =>
    aboutEntity(ctx, 'user', UserName, requestTagContext(Tags)),
  provenance: 'modelled',
  run(ctx, { UserName, Tags }) {
    const user = findUser(ctx, UserName)
    users.put(ctx, { ...user, tags: withTags(user.tags, Tags) })
    return {}
  },
})

export const untagUser = operation(UntagUser, {
  authorize: ({ UserName, TagKeys }, ctx) =>
    aboutEntity(ctx, 'user', UserName, { 'aws:TagKeys': TagKeys }),
  provenance: 'modelled',
  run(ctx, { UserName, TagKeys }) {
    const user = findUser(ctx, UserName)
    users.put(ctx, { ...user, tags: withoutTags(user.tags, TagKeys) })
    return {}
  },
})

export const listUserTags = operation(ListUserTags, {
  authorize: ({ UserName }, ctx) => aboutEntity(ctx, 'user', UserName),
  provenance: 'modelled',
  run(ctx, { UserName, ...request }) {
    const { items, rest } = pageOfList(request, writeTags(findUser(ctx, UserName).tags))
    return { Tags: items, ...rest }
  },
})

/** What lists show of a user. Recorded: iam, CreateUser. */
export function userBasics(user: UserRecord): User {
  return {
    Path: user.path,
    UserName: user.userName,
    UserId: user.userId,
    Arn: user.arn,
    CreateDate: user.createdAtMs,
    ...(user.passwordLastUsedAtMs === undefined
      ? {}
      : { PasswordLastUsed: user.passwordLastUsedAtMs }),
  }
}

function userInFull(user: UserRecord): User {
  return { ...userBasics(user), ...boundaryOf(user), ...tagsIfAny(user.tags) }
}

/** Root as it sees itself: the account's number for an id, and no name. */
function rootUser(ctx: Context): User {
  const { accountId } = ctx
  const arn = `arn:aws:iam::${accountId}:root`
  const createdAtMs = accounts.get(ctx, accountId)?.createdAtMs ?? ctx.now()
  // The model asks for a name and a path; root's answer on AWS has neither.
  return { UserId: accountId, Arn: arn, CreateDate: createdAtMs } as User
}
