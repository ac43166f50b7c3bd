import { service } from '../define.ts'
import { getResources, getTagKeys, getTagValues } from './get-resources.ts'
import { tagResources, untagResources } from './tag-resources.ts'

/** Tags of all services behind one API. It keeps nothing: each service has its own tags. */
export const tagging = service('tagging', {
  iamPrefix: 'tag',
  operations: [getResources, getTagKeys, getTagValues, tagResources, untagResources],
  // Observed on AWS: copilot-cli issue 444: the resource is left out.
  denialWording: () => ({ resource: null }),
})
