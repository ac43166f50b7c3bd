import { RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb'
import type { Construct } from 'constructs'

/**
 * One item for each request, one for its user code, one for each person who typed wrong codes. The user code is an item and no
 * index: it can be read as soon as it is written, and no two requests can have the same.
 */
export function grantTable(scope: Construct): Table {
  return new Table(scope, 'Requests', {
    partitionKey: { name: 'Device_code', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    timeToLiveAttribute: 'Expires_at',
    removalPolicy: RemovalPolicy.DESTROY,
  })
}
