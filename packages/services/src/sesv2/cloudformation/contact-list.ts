import {
  AwsSesContactList,
  CreateContactList,
  DeleteContactList,
  GetContactList,
  UpdateContactList,
} from '@cloud-orrery/models/sesv2'
import { resource } from '../../define.ts'
import { unlessGone } from './gone.ts'
import { stackTagList, updateTags } from './stack-tags.ts'

export const contactListType = resource(AwsSesContactList, {
  async create(ctx, { ContactListName, Description, Tags, Topics }) {
    const name = ContactListName ?? ctx.physicalName({ lengthMax: 64 })
    await ctx.call(CreateContactList, {
      ContactListName: name,
      Description,
      Topics,
      Tags: stackTagList(ctx, Tags),
    })
    return { physicalId: name }
  },

  async update(ctx, { Description, Tags, Topics, ...properties }, _previous, state) {
    const ContactListName = state.physicalId ?? properties.ContactListName ?? ''
    await ctx.call(UpdateContactList, { ContactListName, Description, Topics })
    await updateTags(ctx, `contact-list/${ContactListName}`, Tags)
    return state
  },

  async delete(ctx, { physicalId }, properties) {
    const ContactListName = physicalId ?? properties.ContactListName ?? ''
    await ctx.call(DeleteContactList, { ContactListName })
  },

  async read(ctx, { physicalId }, { Tags, ...properties }) {
    const ContactListName = physicalId ?? properties.ContactListName ?? ''
    const found = await unlessGone(ctx.call(GetContactList, { ContactListName }))
    if (found === undefined) return undefined
    return {
      ContactListName,
      ...(found.Description === undefined ? {} : { Description: found.Description }),
      ...(found.Topics === undefined || found.Topics.length === 0 ? {} : { Topics: found.Topics }),
      ...(Tags === undefined ? {} : { Tags: found.Tags ?? [] }),
    }
  },

  adopt: (_ctx, { ContactListName = '' }) => ({ physicalId: ContactListName }),
})
