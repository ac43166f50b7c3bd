import {
  AwsIamGroupPolicy,
  AwsIamPolicy,
  type AwsIamPolicyProperties,
  AwsIamRolePolicy,
  AwsIamUserPolicy,
  GetGroupPolicy,
  GetRolePolicy,
  GetUserPolicy,
} from '@cloud-orrery/models/iam'
import type { ResourceContext } from '../../context.ts'
import { resource } from '../../define.ts'
import {
  documentObject,
  documentText,
  type EntityCalls,
  groupCalls,
  roleCalls,
  userCalls,
} from './entity-policies.ts'
import { shortName } from './short-name.ts'

/** One document, put as an inline policy on groups, roles and users. */
export const policyType = resource(AwsIamPolicy, {
  async create(ctx, properties) {
    const { PolicyName } = properties
    const text = documentText(properties.PolicyDocument)
    const state = { Id: shortName(ctx) }
    for (const { calls, name } of bearersOf(properties)) {
      await calls.put(ctx, name, PolicyName, text)
      ctx.made(state)
    }
    return state
  },
  async update(ctx, properties, previous, state) {
    const { PolicyName } = properties
    const text = documentText(properties.PolicyDocument)
    const now = bearersOf(properties)
    for (const { calls, name } of now) await calls.put(ctx, name, PolicyName, text)
    const renamed = PolicyName !== previous.PolicyName
    for (const { calls, name } of bearersOf(previous)) {
      const kept = now.some((it) => it.calls === calls && it.name === name)
      if (!kept || renamed) await calls.remove(ctx, name, previous.PolicyName)
    }
    return state
  },
  async delete(ctx, _state, properties) {
    await removeFrom(ctx, properties)
  },
})

interface Bearer {
  readonly calls: EntityCalls
  readonly name: string
}

function bearersOf({ Groups = [], Roles = [], Users = [] }: AwsIamPolicyProperties): Bearer[] {
  return [
    ...Groups.map((name) => ({ calls: groupCalls, name })),
    ...Roles.map((name) => ({ calls: roleCalls, name })),
    ...Users.map((name) => ({ calls: userCalls, name })),
  ]
}

async function removeFrom(ctx: ResourceContext, properties: AwsIamPolicyProperties): Promise<void> {
  for (const { calls, name } of bearersOf(properties)) {
    await calls.remove(ctx, name, properties.PolicyName)
  }
}

export const rolePolicyType = resource(AwsIamRolePolicy, {
  async create(ctx, { RoleName, PolicyName, PolicyDocument }) {
    await roleCalls.put(ctx, RoleName, PolicyName, documentText(PolicyDocument))
    return {}
  },
  async update(ctx, { RoleName, PolicyName, PolicyDocument }) {
    await roleCalls.put(ctx, RoleName, PolicyName, documentText(PolicyDocument))
    return {}
  },
  async delete(ctx, _state, { RoleName, PolicyName }) {
    await roleCalls.remove(ctx, RoleName, PolicyName)
  },
  async read(ctx, _state, { RoleName, PolicyName }) {
    const { PolicyDocument } = await ctx.call(GetRolePolicy, { RoleName, PolicyName })
    return { RoleName, PolicyName, PolicyDocument: documentObject(PolicyDocument) }
  },
})

export const userPolicyType = resource(AwsIamUserPolicy, {
  async create(ctx, { UserName, PolicyName, PolicyDocument }) {
    await userCalls.put(ctx, UserName, PolicyName, documentText(PolicyDocument))
    return {}
  },
  async update(ctx, { UserName, PolicyName, PolicyDocument }) {
    await userCalls.put(ctx, UserName, PolicyName, documentText(PolicyDocument))
    return {}
  },
  async delete(ctx, _state, { UserName, PolicyName }) {
    await userCalls.remove(ctx, UserName, PolicyName)
  },
  async read(ctx, _state, { UserName, PolicyName }) {
    const { PolicyDocument } = await ctx.call(GetUserPolicy, { UserName, PolicyName })
    return { UserName, PolicyName, PolicyDocument: documentObject(PolicyDocument) }
  },
})

export const groupPolicyType = resource(AwsIamGroupPolicy, {
  async create(ctx, { GroupName, PolicyName, PolicyDocument }) {
    await groupCalls.put(ctx, GroupName, PolicyName, documentText(PolicyDocument))
    return {}
  },
  async update(ctx, { GroupName, PolicyName, PolicyDocument }) {
    await groupCalls.put(ctx, GroupName, PolicyName, documentText(PolicyDocument))
    return {}
  },
  async delete(ctx, _state, { GroupName, PolicyName }) {
    await groupCalls.remove(ctx, GroupName, PolicyName)
  },
  async read(ctx, _state, { GroupName, PolicyName }) {
    const { PolicyDocument } = await ctx.call(GetGroupPolicy, { GroupName, PolicyName })
    return { GroupName, PolicyName, PolicyDocument: documentObject(PolicyDocument) }
  },
})
