import { orderedKey } from '@cloud-orrery/kernel'
import {
  CreateContact,
  CreateContactList,
  DeleteContact,
  DeleteContactList,
  GetContact,
  GetContactList,
  ListContactLists,
  ListContacts,
  type ListContactsRequest,
  type Topic as TopicInput,
  type TopicPreference,
  UpdateContact,
  UpdateContactList,
} from '@cloud-orrery/models/sesv2'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { contactListArn } from '../shared/mail/arns.ts'
import { contactListsMax, topicsMax } from '../shared/mail/limits.ts'
import {
  type Contact,
  type ContactList,
  contactLists,
  contacts,
  type Topic,
} from '../shared/mail/state.ts'
import { anywhere, on } from './authorization.ts'
import { alreadyExists, badRequest, limitExceeded, notFound } from './errors.ts'
import { pageOf } from './pages.ts'
import { tagList, tagsOf } from './tag-lists.ts'

const ofList = ({ ContactListName }: { readonly ContactListName: string }, ctx: Context) =>
  on(contactListArn(ctx, ContactListName))

export function listNamed(ctx: Context, name: string): ContactList {
  const list = contactLists.get(ctx, name)
  if (list === undefined) throw notFound(`List with name: ${name} doesn't exist.`)
  return list
}

function contactNamed(ctx: Context, list: string, address: string): Contact {
  const contact = contacts.get(ctx, orderedKey(list, address))
  if (contact === undefined)
    throw notFound(`Contact with email address: ${address} doesn't exist in List.`)
  return contact
}

function topicsOf(topics: readonly TopicInput[] = []): readonly Topic[] {
  if (topics.length > topicsMax)
    throw badRequest(`A contact list can have at most ${topicsMax} topics.`)
  return topics.map(({ TopicName, DisplayName, Description, DefaultSubscriptionStatus }) => ({
    name: TopicName,
    displayName: DisplayName,
    ...(Description === undefined ? {} : { description: Description }),
    defaultStatus: DefaultSubscriptionStatus,
  }))
}

export const createContactList = operation(CreateContactList, {
  authorize: (input, ctx) => ({ ...ofList(input, ctx), creates: true }),
  provenance: 'modelled',
  run(ctx, { ContactListName, Topics, Description, Tags }) {
    if (contactLists.has(ctx, ContactListName)) {
      throw alreadyExists(`List with name: ${ContactListName} already exists.`)
    }
    if (contactLists.count(ctx) >= contactListsMax) {
      throw limitExceeded('Contact Lists limit exceeded.')
    }
    contactLists.put(ctx, {
      name: ContactListName,
      topics: topicsOf(Topics),
      ...(Description === undefined ? {} : { description: Description }),
      createdAtMs: ctx.now(),
      updatedAtMs: ctx.now(),
      tags: tagsOf(Tags),
    })
    return {}
  },
})

export const updateContactList = operation(UpdateContactList, {
  authorize: ofList,
  provenance: 'modelled',
  run(ctx, { ContactListName, Topics, Description }) {
    const { description: _was, ...list } = listNamed(ctx, ContactListName)
    contactLists.put(ctx, {
      ...list,
      topics: topicsOf(Topics),
      ...(Description === undefined ? {} : { description: Description }),
      updatedAtMs: ctx.now(),
    })
    return {}
  },
})

export const getContactList = operation(GetContactList, {
  authorize: ofList,
  provenance: 'modelled',
  run(ctx, { ContactListName }) {
    const list = listNamed(ctx, ContactListName)
    return {
      ContactListName: list.name,
      Topics: list.topics.map(({ name, displayName, description, defaultStatus }) => ({
        TopicName: name,
        DisplayName: displayName,
        ...(description === undefined ? {} : { Description: description }),
        DefaultSubscriptionStatus: defaultStatus,
      })),
      ...(list.description === undefined ? {} : { Description: list.description }),
      CreatedTimestamp: list.createdAtMs,
      LastUpdatedTimestamp: list.updatedAtMs,
      Tags: tagList(list.tags),
    }
  },
})

/** The list's contacts go with it. */
export const deleteContactList = operation(DeleteContactList, {
  authorize: ofList,
  provenance: 'modelled',
  run(ctx, { ContactListName }) {
    const { name } = listNamed(ctx, ContactListName)
    contactLists.delete(ctx, name)
    for (const { list, address } of [...contacts.scan(ctx, { prefix: orderedKey(name, '') })]) {
      contacts.delete(ctx, orderedKey(list, address))
    }
    return {}
  },
})

export const listContactLists = operation(ListContactLists, {
  authorize: anywhere,
  provenance: 'modelled',
  run(ctx, { NextToken, PageSize }) {
    const page = pageOf({
      records: (after) => contactLists.scan(ctx, after === undefined ? {} : { after }),
      keyOf: ({ name }) => name,
      token: NextToken,
      sizeMax: PageSize ?? 100,
      query: 'ListContactLists',
    })
    return {
      ContactLists: page.items.map(({ name, updatedAtMs }) => ({
        ContactListName: name,
        LastUpdatedTimestamp: updatedAtMs,
      })),
      ...(page.next === undefined ? {} : { NextToken: page.next }),
    }
  },
})

