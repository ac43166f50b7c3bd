import { AwsCdkMetadata } from '@cloud-orrery/models/cloudformation'
import { resource } from '../../define.ts'

/** CDK's mark of itself: AWS counts it and makes nothing. */
export const metadataType = resource(AwsCdkMetadata, {
  create: (ctx) => ({ physicalId: ctx.ids.uuid() }),
  update: (_ctx, _properties, _previous, state) => state,
  delete: () => {},
  read: (_ctx, _state, properties) => properties,
})
