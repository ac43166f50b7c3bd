import { orderedKey } from '@cloud-orrery/kernel'
import {
  GetUICustomization,
  SetUICustomization,
  type UICustomizationType,
} from '@cloud-orrery/models/cognitoidp'
import type { Context } from '../../context.ts'
import { operation } from '../../define.ts'
import { invalidParameter } from '../errors.ts'
import { clientOfPool, onPool, poolOf } from '../pools/lookup.ts'
import { type Customization, customizations, domains } from './state.ts'

/** For clients that have no look of their own. */
export const allClients = 'ALL'

export const setUiCustomization = operation(SetUICustomization, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, ClientId = allClients, CSS, ImageFile }) {
    const pool = poolOf(ctx, UserPoolId)
    if (ClientId !== allClients) clientOfPool(ctx, UserPoolId, ClientId)
    if (domains.first(ctx, 'pool', pool.id) === undefined) {
      throw invalidParameter(`There has to be an existing domain associated with this user pool`)
    }
    const before = customizations.get(ctx, orderedKey(pool.id, ClientId))
    const customization = customizations.put(ctx, {
      poolId: pool.id,
      clientId: ClientId,
      ...(CSS === undefined ? {} : { css: CSS }),
      ...(ImageFile === undefined
        ? before?.image === undefined
          ? {}
          : { image: before.image }
        : { image: Buffer.from(ImageFile).toString('base64') }),
      createdAtMs: before?.createdAtMs ?? ctx.now(),
      modifiedAtMs: ctx.now(),
    })
    return { UICustomization: shown(customization) }
  },
})

/** What a client's pages look like: its own, else what all have. */
export function customizationOf(
  ctx: Context,
  poolId: string,
  clientId: string,
): Customization | undefined {
  const own = customizations.get(ctx, orderedKey(poolId, clientId))
  return own ?? customizations.get(ctx, orderedKey(poolId, allClients))
}

export const getUiCustomization = operation(GetUICustomization, {
  authorize: onPool,
  provenance: 'modelled',
  run(ctx, { UserPoolId, ClientId = allClients }) {
    const { id } = poolOf(ctx, UserPoolId)
    const found = customizationOf(ctx, id, ClientId)
    return {
      UICustomization:
        found === undefined
          ? { UserPoolId: id, ClientId }
          : shown({ ...found, clientId: ClientId }),
    }
  },
})

const shown = (it: Customization): UICustomizationType => ({
  UserPoolId: it.poolId,
  ClientId: it.clientId,
  ...(it.css === undefined ? {} : { CSS: it.css }),
  ...(it.image === undefined ? {} : { ImageUrl: `data:image/png;base64,${it.image}` }),
  CSSVersion: new Date(it.modifiedAtMs).toISOString().replace(/\D/g, '').slice(0, 14),
  LastModifiedDate: it.modifiedAtMs,
  CreationDate: it.createdAtMs,
})
