import { service } from '../define.ts'
import { writeLog } from './access-logs.ts'
import { describeAccountLimits } from './account-limits.ts'
import {
  listenerCertificateType,
  listenerRuleType,
  listenerType,
} from './cloudformation/listeners.ts'
import { loadBalancerType } from './cloudformation/load-balancer.ts'
import { targetGroupType } from './cloudformation/target-group.ts'
import { invalidInput } from './errors.ts'
import { checkTarget } from './health.ts'
import {
  addListenerCertificates,
  createListener,
  deleteListener,
  describeListenerAttributes,
  describeListenerCertificates,
  describeListeners,
  modifyListener,
  modifyListenerAttributes,
  removeListenerCertificates,
} from './listeners.ts'
import {
  createLoadBalancer,
  deleteLoadBalancer,
  describeLoadBalancerAttributes,
  describeLoadBalancers,
  modifyLoadBalancerAttributes,
  setIpAddressType,
  setSecurityGroups,
  setSubnets,
} from './load-balancers.ts'
import { balancerRequest } from './requests/balancer-request.ts'
import { createRule, deleteRule, describeRules, modifyRule, setRulePriorities } from './rules.ts'
import { describeSslPolicies } from './ssl-policies.ts'
import {
  balancerHosts,
  balancers,
  keys,
  listeners,
  logLines,
  publicKeys,
  rules,
  tagSets,
  targetGroups,
  targets,
  turns,
} from './state.ts'
import { addTags, describeTags, removeTags } from './tags.ts'
import {
  createTargetGroup,
  deleteTargetGroup,
  describeTargetGroupAttributes,
  describeTargetGroups,
  modifyTargetGroup,
  modifyTargetGroupAttributes,
} from './target-groups.ts'
import { deregisterTargets, describeTargetHealth, endDraining, registerTargets } from './targets.ts'

/** Application Load Balancers: listeners, rules, targets, logins, and what they answer at their names. */
export const elbv2 = service('elbv2', {
  iamPrefix: 'elasticloadbalancing',
  operations: [
    createLoadBalancer,
    deleteLoadBalancer,
    describeLoadBalancers,
    describeLoadBalancerAttributes,
    modifyLoadBalancerAttributes,
    setSecurityGroups,
    setSubnets,
    setIpAddressType,
    createListener,
    modifyListener,
    deleteListener,
    describeListeners,
    describeListenerAttributes,
    modifyListenerAttributes,
    addListenerCertificates,
    removeListenerCertificates,
    describeListenerCertificates,
    createRule,
    modifyRule,
    deleteRule,
    describeRules,
    setRulePriorities,
    createTargetGroup,
    modifyTargetGroup,
    deleteTargetGroup,
    describeTargetGroups,
    describeTargetGroupAttributes,
    modifyTargetGroupAttributes,
    registerTargets,
    deregisterTargets,
    describeTargetHealth,
    describeSslPolicies,
    describeAccountLimits,
    addTags,
    removeTags,
    describeTags,
    balancerRequest,
  ],
  tasks: [checkTarget, endDraining, writeLog],
  resources: [
    loadBalancerType,
    listenerType,
    listenerRuleType,
    listenerCertificateType,
    targetGroupType,
  ],
  tables: [
    balancers,
    balancerHosts,
    listeners,
    rules,
    targetGroups,
    targets,
    turns,
    tagSets,
    keys,
    publicKeys,
    logLines,
  ],
  errors: { invalidInput },
  *taggedResources(ctx) {
    for (const { arn, tags } of tagSets.scan(ctx)) yield { arn, tags }
  },
})
