import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { acknowledge } from '../lib/acknowledgements.ts'
import { MailFoundation } from '../lib/mail-foundation.ts'
import { MailFifo, MailMerged, MailSingle, MailSplit, MailUnregulated } from '../lib/variants.ts'

const app = new App()
Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
const foundation = new MailFoundation(app, 'MailFoundation', {
  description: 'The ledger, the pace and the evidence that all campaigns share.',
})
new MailSingle(app, 'MailSingle', { foundation, description: 'A: one queue.' })
new MailSplit(app, 'MailSplit', { foundation, description: 'B: two queues, 90 and 10 %.' })
new MailMerged(app, 'MailMerged', { foundation, description: 'C: two queues, one sender.' })
new MailFifo(app, 'MailFifo', { foundation, description: 'D: two queues merged into one.' })
new MailUnregulated(app, 'MailUnregulated', {
  foundation,
  description: 'The control: a function on the queue.',
})
acknowledge(app)
