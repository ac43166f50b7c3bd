import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { Hello } from '../lib/hello.ts'

const app = new App()
Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
new Hello(app, 'Hello', { description: 'A topic and a queue.' })
