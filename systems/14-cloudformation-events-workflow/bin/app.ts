import { App } from 'aws-cdk-lib'
import { StackFailureDesk } from '../lib/stack-failure-desk.ts'

const app = new App()
new StackFailureDesk(app, 'StackFailureDesk', {
  description: 'Turns failed stack resources into OpsItems and mails.',
})
