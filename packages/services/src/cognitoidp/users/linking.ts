import { orderedKey } from '@cloud-orrery/kernel'
import {
  AdminDisableProviderForUser,
  AdminLinkProviderForUser,
} from '@cloud-orrery/models/cognitoidp'
import { operation } from '../../define.ts'
import { providers } from '../clients/state.ts'
import { invalidParameter, limitExceeded, resourceNotFound, userNotFound } from '../errors.ts'
import { onPool, poolOf } from '../pools/lookup.ts'
import { changeUser } from './creation.ts'
import { userOf } from './lookup.ts'
import { users } from './state.ts'

/** Identities of other providers that one user can have. Source: AdminLinkProviderForUser. */
const identitiesMax = 5

export const adminLinkProviderForUser = operation(AdminLinkProviderForUser, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, DestinationUser, SourceUser }) {
    const pool = poolOf(ctx, UserPoolId)
    const user = userOf(ctx, pool, DestinationUser.ProviderAttributeValue ?? '')
    const { ProviderName = '', ProviderAttributeValue: userId = '' } = SourceUser
    const provider = providers.get(ctx, orderedKey(pool.id, ProviderName))
    if (provider === undefined) {
      throw resourceNotFound(`Identity provider ${ProviderName} does not exist.`)
    }
    const taken = users.first(ctx, 'identity', orderedKey(pool.id, ProviderName, userId))
    if (taken !== undefined) {
      throw invalidParameter('SourceUser is already linked to DestinationUser')
    }
    const identities = user.identities ?? []
    if (identities.length >= identitiesMax) {
      throw limitExceeded('The limit on the number of linked identities has been reached.')
    }
    changeUser(ctx, user, {
      identities: [
        ...identities,
        {
          userId,
          providerName: ProviderName,
          providerType: provider.type,
          issuer: provider.type === 'SAML' ? (provider.details['IDPEntityId'] ?? null) : null,
          primary: false,
          dateCreated: ctx.now(),
        },
      ],
    })
    return {}
  },
})

export const adminDisableProviderForUser = operation(AdminDisableProviderForUser, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, User }) {
    const pool = poolOf(ctx, UserPoolId)
    const { ProviderName = '', ProviderAttributeValue: userId = '' } = User
    if (ProviderName === 'Cognito') {
      throw invalidParameter('The Cognito provider of a user can not be disabled.')
    }
    const user = users.first(ctx, 'identity', orderedKey(pool.id, ProviderName, userId))
    if (user === undefined) throw userNotFound()
    const identities = (user.identities ?? []).filter(
      (one) => one.providerName !== ProviderName || one.userId !== userId,
    )
    changeUser(ctx, user, { identities })
    return {}
  },
})
