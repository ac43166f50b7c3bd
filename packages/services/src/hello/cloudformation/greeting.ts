import { CreateGreeting, DeleteGreeting, OrreryHelloGreeting } from '@cloud-orrery/models/hello'
import { resource } from '../../define.ts'

export const greetingType = resource(OrreryHelloGreeting, {
  async create(ctx, { Name = ctx.physicalName({ lengthMax: 64 }), Text }) {
    const { GreetingArn } = await ctx.call(CreateGreeting, { Name, Text })
    return { Arn: GreetingArn, Name }
  },
  async delete(ctx, { Name }) {
    await ctx.call(DeleteGreeting, { Name })
  },
})
