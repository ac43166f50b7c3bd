import { DescribeAccountLimits } from '@cloud-orrery/models/elbv2'
import { operation } from '../define.ts'
import {
  certificatesMax,
  listenersMax,
  loadBalancersMax,
  rulesMax,
  targetGroupsMax,
  targetsPerGroupMax,
} from './limits.ts'

/** Deviation: only those that the model holds. */
const limits: Readonly<Record<string, number>> = {
  'application-load-balancers': loadBalancersMax,
  'listeners-per-application-load-balancer': listenersMax,
  'rules-per-application-load-balancer': rulesMax,
  'certificates-per-application-load-balancer': certificatesMax,
  'target-groups': targetGroupsMax,
  'targets-per-application-load-balancer': targetsPerGroupMax,
}

export const describeAccountLimits = operation(DescribeAccountLimits, {
  authorize: () => '*',
  provenance: 'simplified',
  run: () => ({
    Limits: Object.entries(limits).map(([Name, Max]) => ({ Name, Max: String(Max) })),
  }),
})
