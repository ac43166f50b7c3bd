import * as sdk from '@aws-sdk/client-api-gateway'
import { arrangeApiGateway } from './arrangements/apigateway.ts'
import { ring } from './ring.test-support.ts'

await ring('apigateway', {
  sdk,
  client: 'APIGatewayClient',
  arrange: arrangeApiGateway,
  unsent: ['CreateAuthorizer.jwtConfiguration'],
})
