import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { acknowledge } from '../lib/acknowledgements.ts'
import { CookieAuth } from '../lib/cookie-auth.ts'

const app = new App()
Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
new CookieAuth(app, 'CookieAuth', {
  description: 'Tokens of a hosted login, held as cookies that no script can read.',
})
acknowledge(app)
