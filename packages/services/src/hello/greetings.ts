import type { Scope } from '@cloud-orrery/kernel'
import { CreateGreeting, DeleteGreeting, GetGreeting } from '@cloud-orrery/models/hello'
import { operation, task } from '../define.ts'
import { greetingExists, greetingNotFound } from './errors.ts'
import { defaultText } from './limits.ts'
import { greetings } from './state.ts'

export const createGreeting = operation(CreateGreeting, {
  authorize: (input, ctx) => greetingArn(ctx, input.Name),
  provenance: 'modelled',
  refuses: ['Language'],
  run(ctx, { Name, Text, ExpiresInSeconds }) {
    if (greetings.has(ctx, Name)) throw greetingExists(Name)
    const arn = greetingArn(ctx, Name)
    greetings.put(ctx, { name: Name, arn, text: Text ?? defaultText, createdAtMs: ctx.now() })
    if (ExpiresInSeconds !== undefined) ctx.after(ExpiresInSeconds * 1000, expire, { name: Name })
    return { GreetingArn: arn }
  },
})

export const getGreeting = operation(GetGreeting, {
  authorize: (input, ctx) => greetingArn(ctx, input.Name),
  provenance: 'modelled',
  run(ctx, { Name }) {
    const greeting = greetings.get(ctx, Name)
    if (greeting === undefined) throw greetingNotFound(Name)
    return { GreetingArn: greeting.arn, Text: greeting.text, CreatedAt: greeting.createdAtMs }
  },
})

export const deleteGreeting = operation(DeleteGreeting, {
  authorize: (input, ctx) => greetingArn(ctx, input.Name),
  provenance: 'modelled',
  run(ctx, { Name }) {
    if (greetings.delete(ctx, Name) === undefined) throw greetingNotFound(Name)
    return {}
  },
})

/** Removes a greeting whose time is up; one that is gone already needs nothing. */
export const expire = task<{ name: string }>('hello.expire', {
  run(ctx, { name }) {
    greetings.delete(ctx, name)
  },
})

function greetingArn({ accountId, region }: Scope, name: string): string {
  return `arn:aws:hello:${region}:${accountId}:greeting/${name}`
}
