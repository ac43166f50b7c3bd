import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { acknowledge } from '../lib/acknowledgements.ts'
import { ClaimsStack } from '../lib/claims-stack.ts'

const app = new App()
Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
new ClaimsStack(app, 'ProjectsInIdToken', {
  claimedToken: 'id',
  description: 'As in the post: trigger V1_0 writes the projects into the ID token.',
})
new ClaimsStack(app, 'ProjectsInAccessToken', {
  claimedToken: 'access',
  description: 'Trigger V2_0 writes the projects into the access token; with a page to see it.',
})
acknowledge(app)
