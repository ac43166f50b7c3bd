import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb'
import { StringParameter } from 'aws-cdk-lib/aws-ssm'
import type { Construct } from 'constructs'

/** Where other stacks find the table. */
export const tableArnParameter = '/CUSTOM_RESOURCE_PATTERNS/DYNAMODB/ARN'

/** What custom resources of several stacks share: the table in which the demo's work leaves its rows. */
export class CommonStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props)
    const table = new Table(this, 'Operations', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.DESTROY,
    })
    new StringParameter(this, 'TableArn', {
      parameterName: tableArnParameter,
      description: 'The table that custom resources write to.',
      stringValue: table.tableArn,
    })
  }
}
