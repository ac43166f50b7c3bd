import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { acknowledge } from '../lib/acknowledgements.ts'
import { demo } from '../lib/demo.ts'

const app = new App()
Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
demo(app)
acknowledge(app)
