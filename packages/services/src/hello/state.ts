import { table } from '@cloud-orrery/kernel'

export interface Greeting {
  readonly name: string
  readonly arn: string
  readonly text: string
  readonly createdAtMs: number
}

export const greetings = table<Greeting>('hello.greetings', {
  key: (greeting) => greeting.name,
  resource: (greeting) => greeting.arn,
  partition: 'region',
})
