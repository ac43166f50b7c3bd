import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { acknowledge } from '../lib/acknowledgements.ts'
import { StackFailureDesk } from '../lib/stack-failure-desk.ts'
import { StackInventory } from '../lib/stack-inventory.ts'

const app = new App()
Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
new StackFailureDesk(app, 'StackFailureDesk', {
  description: 'Turns failed stack resources into OpsItems and mails.',
})
new StackInventory(app, 'StackInventory', {
  description: 'Tags the resources of every stack and keeps an inventory of them.',
})
acknowledge(app)
