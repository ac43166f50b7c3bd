import * as sdk from '@aws-sdk/client-route-53'
import { arrangeRoute53 } from './arrangements/route53.ts'
import { ring } from './ring.test-support.ts'

/** Gives `MaxItems` back as the text that the model has: this SDK alone reads it as a number. */
class Route53Client extends sdk.Route53Client {
  constructor(config: sdk.Route53ClientConfig) {
    super(config)
    this.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args)
        // Most operations have no such member.
        const output = result.output as { MaxItems?: unknown }
        if (typeof output.MaxItems === 'number') output.MaxItems = String(output.MaxItems)
        return result
      },
      { step: 'initialize', name: 'textsAsModelled' },
    )
  }
}

await ring('route53', {
  sdk: { ...sdk, Route53Client },
  client: 'Route53Client',
  arrange: arrangeRoute53,
  // This SDK fills in an empty batch, and takes the prefix off ids before it looks whether they are there.
  changed: /^changeBatch(\.changes)? missing$|aliasTarget\.hostedZoneId missing$/,
})
