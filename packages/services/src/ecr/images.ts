import { ListImages } from '@cloud-orrery/models/ecr'
import { operation } from '../define.ts'
import { judgedArn, repositoryOf } from './repositories.ts'

/** Nothing can be pushed, so every repository is empty. */
export const listImages = operation(ListImages, {
  authorize: judgedArn,
  provenance: 'modelled',
  run(ctx, input) {
    repositoryOf(ctx, input)
    return { imageIds: [] }
  },
})
