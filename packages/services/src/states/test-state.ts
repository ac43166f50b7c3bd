import { TestState } from '@cloud-orrery/models/states'
import { operation } from '../define.ts'
import { engine } from './engine.ts'
import { authorizePassRole } from './machines/roles.ts'

export const testState = operation(TestState, {
  authorize: () => '*',
  provenance: 'recorded',
  async run(ctx, input) {
    if (input.roleArn !== undefined) authorizePassRole(ctx, input.roleArn, '*')
    return await engine.testState(ctx, input)
  },
})
