import * as sdk from '@aws-sdk/client-apigatewayv2'
import { arrangeApiGatewayV2 } from './arrangements/apigatewayv2.ts'
import { ring } from './ring.test-support.ts'

await ring('apigatewayv2', {
  sdk,
  client: 'ApiGatewayV2Client',
  arrange: arrangeApiGatewayV2,
})
