import { App, Aspects } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag-v2'
import { BaselineBucket } from '../lib/bucket-stacks.ts'

/** The lane of the post: cdk-nag 2, whose packs are aspects and write a CSV. */
const app = new App()
Aspects.of(app).add(new AwsSolutionsChecks({ verbose: true }))
new BaselineBucket(app, 'CdkTestStack')
