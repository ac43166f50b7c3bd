import { type App, Duration } from 'aws-cdk-lib'
import { CommonStack } from './common-stack.ts'
import { DemoStack } from './demo-stack.ts'

/**
 * Puts both stacks into an app. Context, with what `cdk.json` says of it: `revision`, `ts` (epoch ms, for the row),
 * `work`, `undo`, `quickWork` and `timeout` (seconds).
 */
export function demo(app: App): void {
  const text = (name: string): string => {
    const value: unknown = app.node.tryGetContext(name)
    if (value === undefined) throw new Error(`Say ${name}: cdk synth -c ${name}=...`)
    return String(value)
  }
  const seconds = (name: string) => Duration.seconds(Number(text(name)))
  const common = new CommonStack(app, 'cfn-custom-resource-common-lib', {
    description: 'The table that custom resources write to.',
  })
  new DemoStack(app, 'cfn-custom-resource-sfn', {
    description: 'Custom resources whose work takes hours, by a workflow.',
    revision: Number(text('revision')),
    ts: text('ts'),
    work: seconds('work'),
    undo: seconds('undo'),
    quickWork: seconds('quickWork'),
    timeout: seconds('timeout'),
  }).addStackDependency(common)
}
