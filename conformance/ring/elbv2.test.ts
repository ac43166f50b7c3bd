import * as sdk from '@aws-sdk/client-elastic-load-balancing-v2'
import { arrangeElbv2 } from './arrangements/elbv2.ts'
import { ring } from './ring.test-support.ts'

await ring('elbv2', { sdk, client: 'ElasticLoadBalancingV2Client', arrange: arrangeElbv2 })