function preferencesOf(
  list: ContactList,
  preferences: readonly TopicPreference[] = [],
): Record<string, string> {
  for (const { TopicName } of preferences) {
    if (!list.topics.some(({ name }) => name === TopicName)) {
      throw badRequest(`Topic with name: ${TopicName} doesn't exist in List.`)
    }
  }
  return Object.fromEntries(
    preferences.map(({ TopicName, SubscriptionStatus }) => [TopicName, SubscriptionStatus]),
  )
}

export const createContact = operation(CreateContact, {
  authorize: ofList,
  provenance: 'modelled',
  run(ctx, { ContactListName, EmailAddress, TopicPreferences, UnsubscribeAll, AttributesData }) {
    const list = listNamed(ctx, ContactListName)
    if (contacts.has(ctx, orderedKey(list.name, EmailAddress))) {
      throw alreadyExists(`Contact with email address: ${EmailAddress} already exists in List.`)
    }
    contacts.put(ctx, {
      list: list.name,
      address: EmailAddress,
      preferences: preferencesOf(list, TopicPreferences),
      unsubscribedFromAll: UnsubscribeAll ?? false,
      ...(AttributesData === undefined ? {} : { attributes: AttributesData }),
      createdAtMs: ctx.now(),
      updatedAtMs: ctx.now(),
    })
    return {}
  },
})

export const updateContact = operation(UpdateContact, {
  authorize: ofList,
  provenance: 'modelled',
  run(ctx, { ContactListName, EmailAddress, TopicPreferences, UnsubscribeAll, AttributesData }) {
    const list = listNamed(ctx, ContactListName)
    const contact = contactNamed(ctx, list.name, EmailAddress)
    contacts.put(ctx, {
      ...contact,
      preferences: { ...contact.preferences, ...preferencesOf(list, TopicPreferences) },
      unsubscribedFromAll: UnsubscribeAll ?? contact.unsubscribedFromAll,
      ...(AttributesData === undefined ? {} : { attributes: AttributesData }),
      updatedAtMs: ctx.now(),
    })
    return {}
  },
})

function viewOf(list: ContactList, contact: Contact) {
  const own = Object.entries(contact.preferences)
  return {
    EmailAddress: contact.address,
    TopicPreferences: own.map(([TopicName, SubscriptionStatus]) => ({
      TopicName,
      SubscriptionStatus,
    })),
    TopicDefaultPreferences: list.topics
      .filter(({ name }) => contact.preferences[name] === undefined)
      .map(({ name, defaultStatus }) => ({ TopicName: name, SubscriptionStatus: defaultStatus })),
    UnsubscribeAll: contact.unsubscribedFromAll,
    LastUpdatedTimestamp: contact.updatedAtMs,
  }
}

export const getContact = operation(GetContact, {
  authorize: ofList,
  provenance: 'modelled',
  run(ctx, { ContactListName, EmailAddress }) {
    const list = listNamed(ctx, ContactListName)
    const contact = contactNamed(ctx, list.name, EmailAddress)
    return {
      ContactListName: list.name,
      ...viewOf(list, contact),
      ...(contact.attributes === undefined ? {} : { AttributesData: contact.attributes }),
      CreatedTimestamp: contact.createdAtMs,
    }
  },
})

export const deleteContact = operation(DeleteContact, {
  authorize: ofList,
  provenance: 'modelled',
  run(ctx, { ContactListName, EmailAddress }) {
    const list = listNamed(ctx, ContactListName)
    const { address } = contactNamed(ctx, list.name, EmailAddress)
    contacts.delete(ctx, orderedKey(list.name, address))
    return {}
  },
})

export const listContacts = operation(ListContacts, {
  authorize: ofList,
  provenance: 'modelled',
  run(ctx, { ContactListName, Filter, NextToken, PageSize }) {
    const list = listNamed(ctx, ContactListName)
    const page = pageOf({
      records: (after) =>
        contacts.scan(ctx, {
          prefix: orderedKey(list.name, ''),
          ...(after === undefined ? {} : { after }),
        }),
      keyOf: ({ address }) => orderedKey(list.name, address),
      matching: (contact) => passes(list, contact, Filter),
      token: NextToken,
      sizeMax: PageSize ?? 1000,
      query: ['ListContacts', list.name, Filter],
    })
    return {
      Contacts: page.items.map((contact) => viewOf(list, contact)),
      ...(page.next === undefined ? {} : { NextToken: page.next }),
    }
  },
})

function passes(
  list: ContactList,
  contact: Contact,
  filter: ListContactsRequest['Filter'],
): boolean {
  if (filter?.FilteredStatus === undefined) return true
  const { TopicName, UseDefaultIfPreferenceUnavailable } = filter.TopicFilter ?? {}
  const topics = list.topics.filter(({ name }) => name === (TopicName ?? name))
  return topics.some(({ name, defaultStatus }) => {
    const own = contact.unsubscribedFromAll ? 'OPT_OUT' : contact.preferences[name]
    const usesDefault = TopicName === undefined || UseDefaultIfPreferenceUnavailable === true
    return (own ?? (usesDefault ? defaultStatus : undefined)) === filter.FilteredStatus
  })
}
