import {
  DeleteVpcLink,
  GetVpcLink,
  GetVpcLinks,
  UpdateVpcLink,
} from '@cloud-orrery/models/apigateway'
import { operation } from '../define.ts'
import { notFound } from './errors.ts'
import { needs, permission } from './permissions.ts'

/** CreateVpcLink is refused by name, hence no link is there. Recorded: apigateway, GetVpcLink, UpdateVpcLink. */
function noLink() {
  return notFound('Invalid Vpc Link identifier specified')
}

export const getVpcLink = operation(GetVpcLink, {
  authorize: needs('GET', '/vpclinks/{vpcLinkId}'),
  provenance: 'recorded',
  run() {
    throw noLink()
  },
})

export const getVpcLinks = operation(GetVpcLinks, {
  authorize: (_input, ctx) => permission(ctx, 'GET', '/vpclinks'),
  provenance: 'simplified',
  run: () => ({ items: [] }),
})

export const updateVpcLink = operation(UpdateVpcLink, {
  authorize: needs('PATCH', '/vpclinks/{vpcLinkId}'),
  provenance: 'recorded',
  run() {
    throw noLink()
  },
})

export const deleteVpcLink = operation(DeleteVpcLink, {
  authorize: needs('DELETE', '/vpclinks/{vpcLinkId}'),
  provenance: 'modelled',
  run() {
    throw noLink()
  },
})
