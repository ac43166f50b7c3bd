import {
  AdminAddUserToGroup,
  AdminCreateUser,
  AdminDeleteUser,
  AdminGetUser,
  AdminListGroupsForUser,
  AdminRemoveUserFromGroup,
  type AttributeType,
  AwsCognitoUserPoolGroup,
  AwsCognitoUserPoolUser,
  AwsCognitoUserPoolUserToGroupAttachment,
  CreateGroup,
  DeleteGroup,
  GetGroup,
  type MessageActionType,
  UpdateGroup,
} from '@cloud-orrery/models/cognitoidp'
import { resource } from '../../define.ts'
import { defined } from '../pools/settings.ts'
import { unlessGone } from './gone.ts'

export const userPoolGroupType = resource(AwsCognitoUserPoolGroup, {
  async create(ctx, properties) {
    const GroupName = properties.GroupName ?? ctx.physicalName({ lengthMax: 128 })
    await ctx.call(CreateGroup, defined({ ...properties, GroupName }))
    return { GroupName }
  },
  async update(ctx, properties, _previous, state) {
    const GroupName = properties.GroupName ?? nameOf(state)
    await ctx.call(UpdateGroup, defined({ ...properties, GroupName }))
    return { GroupName }
  },
  async delete(ctx, state, properties) {
    const { UserPoolId, GroupName = nameOf(state) } = properties
    await unlessGone(ctx.call(DeleteGroup, { UserPoolId, GroupName }))
  },
  async read(ctx, state, properties) {
    const { UserPoolId, GroupName = nameOf(state) } = properties
    const found = await unlessGone(ctx.call(GetGroup, { UserPoolId, GroupName }))
    if (found?.Group === undefined) return undefined
    const { Description, RoleArn, Precedence } = found.Group
    return defined({ UserPoolId, GroupName, Description, RoleArn, Precedence })
  },
})

/** The name that was made up, which the schema counts among the properties. */
function nameOf(state: object): string {
  const { GroupName = '' } = state as { GroupName?: string } // As `create` gave it.
  return GroupName
}

export const userPoolUserType = resource(AwsCognitoUserPoolUser, {
  async create(ctx, properties) {
    const { UserPoolId, Username = ctx.physicalName({ lengthMax: 128 }) } = properties
    const { User } = await ctx.call(
      AdminCreateUser,
      defined({
        UserPoolId,
        Username,
        UserAttributes: attributesOf(properties.UserAttributes),
        ValidationData: attributesOf(properties.ValidationData),
        ForceAliasCreation: properties.ForceAliasCreation,
        MessageAction: properties.MessageAction as MessageActionType | undefined, // A text in the schema.
        DesiredDeliveryMediums: properties.DesiredDeliveryMediums,
        ClientMetadata: properties.ClientMetadata,
      }),
    )
    return { Username: User?.Username ?? Username }
  },
  async delete(ctx, state, { UserPoolId }) {
    const { Username = '' } = state as { Username?: string } // As `create` gave it.
    await unlessGone(ctx.call(AdminDeleteUser, { UserPoolId, Username }))
  },
  async read(ctx, state, { UserPoolId, Username: given }) {
    const { Username = given ?? '' } = state as { Username?: string } // As `create` gave it.
    const found = await unlessGone(ctx.call(AdminGetUser, { UserPoolId, Username }))
    return found === undefined ? undefined : defined({ UserPoolId, Username: given })
  },
})

function attributesOf(
  list: readonly { readonly Name?: string | undefined; readonly Value?: string | undefined }[] = [],
): AttributeType[] | undefined {
  if (list.length === 0) return undefined
  return list.map(({ Name = '', Value = '' }) => ({ Name, Value }))
}

export const userToGroupType = resource(AwsCognitoUserPoolUserToGroupAttachment, {
  async create(ctx, properties) {
    await ctx.call(AdminAddUserToGroup, properties)
    return {}
  },
  async delete(ctx, _state, properties) {
    await unlessGone(ctx.call(AdminRemoveUserFromGroup, properties))
  },
  async read(ctx, _state, properties) {
    const { UserPoolId, Username, GroupName } = properties
    const found = await unlessGone(ctx.call(AdminListGroupsForUser, { UserPoolId, Username }))
    const isMember = found?.Groups?.some((group) => group.GroupName === GroupName) === true
    return isMember ? properties : undefined
  },
})
