import { App } from 'aws-cdk-lib'
import { demo } from '../lib/demo.ts'

demo(new App())
