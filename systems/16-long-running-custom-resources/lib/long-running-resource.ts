import { createHash } from 'node:crypto'
import {
  CfnWaitCondition,
  CfnWaitConditionHandle,
  CustomResource,
  Duration,
  Stack,
  Token,
  Validations,
} from 'aws-cdk-lib'
import { Construct } from 'constructs'
import type { LongRunningProvider } from './long-running-provider.ts'

export interface LongRunningResourceProps {
  readonly provider: LongRunningProvider
  /** Kept for the resource's whole life. */
  readonly physicalId: string
  /** What the workers get, as strings. */
  readonly properties: Readonly<Record<string, string>>
  /**
   * How long making or changing it takes, at most 12 hours. Up to an hour CloudFormation itself waits, for deletions
   * and ways back too; beyond, a wait condition waits for it, and undoing must still fit an hour.
   */
  readonly expectedDuration: Duration
  /** When to give up, in seconds from 1. Default: what CloudFormation allows, an hour or 12. */
  readonly timeout?: Duration
  /** Another number has the work done again though no property has changed. */
  readonly revision: number
}

/** How long CloudFormation waits for a custom resource. Source: CloudFormation User Guide, `ServiceTimeout`. */
const responseMax = Duration.hours(1)

/** Source: CloudFormation User Guide, AWS::CloudFormation::WaitCondition, `Timeout`. */
const signalMax = Duration.hours(12)

/** A custom resource whose work takes longer than a function may run. */
export class LongRunningResource extends Construct {
  readonly #resource: CustomResource
  readonly #condition: CfnWaitCondition | undefined

  constructor(scope: Construct, id: string, props: LongRunningResourceProps) {
    super(scope, id)
    const { provider, physicalId, properties, expectedDuration, revision } = props
    const waits = expectedDuration.toSeconds() > responseMax.toSeconds()
    const limit = waits ? signalMax : responseMax
    const timeout = props.timeout ?? limit
    for (const duration of [expectedDuration, timeout]) {
      if (duration.toSeconds() <= limit.toSeconds()) continue
      throw new Error(
        `${this.node.path}: CloudFormation waits ${limit.toHumanString()} at most, not ${duration.toHumanString()}.`,
      )
    }
    const given = { ...properties, PhysicalId: physicalId, Revision: String(revision) }
    // Neither handle nor condition can be updated: whatever asks for new work gets a new pair.
    const hash = hashOf(Stack.of(this).resolve({ given, timeout: timeout.toSeconds() }))
    const handle = waits ? new CfnWaitConditionHandle(this, `WCHandle${hash}`) : undefined
    this.#resource = new CustomResource(this, 'Resource', {
      serviceToken: provider.front.fn.functionArn,
      properties: { ...given, ...(handle === undefined ? {} : { CallbackUrl: handle.ref }) },
      ...(waits ? {} : { serviceTimeout: timeout }),
    })
    Validations.of(this.#resource).acknowledge({
      id: 'CloudFormation-Validate::W9003',
      reason: 'The CDK writes ServiceTimeout as a text, which CloudFormation takes.',
    })
    // All of the provider outlives the resource, whose deletion it still has to work on.
    this.#resource.node.addDependency(provider)
    if (handle === undefined) return
    this.#condition = new CfnWaitCondition(this, `WC${hash}`, {
      count: 1,
      timeout: String(timeout.toSeconds()),
      handle: handle.ref,
    })
    this.#condition.node.addDependency(this.#resource)
  }

  /** What the work gave back, known when it is done: a value, or from a wait condition the JSON of all values. */
  result(name: string): string {
    return this.#condition === undefined
      ? this.#resource.getAttString(name)
      : Token.asString(this.#condition.attrData)
  }
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8)
}
