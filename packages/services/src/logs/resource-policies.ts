import {
  DeleteResourcePolicy,
  DescribeResourcePolicies,
  PutResourcePolicy,
  type ResourcePolicy,
} from '@cloud-orrery/models/logs'
import { PolicyError, parsePolicy } from '@cloud-orrery/policy'
import { operation } from '../define.ts'
import { notModelled } from '../shared/not-modelled.ts'
import { invalid, limitExceeded, policyNotFound } from './errors.ts'
import { pageItems, resourcePoliciesMax, resourcePolicyCharactersMax } from './limits.ts'
import { judgedGroup } from './lookup.ts'
import { pageOf } from './pages.ts'
import { type ResourcePolicyRecord, resourcePolicies } from './state.ts'

export const putResourcePolicy = operation(PutResourcePolicy, {
  authorize: (_, ctx) => judgedGroup(ctx),
  provenance: 'recorded',
  refuses: ['resourceArn', 'expectedRevisionId'],
  run(ctx, { policyName: name, policyDocument: document }) {
    // Deviation: the words of these three are ours; AWS's are not recorded.
    if (name === undefined) throw invalid('policyName must be specified.')
    if (document === undefined) throw invalid('policyDocument must be specified.')
    if (document.length > resourcePolicyCharactersMax) {
      throw invalid(`Policy document length exceeds ${resourcePolicyCharactersMax} characters.`)
    }
    checkDocument(document)
    const isNew = !resourcePolicies.has(ctx, name)
    if (isNew && resourcePolicies.count(ctx) >= resourcePoliciesMax) throw limitExceeded()
    const policy = resourcePolicies.put(ctx, { name, document, updatedAtMs: ctx.now() })
    return { resourcePolicy: shown(policy) }
  },
})

export const describeResourcePolicies = operation(DescribeResourcePolicies, {
  authorize: (_, ctx) => judgedGroup(ctx),
  provenance: 'recorded',
  refuses: ['resourceArn'],
  run(ctx, { policyScope = 'ACCOUNT', nextToken, limit = pageItems }) {
    if (policyScope !== 'ACCOUNT') throw notModelled(`policyScope ${policyScope} of logs`)
    const page = pageOf({
      list: (start) => resourcePolicies.scan(ctx, start),
      positionOf: ({ name }) => name,
      itemsMax: limit,
      token: nextToken,
      request: 'DescribeResourcePolicies',
    })
    return { resourcePolicies: page.items.map(shown), nextToken: page.nextToken }
  },
})

export const deleteResourcePolicy = operation(DeleteResourcePolicy, {
  authorize: (_, ctx) => judgedGroup(ctx),
  provenance: 'modelled',
  refuses: ['resourceArn', 'expectedRevisionId'],
  run(ctx, { policyName = '' }) {
    if (resourcePolicies.delete(ctx, policyName) === undefined) throw policyNotFound(policyName)
    return {}
  },
})

function checkDocument(document: string): void {
  try {
    parsePolicy(document, 'resource')
  } catch (error) {
    if (error instanceof PolicyError) throw invalid(`Invalid policy document: ${error.message}`)
    throw error
  }
}

function shown({ name, document, updatedAtMs }: ResourcePolicyRecord): ResourcePolicy {
  return {
    policyName: name,
    policyDocument: document,
    lastUpdatedTime: updatedAtMs,
    policyScope: 'ACCOUNT',
  }
}
