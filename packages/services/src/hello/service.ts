import { service } from '../define.ts'
import { greetingType } from './cloudformation/greeting.ts'
import { createGreeting, deleteGreeting, expire, getGreeting } from './greetings.ts'
import { greetings } from './state.ts'

/** The smallest real service: state, a timer, a permission, a refusal, a resource type. Copy it. */
export const hello = service('hello', {
  operations: [createGreeting, deleteGreeting, getGreeting],
  tasks: [expire],
  resources: [greetingType],
  tables: [greetings],
})
