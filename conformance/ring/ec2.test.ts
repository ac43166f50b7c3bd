import * as sdk from '@aws-sdk/client-ec2'
import { arrangeEc2 } from './arrangements/ec2.ts'
import { ring } from './ring.test-support.ts'

await ring('ec2', {
  sdk,
  client: 'EC2Client',
  arrange: arrangeEc2,
  unsent: [
    'CreateVpc.VpcEncryptionControl.ApiGatewayV2Exclusion',
    'CreateVpc.VpcEncryptionControl.GlobalAcceleratorExclusion',
  ],
})
