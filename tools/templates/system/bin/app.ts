import { App } from 'aws-cdk-lib'
import { Hello } from '../lib/hello.ts'

const app = new App()
new Hello(app, 'Hello', { description: 'A topic and a queue.' })
