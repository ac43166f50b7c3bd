import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { AcknowledgedBucket, BaselineBucket, LoggedBucket } from '../lib/bucket-stacks.ts'

/** `-c stage=baseline` is the app before anything was mended: it cannot be deployed. */
const app = new App()
const pack = new AwsSolutionsChecks(app, { verbose: true, writeSuppressionsToCloudFormation: true })
Validations.of(app).addPlugins(pack)
if (app.node.tryGetContext('stage') === 'baseline') new BaselineBucket(app, 'CdkTestStack')
else {
  new AcknowledgedBucket(app, 'CdkTestStack', {
    description: 'A finding mended, one acknowledged.',
  })
  new LoggedBucket(app, 'LoggedBucket', { description: 'Both findings mended.' })
}
